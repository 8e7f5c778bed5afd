/* expr_node: what operators do.  Of two operands, the right one is first. */
#include <math.h>
#include <string.h>

#include "core/utf8.h"
#include "json/expr_node.h"

#define TWO_63 9223372036854775808.0

static struct ev
concat_strings(struct erun *r, struct ev a, struct ev b)
{
	char *s = erun_take(r, (size_t)a.n + b.n);

	memcpy(s, a.string, a.n);
	memcpy(s + a.n, b.string, b.n);
	return ev_of_string(s, (size_t)a.n + b.n);
}

/* The items of both, in new memory; *n is how many. */
static struct ev *
concat_items(struct erun *r, struct ev a, struct ev b, size_t *n)
{
	struct ev *items;

	a = ev_with_items(r, a);
	b = ev_with_items(r, b);
	*n = (size_t)a.n + b.n;
	items = erun_take(r, *n * sizeof(*items));
	for (size_t i = 0; i < *n; i++)
		items[i] = i < a.n ? a.items[i] : b.items[i - a.n];
	return items;
}

bool
ev_add(struct erun *r, struct ev a, struct ev b, struct ev *v)
{
	struct ev *items;
	size_t n;

	if (a.kind == E_NULL || b.kind == E_NULL) {
		*v = a.kind == E_NULL ? b : a;
		return true;
	}
	if (a.kind != b.kind || a.kind < E_NUMBER)
		return ev_bad_pair(r, a, b, "cannot be added");
	if (a.kind == E_NUMBER) {
		*v = ev_of_number(a.number + b.number);
		return true;
	}
	if (a.kind == E_STRING) {
		*v = concat_strings(r, a, b);
		return true;
	}
	items = concat_items(r, a, b, &n);
	if (a.kind == E_OBJECT)
		*v = ev_object(items, n);
	else
		*v = (struct ev){
		    .kind = E_ARRAY, .n = (uint32_t)n, .items = items};
	return true;
}

bool
enode_add(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)n;
	(void)in;
	return ev_add(r, args[1], args[0], v);
}

static bool
are_numbers(const struct ev *args)
{
	return args[0].kind == E_NUMBER && args[1].kind == E_NUMBER;
}

/* a without what is in b. */
static struct ev
without(struct erun *r, struct ev a, struct ev b)
{
	struct ev *kept;
	size_t n = 0;

	a = ev_with_items(r, a);
	b = ev_with_items(r, b);
	kept = erun_take(r, a.n * sizeof(*kept));
	for (size_t i = 0; i < a.n; i++) {
		size_t j = 0;

		while (j < b.n && !ev_equal(r, a.items[i], b.items[j]))
			j++;
		if (j == b.n)
			kept[n++] = a.items[i];
	}
	return (struct ev){.kind = E_ARRAY, .n = (uint32_t)n, .items = kept};
}

bool
enode_subtract(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)n;
	(void)in;
	if (are_numbers(args)) {
		*v = ev_of_number(args[1].number - args[0].number);
		return true;
	}
	if (args[0].kind != E_ARRAY || args[1].kind != E_ARRAY)
		return ev_bad_pair(r, args[1], args[0], "cannot be subtracted");
	*v = without(r, args[1], args[0]);
	return !r->is_beyond;
}

bool
enode_multiply(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	uint8_t a = args[1].kind, b = args[0].kind;

	(void)n;
	(void)in;
	if (are_numbers(args)) {
		*v = ev_of_number(args[1].number * args[0].number);
		return true;
	}
	/* strings are repeated, objects merged */
	if ((a == E_STRING && b == E_NUMBER) ||
	    (a == E_NUMBER && b == E_STRING) ||
	    (a == E_OBJECT && b == E_OBJECT))
		return ev_beyond(r);
	return ev_bad_pair(r, args[1], args[0], "cannot be multiplied");
}

bool
enode_divide(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)n;
	(void)in;
	if (are_numbers(args)) {
		if (args[0].number == 0)
			return ev_bad_pair(r, args[1], args[0],
			    "cannot be divided because the divisor is zero");
		*v = ev_of_number(args[1].number / args[0].number);
		return true;
	}
	if (args[0].kind == E_STRING && args[1].kind == E_STRING)
		return ev_beyond(r); /* split */
	return ev_bad_pair(r, args[1], args[0], "cannot be divided");
}

/* As the processor does it for jq: what is beyond 64 bits is the least. */
static int64_t
whole(double x)
{
	return fabs(x) < TWO_63 ? (int64_t)x : INT64_MIN;
}

bool
enode_remainder(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	int64_t a, b;

	(void)n;
	(void)in;
	if (!are_numbers(args))
		return ev_bad_pair(
		    r, args[1], args[0], "cannot be divided (remainder)");
	a = whole(args[1].number);
	b = whole(args[0].number);
	if (b == 0)
		return ev_bad_pair(r, args[1], args[0],
		    "cannot be divided (remainder) because the divisor is "
		    "zero");
	/* libjq dies of the least one by -1 */
	*v = ev_of_number(b == -1 ? 0 : (double)(a % b));
	return true;
}

bool
enode_negate(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)n;
	(void)in;
	if (args[0].kind != E_NUMBER)
		return ev_bad(r, args[0], "cannot be negated");
	*v = ev_of_number(-args[0].number);
	return true;
}

#define COMPARISON(name, test) \
	bool name(struct erun *r, const struct enode *n, struct ev in, \
	    const struct ev *args, struct ev *v) \
	{ \
		(void)n; \
		(void)in; \
		*v = ev_of_bool(test); \
		return !r->is_beyond; \
	}

COMPARISON(enode_is_equal, ev_equal(r, args[1], args[0]))
COMPARISON(enode_is_unequal, !ev_equal(r, args[1], args[0]))
COMPARISON(enode_is_less, ev_compare(r, args[1], args[0]) < 0)
COMPARISON(enode_is_at_most, ev_compare(r, args[1], args[0]) <= 0)
COMPARISON(enode_is_more, ev_compare(r, args[1], args[0]) > 0)
COMPARISON(enode_is_at_least, ev_compare(r, args[1], args[0]) >= 0)

bool
ev_no_index(struct erun *r, struct ev v, struct ev key)
{
	const char *end;

	if (key.kind != E_STRING || key.n >= 30)
		return ev_fail(r, "Cannot index %s with %s", ev_kind_name(v),
		    ev_kind_name(key));
	end = memchr(key.string, '\0', key.n);
	return ev_fail(r, "Cannot index %s with string \"%.*s\"",
	    ev_kind_name(v), (int)(end ? end - key.string : key.n), key.string);
}

/* args: the key, then what is indexed. */
bool
enode_index(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	struct ev key = args[0], of = args[1];

	(void)n;
	(void)in;
	if (of.kind == E_OBJECT && key.kind == E_STRING) {
		*v = ev_member(r, of, key.string, key.n, NULL);
		return true;
	}
	if (of.kind == E_ARRAY && key.kind == E_NUMBER) {
		int64_t i = whole(key.number);

		if ((double)i != key.number || i < INT32_MIN || i > INT32_MAX)
			return ev_beyond(r);
		*v = ev_element(r, of, i);
		return true;
	}
	if (of.kind == E_NULL &&
	    (key.kind == E_STRING || key.kind == E_NUMBER)) {
		*v = of;
		return true;
	}
	if (key.kind >= E_ARRAY) /* slices, and places of a part */
		return ev_beyond(r);
	return ev_no_index(r, of, key);
}

/* One end of a slice, of something n long: as a place, 0 to n. */
static bool
slice_end(struct ev end, size_t n, bool is_upper, size_t *place)
{
	double x = end.number;

	if (end.kind == E_NULL) {
		*place = is_upper ? n : 0;
		return true;
	}
	if (end.kind != E_NUMBER || !(x > -1e9 && x < 1e9))
		return false;
	x = x < 0 ? x + (double)n : x;
	x = x < 0 ? 0 : x;
	x = x > (double)n ? (double)n : x;
	*place = (size_t)x;
	if (is_upper && (double)*place < x)
		++*place; /* the end is exclusive: 1.5 has element 1 in it */
	return true;
}

/* How many bytes the first n characters of a string are. */
static size_t
bytes(struct ev s, size_t n)
{
	size_t at = 0;

	while (n-- > 0)
		at += utf8_span(s.string + at, s.n - at);
	return at;
}

/* args: from, to, what is cut. */
bool
enode_slice(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	struct ev of = args[2];
	size_t from, to, len;

	(void)n;
	(void)in;
	if (of.kind == E_NULL) {
		*v = of;
		return true;
	}
	if (of.kind != E_STRING && of.kind != E_ARRAY)
		return ev_fail(
		    r, "Cannot index %s with object", ev_kind_name(of));
	of = ev_with_items(r, of);
	len = of.kind == E_STRING ? utf8_count(of.string, of.n) : of.n;
	if (!slice_end(args[0], len, false, &from) ||
	    !slice_end(args[1], len, true, &to))
		return ev_beyond(r);
	to = to < from ? from : to;
	if (of.kind == E_ARRAY) {
		*v = ev_array(r, of.items + from, to - from);
		return true;
	}
	from = bytes(of, from);
	to = bytes(of, to);
	*v = ev_of_string(of.string + from, to - from);
	return true;
}

/* args: the parts, from the last one. */
bool
enode_join_text(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)in;
	r->text.len = 0;
	for (size_t i = n->n_kids; i-- > 0;) {
		if (args[i].kind == E_STRING)
			buf_add(&r->text, args[i].string, args[i].n);
		else
			ev_dump(r, &r->text, args[i]);
		if (!erun_may_have(r, r->text.len))
			return false;
	}
	*v = ev_copy_string(r, r->text.data, r->text.len);
	return !r->is_beyond;
}

bool
enode_is_fit(
    const struct enode *n, struct erun *r, size_t i, const struct ev *args)
{
	if (n->apply != enode_object || i % 2 == 0 ||
	    args[i - 1].kind == E_STRING)
		return true;
	return ev_bad_between(r, "Cannot use ", args[i - 1], " as object key");
}

/* args: names and values; that the names are strings is known. */
bool
enode_object(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	struct ev *items = erun_take(r, n->n_kids * sizeof(*items));

	(void)in;
	if (n->n_kids > 0)
		memcpy(items, args, n->n_kids * sizeof(*items));
	*v = ev_object(items, n->n_kids);
	return true;
}
