#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/history.h"

size_t
history_n(const struct history *h)
{
	return h->end < h->max ? h->end : h->max;
}

const double *
history_at(const struct history *h)
{
	return h->values ? h->values + (h->end - history_n(h)) : NULL;
}

static void
add(struct history *h, double x)
{
	if (h->end == h->cap && h->cap == 2 * h->max) {
		memmove(
		    h->values, h->values + h->max, h->max * sizeof(*h->values));
		h->end = h->max;
	} else if (h->end == h->cap) {
		h->cap = detect_grow(h->cap, 2 * h->max);
		h->values = xrealloc(h->values, h->cap, sizeof(*h->values));
	}
	h->values[h->end++] = x;
}

void
history_add(struct history *h, const struct detect_input *in)
{
	if (in->is_gap)
		add(h, NAN);
	add(h, *in->x);
}

bool
history_tail(const struct history *h, const struct detect_input *in,
    size_t length, double *out)
{
	size_t before = length - 1;

	if (in->is_gap || history_n(h) < before)
		return false;
	for (size_t i = 0; i < before; i++) {
		out[i] = h->values[h->end - before + i];
		if (isnan(out[i]))
			return false;
	}
	out[before] = *in->x;
	return true;
}

/* What is kept alone: where it stands makes no difference. */
void
history_pack(struct history *h, struct pack *p)
{
	size_t n = history_n(h);

	pack_size(p, "values", &n, 0, h->max);
	if (p->mode == PACK_SHOW)
		return;
	if (p->mode == PACK_LOAD && p->len - p->at < n * 8)
		p->is_bad = true;
	if (p->mode == PACK_LOAD && !p->is_bad && n > 0) {
		h->values = xcalloc(n, sizeof(*h->values));
		h->end = h->cap = n;
	}
	for (size_t i = 0; i < n && !p->is_bad; i++)
		pack_maybe(p, "value", &h->values[h->end - n + i]);
}

void
history_release(struct history *h)
{
	free(h->values);
	*h = (struct history){.max = h->max};
}

void
history_destroy(void *model)
{
	if (model)
		history_release(model);
	free(model);
}

void
history_update(void *model, const struct detect_input *in, bool is_odd)
{
	(void)is_odd;
	history_add(model, in);
}

void
history_pack_model(void *model, struct pack *p)
{
	history_pack(model, p);
}
