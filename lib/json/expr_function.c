/* expr_node: functions that work on their input and on operands. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/timestamp.h"
#include "core/utf8.h"
#include "json/expr_items.h"
#include "json/expr_node.h"
#include "json/expr_string.h"

static bool
length(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)n;
	(void)args;
	switch (in.kind) {
	case E_NULL:
		*v = ev_of_number(0);
		return true;
	case E_NUMBER:
		*v = ev_of_number(fabs(in.number));
		return true;
	case E_STRING:
		*v = ev_of_number((double)utf8_count(in.string, in.n));
		return true;
	case E_ARRAY:
		*v = ev_of_number(
		    in.is_on_tape ? (double)jval_count(ev_place(r, in)) : in.n);
		return true;
	case E_OBJECT:
		in = ev_with_items(r, in);
		*v = ev_of_number(in.n * 0.5);
		return true;
	default:
		return ev_bad(r, in, "has no length");
	}
}

static bool
is_not(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)r;
	(void)n;
	(void)args;
	*v = ev_of_bool(!ev_is_true(in));
	return true;
}

static bool
type(struct erun *r, const struct enode *n, struct ev in, const struct ev *args,
    struct ev *v)
{
	const char *name = ev_kind_name(in);

	(void)r;
	(void)n;
	(void)args;
	*v = ev_of_string(name, strlen(name));
	return true;
}

static bool
number_function(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)args;
	if (in.kind != E_NUMBER)
		return ev_bad(r, in, "number required");
	*v = ev_of_number(n->number(in.number));
	return true;
}

static bool
keys(struct erun *r, const struct enode *n, struct ev in, const struct ev *args,
    struct ev *v)
{
	struct ev *numbers;

	(void)n;
	(void)args;
	if (in.kind < E_ARRAY)
		return ev_bad(r, in, "has no keys");
	in = ev_with_items(r, in);
	if (in.kind == E_OBJECT) {
		*v = (struct ev){.kind = E_ARRAY,
		    .n = in.n / 2,
		    .items = ev_sorted_names(r, in)};
		return true;
	}
	numbers = erun_take(r, in.n * sizeof(*numbers));
	for (uint32_t i = 0; i < in.n; i++)
		numbers[i] = ev_of_number(i);
	*v = (struct ev){.kind = E_ARRAY, .n = in.n, .items = numbers};
	return true;
}

/* keys in the order of the object */
static bool
keys_unsorted(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	struct ev *names;

	if (in.kind != E_OBJECT)
		return keys(r, n, in, args, v);
	in = ev_with_items(r, in);
	names = erun_take(r, in.n / 2 * sizeof(*names));
	for (size_t i = 0; i < in.n / 2; i++)
		names[i] = in.items[2 * i];
	*v = (struct ev){.kind = E_ARRAY, .n = in.n / 2, .items = names};
	return true;
}

static bool
to_entries(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	struct ev *entries, *entry;

	(void)n;
	(void)args;
	if (in.kind == E_ARRAY)
		return ev_beyond(r);
	if (in.kind != E_OBJECT)
		return ev_bad(r, in, "has no keys");
	in = ev_with_items(r, in);
	entries = erun_take(r, in.n / 2 * sizeof(*entries));
	for (size_t i = 0; i < in.n / 2; i++) {
		entry = erun_take(r, 4 * sizeof(*entry));
		entry[0] = ev_of_string("key", 3);
		entry[1] = in.items[2 * i];
		entry[2] = ev_of_string("value", 5);
		entry[3] = in.items[2 * i + 1];
		entries[i] =
		    (struct ev){.kind = E_OBJECT, .n = 4, .items = entry};
	}
	*v = (struct ev){.kind = E_ARRAY, .n = in.n / 2, .items = entries};
	return true;
}

static bool
has_key(struct erun *r, struct ev in, struct ev key, struct ev *v)
{
	bool found = false;
	double i = key.number;

	if (in.kind == E_OBJECT && key.kind == E_STRING) {
		ev_member(r, in, key.string, key.n, &found);
	} else if (in.kind == E_ARRAY && key.kind == E_NUMBER) {
		if (i != floor(i) || fabs(i) >= 0x1p31)
			return ev_beyond(r);
		found = i >= 0 && i < ev_with_items(r, in).n;
	} else if (in.kind == E_NULL) {
		return ev_beyond(r);
	} else {
		return ev_fail(r, "Cannot check whether %s has a %s key",
		    ev_kind_name(in), ev_kind_name(key));
	}
	*v = ev_of_bool(found);
	return true;
}

static bool
has(struct erun *r, const struct enode *n, struct ev in, const struct ev *args,
    struct ev *v)
{
	(void)n;
	return has_key(r, in, args[0], v);
}

static bool
in_object(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)n;
	return has_key(r, args[0], in, v);
}

static bool
now(struct erun *r, const struct enode *n, struct ev in, const struct ev *args,
    struct ev *v)
{
	(void)r;
	(void)n;
	(void)in;
	(void)args;
	*v = ev_of_number((double)timestamp_now() / 1000);
	return true;
}

/* error(message), or its input as the message */
static bool
error(struct erun *r, const struct enode *n, struct ev in,
    const struct ev *args, struct ev *v)
{
	(void)v;
	r->error = n->n_kids > 0 ? args[0] : in;
	/* null is no error after all, and some objects are breaks */
	if (r->error.kind == E_NULL || r->error.kind == E_OBJECT)
		return ev_beyond(r);
	return false;
}

static const struct {
	const char *name;
	size_t n_args;
	enode_apply *apply;
	double (*number)(double);
} functions[] = {
    {"add", 0, eitems_add, NULL},
    {"ascii_downcase", 0, estring_downcase, NULL},
    {"ascii_upcase", 0, estring_upcase, NULL},
    {"ceil", 0, number_function, ceil},
    {"contains", 1, eitems_contains, NULL},
    {"endswith", 1, estring_endswith, NULL},
    {"error", 0, error, NULL},
    {"error", 1, error, NULL},
    {"fabs", 0, number_function, fabs},
    {"floor", 0, number_function, floor},
    {"fromdate", 0, estring_fromdate, NULL},
    {"fromdateiso8601", 0, estring_fromdate, NULL},
    {"has", 1, has, NULL},
    {"in", 1, in_object, NULL},
    {"inside", 1, eitems_inside, NULL},
    {"join", 1, estring_join, NULL},
    {"keys", 0, keys, NULL},
    {"keys_unsorted", 0, keys_unsorted, NULL},
    {"length", 0, length, NULL},
    {"log", 0, number_function, log},
    {"log10", 0, number_function, log10},
    {"log2", 0, number_function, log2},
    {"ltrimstr", 1, estring_ltrimstr, NULL},
    {"max", 0, eitems_max, NULL},
    {"min", 0, eitems_min, NULL},
    {"not", 0, is_not, NULL},
    {"now", 0, now, NULL},
    {"round", 0, number_function, round},
    {"rtrimstr", 1, estring_rtrimstr, NULL},
    {"split", 1, estring_split, NULL},
    {"sqrt", 0, number_function, sqrt},
    {"startswith", 1, estring_startswith, NULL},
    {"to_entries", 0, to_entries, NULL},
    {"todate", 0, estring_todate, NULL},
    {"todateiso8601", 0, estring_todate, NULL},
    {"tojson", 0, estring_tojson, NULL},
    {"tonumber", 0, estring_tonumber, NULL},
    {"tostring", 0, estring_tostring, NULL},
    {"trunc", 0, number_function, trunc},
    {"type", 0, type, NULL},
    {"utf8bytelength", 0, estring_bytes, NULL},
};

bool
enode_function(struct enode *n, const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		if (functions[i].n_args == n->n_kids &&
		    strlen(functions[i].name) == len &&
		    memcmp(functions[i].name, name, len) == 0) {
			n->apply = functions[i].apply;
			n->number = functions[i].number;
			return true;
		}
	return false;
}
