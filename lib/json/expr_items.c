#include <string.h>

#include "json/expr_items.h"
#include "json/expr_string.h"

static bool contains_value(
    struct erun *r, struct ev a, struct ev b, unsigned depth);

/* Is each of b's items in one of a's? */
static bool
contains_items(struct erun *r, struct ev a, struct ev b, unsigned depth)
{
	bool found = true;

	a = ev_with_items(r, a);
	b = ev_with_items(r, b);
	for (size_t i = 0; found && i < b.n && a.kind == E_ARRAY; i++) {
		found = false;
		for (size_t j = 0; !found && j < a.n; j++)
			found =
			    contains_value(r, a.items[j], b.items[i], depth);
	}
	for (size_t i = 0; found && i < b.n && a.kind == E_OBJECT; i += 2) {
		struct ev x =
		    ev_member(r, a, b.items[i].string, b.items[i].n, &found);

		found = found && contains_value(r, x, b.items[i + 1], depth);
	}
	return found;
}

static bool
contains_value(struct erun *r, struct ev a, struct ev b, unsigned depth)
{
	if (a.kind != b.kind)
		return false;
	if (a.kind == E_STRING)
		return estring_holds(r, a, b);
	if (a.kind < E_ARRAY)
		return ev_equal(r, a, b);
	if (depth == EV_DEPTH)
		return ev_beyond(r);
	return contains_items(r, a, b, depth + 1);
}

static bool
contains_checked(struct erun *r, struct ev a, struct ev b, struct ev *v)
{
	if (a.kind != b.kind)
		return ev_bad_pair(
		    r, a, b, "cannot have their containment checked");
	*v = ev_of_bool(contains_value(r, a, b, 0));
	return !r->is_beyond;
}

bool
eitems_contains(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)n;
	return contains_checked(r, in, args[0], v);
}

bool
eitems_inside(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)n;
	return contains_checked(r, args[0], in, v);
}

/* Strings, the usual case, are not added one by one. */
static bool
add_strings(
    struct erun *r, const struct ev *items, size_t n, size_t step, struct ev *v)
{
	r->text.len = 0;
	for (size_t i = step - 1; i < n; i += step) {
		if (items[i].kind != E_STRING || r->text.len >= ERUN_MEMORY)
			return false;
		buf_add(&r->text, items[i].string, items[i].n);
	}
	*v = ev_copy_string(r, r->text.data, r->text.len);
	return true;
}

bool
eitems_add(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	size_t step = in.kind == E_OBJECT ? 2 : 1; /* of these, the last */

	(void)n;
	(void)args;
	*v = (struct ev){.kind = E_NULL};
	if (in.kind < E_ARRAY)
		return ev_bad_between(r, "Cannot iterate over ", in, "");
	in = ev_with_items(r, in);
	if (in.n > 0 && add_strings(r, in.items, in.n, step, v))
		return true;
	if (in.n > 0 && !erun_may_have(r, r->text.len))
		return false;
	for (size_t i = step - 1; i < in.n; i += step) {
		if (!ev_add(r, *v, in.items[i], v))
			return false;
		if (r->taken > ERUN_MEMORY)
			return ev_beyond(r);
	}
	return true;
}

/* The first of the least, or the last of the greatest. */
static bool
extreme(struct erun *r, struct ev in, bool is_max, struct ev *v)
{
	if (in.kind != E_ARRAY)
		return ev_bad_pair(r, in, in, "cannot be iterated over");
	in = ev_with_items(r, in);
	*v = in.n > 0 ? in.items[0] : (struct ev){.kind = E_NULL};
	for (size_t i = 1; i < in.n; i++)
		if ((ev_compare(r, in.items[i], *v) >= 0) == is_max)
			*v = in.items[i];
	return !r->is_beyond;
}

bool
eitems_min(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)n;
	(void)args;
	return extreme(r, in, false, v);
}

bool
eitems_max(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)n;
	(void)args;
	return extreme(r, in, true, v);
}
