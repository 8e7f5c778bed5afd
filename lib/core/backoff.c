#include <stdlib.h>
#include <string.h>

#include "core/backoff.h"
#include "core/num.h"
#include "core/xmem.h"

#define BASE_MS 1000
#define CAP_MS 60000
#define LONGEST_MS (INT64_C(365) * 86400 * 1000)

static const char *const kinds[] = {"fixed", "linear", "exponential", NULL};

/* The words between the colons: NULL where there is none. */
struct parts {
	char *kind, *base, *cap;
};

static char *
next_part(char **rest)
{
	char *part = *rest, *colon = part ? strchr(part, ':') : NULL;

	if (colon)
		*colon = '\0';
	*rest = colon ? colon + 1 : NULL;
	return part;
}

static bool
read_ms(const char *text, int64_t *ms, struct buf *why)
{
	if (num_duration(text, ms) == 0 && *ms <= LONGEST_MS)
		return true;
	buf_addf(
	    why, "%s: not a duration up to a year; write 500ms, 2s, 1m", text);
	return false;
}

static bool
read_parts(const struct parts *p, struct backoff *b, struct buf *why)
{
	int64_t base = BASE_MS, cap;
	int kind = 0;

	while (kinds[kind] && strcmp(kinds[kind], p->kind) != 0)
		kind++;
	if (!kinds[kind]) {
		buf_addf(
		    why, "%s: neither fixed, linear nor exponential", p->kind);
		return false;
	}
	if (p->base && !read_ms(p->base, &base, why))
		return false;
	cap = kind == BACKOFF_FIXED || base > CAP_MS ? base : CAP_MS;
	if (p->cap && !read_ms(p->cap, &cap, why))
		return false;
	if (cap < base) {
		buf_addf(
		    why, "%s: less than %s, where it begins", p->cap, p->base);
		return false;
	}
	b->kind = (enum backoff_kind)kind;
	b->base_ms = base;
	b->cap_ms = cap;
	return true;
}

bool
backoff_parse(const char *text, struct backoff *b, struct buf *why)
{
	char *copy = xstrndup(text, strlen(text)), *rest = copy;
	struct parts p;
	bool is_good = false;

	p.kind = next_part(&rest);
	p.base = next_part(&rest);
	p.cap = next_part(&rest);
	if (rest)
		buf_addf(why, "%s: one too many; write KIND:BASE:CAP", rest);
	else
		is_good = read_parts(&p, b, why);
	free(copy);
	return is_good;
}

/* The curve at n, from 1. */
static int64_t
curve(const struct backoff *b, uint64_t n)
{
	int64_t ms = b->base_ms, cap = b->cap_ms;

	if (cap <= ms)
		return ms;
	if (b->kind == BACKOFF_FIXED || ms == 0)
		return ms;
	if (b->kind == BACKOFF_LINEAR)
		return n > (uint64_t)(cap / ms) ? cap : ms * (int64_t)n;
	for (uint64_t i = 1; i < n && ms < cap; i++)
		ms = ms <= cap / 2 ? ms * 2 : cap;
	return ms;
}

int64_t
backoff_ms(const struct backoff *b, uint64_t n, uint64_t dice)
{
	int64_t most = curve(b, n + 1);

	if (b->is_exact)
		return curve(b, n);
	if (b->kind == BACKOFF_FIXED && b->cap_ms > most)
		most = b->cap_ms;
	return b->base_ms + (int64_t)(dice % (uint64_t)(most - b->base_ms + 1));
}
