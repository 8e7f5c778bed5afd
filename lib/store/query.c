#include <ctype.h>
#include <string.h>

#include "store/query.h"

#define DIGITS_MAX 10 /* of a count or a length */

/* What is read, and how far. */
struct cursor {
	const char *p, *end;
};

/*
 * Read the digits and the CR LF behind them.  QUERY_BAD: they are none, or
 * more than max.
 */
static enum query_result
read_count(struct cursor *c, size_t max, size_t *n)
{
	const char *p = c->p;
	uint64_t sum = 0;

	for (; p < c->end && isdigit((unsigned char)*p); p++) {
		if (p - c->p >= DIGITS_MAX)
			return QUERY_BAD;
		sum = sum * 10 + (uint64_t)(*p - '0');
	}
	if (sum > max)
		return QUERY_BAD;
	if (p == c->end)
		return QUERY_PART;
	if (p == c->p || *p != '\r')
		return QUERY_BAD;
	if (p + 1 == c->end)
		return QUERY_PART;
	if (p[1] != '\n')
		return QUERY_BAD;
	*n = (size_t)sum;
	c->p = p + 2;
	return QUERY_WHOLE;
}

/* Read $LENGTH, the bytes, CR LF. */
static enum query_result
read_bulk(
    struct cursor *c, struct query_arg *arg, size_t *missing, const char **why)
{
	enum query_result r;
	size_t len = 0;

	*missing = 1;
	if (c->p == c->end)
		return QUERY_PART;
	*why = "expected '$'";
	if (*c->p != '$')
		return QUERY_BAD;
	c->p++;
	*why = "invalid bulk length";
	r = read_count(c, QUERY_BULK_MAX, &len);
	if (r != QUERY_WHOLE)
		return r;
	if ((size_t)(c->end - c->p) < len + 2) {
		*missing = len + 2 - (size_t)(c->end - c->p);
		return QUERY_PART;
	}
	*arg = (struct query_arg){c->p, len};
	c->p += len;
	*why = "a bulk string that does not end where it should";
	if (c->p[0] != '\r' || c->p[1] != '\n')
		return QUERY_BAD;
	c->p += 2;
	return QUERY_WHOLE;
}

static enum query_result
read_array(struct cursor *c, struct query *r, size_t *missing, const char **why)
{
	const char *start = c->p++;
	enum query_result result;
	size_t n;

	*missing = 1;
	*why = "invalid multibulk length";
	result = read_count(c, QUERY_ARGS_MAX, &n);
	if (result != QUERY_WHOLE)
		return result;
	for (size_t i = 0; i < n; i++) {
		result = read_bulk(c, &r->args[i], missing, why);
		if ((size_t)(c->p - start) + *missing > QUERY_MAX) {
			*why = "too big request";
			return QUERY_BAD;
		}
		if (result != QUERY_WHOLE)
			return result;
	}
	r->n_args = n;
	return QUERY_WHOLE;
}

static bool
has_prefix(const struct query_arg *arg, const char *prefix)
{
	size_t n = strlen(prefix);

	return arg->len >= n && memcmp(arg->p, prefix, n) == 0;
}

/* A browser or a web page talks to us, or somebody by way of one. */
static bool
is_http(const struct query *r)
{
	const struct query_arg *first = r->args,
			       *last = r->args + r->n_args - 1;

	if (r->n_args == 0)
		return false;
	return has_prefix(last, "HTTP/") || query_is(first, "post") ||
	       first->p[first->len - 1] == ':';
}

static enum query_result
read_line(struct cursor *c, struct query *r, const char **why)
{
	size_t len = (size_t)(c->end - c->p);
	const char *p = c->p;
	const char *lf =
	    memchr(p, '\n', len < QUERY_INLINE_MAX ? len : QUERY_INLINE_MAX);

	*why = "too big inline request";
	if (!lf)
		return len < QUERY_INLINE_MAX ? QUERY_PART : QUERY_BAD;
	while (p < lf) {
		const char *word = p;

		while (p < lf && *p != ' ' && *p != '\r')
			p++;
		if (p > word)
			r->args[r->n_args++] =
			    (struct query_arg){word, (size_t)(p - word)};
		else
			p++;
	}
	c->p = lf + 1;
	*why = "this is no web server";
	return is_http(r) ? QUERY_BAD : QUERY_WHOLE;
}

enum query_result
query_parse(
    const char *p, size_t len, struct query *r, size_t *need, const char **why)
{
	struct cursor c = {p, p + len};
	enum query_result result = QUERY_PART;
	size_t missing = 1;

	r->n_args = 0;
	if (len > 0)
		result = *p == '*' ? read_array(&c, r, &missing, why)
				   : read_line(&c, r, why);
	r->len = (size_t)(c.p - p);
	if (result == QUERY_PART)
		*need = len + missing;
	return result;
}

bool
query_is(const struct query_arg *arg, const char *word)
{
	if (strlen(word) != arg->len)
		return false;
	for (size_t i = 0; i < arg->len; i++)
		if (tolower((unsigned char)arg->p[i]) != word[i])
			return false;
	return true;
}

bool
query_integer(const struct query_arg *arg, int64_t *n)
{
	bool minus = arg->len > 0 && arg->p[0] == '-';
	int64_t sum = 0;
	size_t i = minus;

	/* no leading zeros, no -0 */
	if (i == arg->len || (arg->p[i] == '0' && arg->len > 1))
		return false;
	for (; i < arg->len; i++) {
		int digit = arg->p[i] - '0';

		if (digit < 0 || digit > 9 ||
		    __builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, minus ? -digit : digit, &sum))
			return false;
	}
	*n = sum;
	return true;
}
