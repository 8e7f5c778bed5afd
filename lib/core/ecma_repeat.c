/* ECMA-262, 22.2.1: quantifiers. */
#include "core/ecma_private.h"

#define REPEAT_MAX 65535U /* PCRE2's most */
#define PARTS_MAX 200 /* of that size, in a longer one */
#define OUT_MAX ((size_t)1 << 20) /* bytes, for longer ones */
#define MOST \
	100000000U /* numbers are not told apart from ten times that on \
		    */

struct repeat {
	uint32_t min, max;
	bool is_endless; /* no max */
};

/* Returns whether there is a digit. */
static bool
number(struct ecma *e, uint32_t *n)
{
	const char *first = e->s;

	for (*n = 0; e->s < e->end && *e->s >= '0' && *e->s <= '9'; e->s++)
		if (*n < MOST)
			*n = *n * 10 + (uint32_t)(*e->s - '0');
	return e->s > first;
}

/* {2} {2,} {2,3} */
static bool
braces(struct ecma *e, struct repeat *r)
{
	const char *at = e->s++;
	bool is_good = number(e, &r->min);

	r->max = r->min;
	if (is_good && e->s < e->end && *e->s == ',') {
		e->s++;
		r->is_endless = !number(e, &r->max);
	}
	if (!is_good || e->s == e->end || *e->s != '}')
		return ecma_wrong(e, at, "not a quantifier");
	e->s++;
	if (!r->is_endless && r->max < r->min)
		return ecma_wrong(e, at, "numbers out of order");
	return true;
}

static bool
read(struct ecma *e, struct repeat *r)
{
	char c = *e->s;

	*r = (struct repeat){c == '+', 1, c != '?'};
	if (c == '{') {
		r->is_endless = false;
		return braces(e, r);
	}
	e->s++;
	return true;
}

/*
 * At most n times, in parts: each length in one way only, so that what does
 * not match is not tried in many.
 */
static void
add_at_most(struct buf *out, const struct buf *term, uint32_t n)
{
	int t = (int)term->len;
	uint32_t parts = n / REPEAT_MAX;

	for (uint32_t i = 0; i < parts; i++)
		buf_addf(out, "(?:%.*s{%u}", t, term->data, REPEAT_MAX);
	buf_addf(out, "%.*s{0,%u}", t, term->data, n % REPEAT_MAX);
	for (uint32_t i = 0; i < parts; i++)
		buf_addf(out, "|%.*s{0,%u})", t, term->data, REPEAT_MAX - 1);
}

/* More times than PCRE2 can count: in parts.  Greedy or not is the same. */
static void
add_long(struct buf *out, size_t at, const struct repeat *r)
{
	struct buf term = {0};
	uint32_t parts = r->min / REPEAT_MAX;
	int t;

	buf_add(&term, out->data + at, out->len - at);
	t = (int)term.len;
	out->len = at;
	buf_adds(out, "(?:");
	if (parts > 0)
		buf_addf(
		    out, "(?:%.*s{%u}){%u}", t, term.data, REPEAT_MAX, parts);
	buf_addf(out, "%.*s{%u}", t, term.data, r->min % REPEAT_MAX);
	if (r->is_endless)
		buf_addf(out, "%.*s*", t, term.data);
	else
		add_at_most(out, &term, r->max - r->min);
	buf_addc(out, ')');
	buf_release(&term);
}

static void
add_short(struct buf *out, const struct repeat *r, bool is_lazy)
{
	if (r->is_endless)
		buf_addf(out, "{%u,}", r->min);
	else
		buf_addf(out, "{%u,%u}", r->min, r->max);
	if (is_lazy)
		buf_addc(out, '?');
}

bool
ecma_repeat(struct ecma *e)
{
	const char *at = e->s;
	struct repeat r;
	bool is_lazy;
	uint32_t most;
	size_t copies;

	if (!e->term.is_there)
		return ecma_wrong(e, at, "nothing to repeat");
	if (!read(e, &r))
		return false;
	is_lazy = e->s < e->end && *e->s == '?';
	e->s += is_lazy;
	most = r.is_endless ? r.min : r.max;
	copies = 4 + 2 * (size_t)(most / REPEAT_MAX);
	if (most <= REPEAT_MAX)
		add_short(e->out, &r, is_lazy);
	else if (e->term.has_captures || most / REPEAT_MAX > PARTS_MAX ||
		 (e->out->len - e->term.out) * copies > OUT_MAX)
		ecma_unable(e, at, "repeats too many times for PCRE2");
	else
		add_long(e->out, e->term.out, &r);
	e->term.is_there = false;
	return true;
}
