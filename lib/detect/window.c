#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/detect.h"
#include "detect/window.h"

size_t
window_below(const struct window *w, double x)
{
	size_t low = 0, n = w->n;

	while (n > 0) {
		size_t half = n / 2;

		if (w->sorted[low + half] < x) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return low;
}

/* Put x in, one value more than before. */
static void
insert(struct window *w, double x)
{
	size_t to = window_below(w, x);

	memmove(w->sorted + to + 1, w->sorted + to,
	    (w->n - to) * sizeof(*w->sorted));
	w->sorted[to] = x;
	w->n++;
}

/* Put x in and old, which is there, out. */
static void
replace(struct window *w, double old, double x)
{
	size_t from = window_below(w, old), to = window_below(w, x);

	if (to > from)
		memmove(w->sorted + from, w->sorted + from + 1,
		    (--to - from) * sizeof(*w->sorted));
	else
		memmove(w->sorted + to + 1, w->sorted + to,
		    (from - to) * sizeof(*w->sorted));
	w->sorted[to] = x;
}

static void
grow(struct window *w)
{
	w->cap = detect_grow(w->cap, w->max);
	w->ring = xrealloc(w->ring, w->cap, sizeof(*w->ring));
	w->sorted = xrealloc(w->sorted, w->cap, sizeof(*w->sorted));
}

void
window_add(struct window *w, double x)
{
	if (w->n == w->max) {
		replace(w, w->ring[w->at], x);
	} else {
		if (w->n == w->cap)
			grow(w);
		insert(w, x);
	}
	w->ring[w->at] = x;
	w->at = w->at + 1 == w->max ? 0 : w->at + 1;
}

double
window_quantile(const struct window *w, double share)
{
	double at = share * (double)(w->n - 1);
	size_t i = (size_t)at;
	double part = at - (double)i;

	if (part == 0)
		return w->sorted[i];
	return w->sorted[i] + (w->sorted[i + 1] - w->sorted[i]) * part;
}

/* The distances to both sides ascend: they are merged up to the middle. */
double
window_deviation(const struct window *w, double center)
{
	size_t right = window_below(w, center), left = right;
	double last = 0, before = 0;

	for (size_t i = 0; i <= w->n / 2; i++) {
		double l = left > 0 ? center - w->sorted[left - 1] : INFINITY;
		double r = right < w->n ? w->sorted[right] - center : INFINITY;

		before = last;
		last = l < r ? l : r;
		if (l < r)
			left--;
		else
			right++;
	}
	return w->n % 2 ? last : before + (last - before) / 2;
}

void
window_clear(struct window *w)
{
	w->n = w->at = 0;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void
window_pack(struct window *w, struct pack *p, const char *name)
{
	size_t cap = w->cap;

	pack_growing(p, name, &w->ring, &w->n, &cap, w->max);
	if (p->mode == PACK_SHOW)
		return;
	pack_size(p, name, &w->at, 0, w->max - 1);
	if (p->mode != PACK_LOAD)
		return;
	if (cap > w->cap)
		w->sorted = xrealloc(w->sorted, cap, sizeof(*w->sorted));
	w->cap = cap;
	/* while it fills, the next one goes behind the last */
	if (w->n < w->max && w->at != w->n)
		p->is_bad = true;
	if (p->is_bad)
		window_clear(w);
	if (w->n == 0)
		return;
	memcpy(w->sorted, w->ring, w->n * sizeof(*w->sorted));
	qsort(w->sorted, w->n, sizeof(*w->sorted), compare);
}

void
window_release(struct window *w)
{
	free(w->ring);
	free(w->sorted);
	*w = (struct window){.max = w->max};
}
