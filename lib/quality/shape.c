#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "core/xmem.h"
#include "quality/shape.h"

#define CONTROL 64 /* besides the classes */
#define TOKEN 63 /* any of them */

/* The class of each byte; 0 stands between tokens. */
#define X4(x) (x), (x), (x), (x)
#define X16(x) X4(x), X4(x), X4(x), X4(x)
static const uint8_t classes[256] = {X16(CONTROL), X16(CONTROL), X16(0),
    X4(SHAPE_DIGIT), X4(SHAPE_DIGIT), SHAPE_DIGIT, SHAPE_DIGIT, X4(0), 0, 0,
    /* @ A to F, G to O */
    0, X4(SHAPE_UPPER_HEX), SHAPE_UPPER_HEX, SHAPE_UPPER_HEX, X4(SHAPE_UPPER),
    X4(SHAPE_UPPER), SHAPE_UPPER,
    /* P to Z */
    X4(SHAPE_UPPER), X4(SHAPE_UPPER), SHAPE_UPPER, SHAPE_UPPER, SHAPE_UPPER,
    X4(0), 0,
    /* the same in lower case */
    0, X4(SHAPE_LOWER_HEX), SHAPE_LOWER_HEX, SHAPE_LOWER_HEX, X4(SHAPE_LOWER),
    X4(SHAPE_LOWER), SHAPE_LOWER, X4(SHAPE_LOWER), X4(SHAPE_LOWER), SHAPE_LOWER,
    SHAPE_LOWER, SHAPE_LOWER, X4(0), CONTROL,
    /* beyond ASCII */
    X16(SHAPE_OTHER), X16(SHAPE_OTHER), X16(SHAPE_OTHER), X16(SHAPE_OTHER),
    X16(SHAPE_OTHER), X16(SHAPE_OTHER), X16(SHAPE_OTHER), X16(SHAPE_OTHER)};

/* What is known of one string. */
struct scan {
	struct shape_token tokens[SHAPE_TOKENS];
	char skeleton[SHAPE_SKELETON];
	uint8_t n_tokens, len;
	bool is_text;
};

void
shapes_release(struct shapes *s)
{
	free(s->all);
	*s = (struct shapes){.n = 0};
}

/* The token that begins at i.  Returns where it ends. */
static size_t
scan_token(struct shape_token *t, const unsigned char *s, size_t i, size_t len)
{
	uint8_t seen = 0;
	size_t from = i;

	for (; i < len && classes[s[i]] & TOKEN; i++)
		seen |= classes[s[i]];
	t->at = (uint32_t)from;
	t->min = t->max = (uint32_t)(i - from);
	t->classes = seen;
	t->is_fixed = i <= SHAPE_SAMPLE;
	return i;
}

static void
scan(struct scan *out, const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;

	out->n_tokens = out->len = 0;
	out->is_text = false;
	for (size_t i = 0; i < len;) {
		uint8_t class = classes[s[i]];

		if (class == CONTROL || out->len == SHAPE_SKELETON ||
		    (class && out->n_tokens == SHAPE_TOKENS)) {
			out->is_text = true;
			return;
		}
		out->skeleton[out->len++] = class ? SHAPE_TOKEN : text[i];
		if (class)
			i = scan_token(
			    &out->tokens[out->n_tokens++], s, i, len);
		else
			i++;
	}
}

static bool
has_skeleton(const struct shape *s, const char *skeleton, size_t len)
{
	return s->len == len && memcmp(s->skeleton, skeleton, len) == 0;
}

static struct shape *
find(struct shapes *s, const char *skeleton, size_t len)
{
	if (s->n > 0 && has_skeleton(&s->all[s->last], skeleton, len))
		return &s->all[s->last];
	for (uint32_t i = 0; i < s->n; i++)
		if (has_skeleton(&s->all[i], skeleton, len)) {
			s->last = i;
			return &s->all[i];
		}
	return NULL;
}

/* The one with the lowest count, which is to be dropped. */
static struct shape *
least(struct shapes *s)
{
	struct shape *low = s->all;

	for (uint32_t i = 1; i < s->n; i++)
		if (s->all[i].count < low->count)
			low = &s->all[i];
	s->is_lossy = true;
	return low;
}

/* A place for one more, with the count that becomes its error. */
static struct shape *
new_shape(struct shapes *s)
{
	if (s->n == SHAPE_MAX)
		return least(s);
	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 2;
		s->all = xrealloc(s->all, s->cap, sizeof(*s->all));
	}
	s->all[s->n].count = 0;
	return &s->all[s->n++];
}

/* Begin a shape with its first string; keeps the count. */
static void
begin(struct shape *to, const struct scan *from, const char *text, size_t len)
{
	to->error = to->count;
	memcpy(to->tokens, from->tokens, from->n_tokens * sizeof(*to->tokens));
	memcpy(to->skeleton, from->skeleton, from->len);
	to->n_tokens = from->n_tokens;
	to->len = from->len;
	to->sample_len = (uint8_t)(len < SHAPE_SAMPLE ? len : SHAPE_SAMPLE);
	memcpy(to->sample, text, to->sample_len);
}

/* Have a token learn from another, which is in its own text. */
static void
learn(struct shape_token *t, const char *sample, const struct shape_token *from,
    const char *text)
{
	t->classes |= from->classes;
	if (t->is_fixed &&
	    (!from->is_fixed || t->min != from->min ||
		memcmp(sample + t->at, text + from->at, t->min) != 0))
		t->is_fixed = false;
	if (from->min < t->min)
		t->min = from->min;
	if (from->max > t->max)
		t->max = from->max;
}

size_t
shapes_add(struct shapes *s, const char *text, size_t len)
{
	struct scan now;
	struct shape *shape;

	scan(&now, text, len);
	if (now.is_text) {
		s->n_text++;
		return utf8_count(text, len);
	}
	shape = find(s, now.skeleton, now.len);
	if (!shape) {
		shape = new_shape(s);
		begin(shape, &now, text, len);
	}
	shape->count++;
	for (size_t i = 0; i < now.n_tokens; i++)
		learn(&shape->tokens[i], shape->sample, &now.tokens[i], text);
	return utf8_count(text, len);
}

void
shapes_merge(struct shapes *s, const struct shapes *from)
{
	s->n_text += from->n_text;
	s->is_lossy |= from->is_lossy;
	for (uint32_t i = 0; i < from->n; i++) {
		const struct shape *x = &from->all[i];
		struct shape *to = find(s, x->skeleton, x->len);

		if (!to) {
			uint64_t before;

			to = new_shape(s);
			before = to->count;
			*to = *x;
			to->count += before;
			to->error += before;
			continue;
		}
		to->count += x->count;
		to->error += x->error;
		for (size_t j = 0; j < x->n_tokens; j++)
			learn(&to->tokens[j], to->sample, &x->tokens[j],
			    x->sample);
	}
}

static int
by_count(const void *x, const void *y)
{
	const struct shape *a = *(const struct shape *const *)x;
	const struct shape *b = *(const struct shape *const *)y;
	size_t len = a->len < b->len ? a->len : b->len;
	int c = (a->count < b->count) - (a->count > b->count);

	if (c == 0)
		c = memcmp(a->skeleton, b->skeleton, len);
	return c ? c : a->len - b->len;
}

size_t
shapes_list(const struct shapes *s, const struct shape **out)
{
	for (uint32_t i = 0; i < s->n; i++)
		out[i] = &s->all[i];
	qsort(out, s->n, sizeof(const struct shape *), by_count);
	return s->n;
}
