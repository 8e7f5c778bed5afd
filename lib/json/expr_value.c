#include <stdlib.h>
#include <string.h>

#include "core/map.h"
#include "core/pattern.h"
#include "core/xmem.h"
#include "json/expr_value.h"

#define CHUNK ((size_t)16 << 10) /* bytes taken from the heap at a time */
#define FEW 32 /* items in which a name is looked for one by one */

struct echunk {
	struct echunk *next;
	size_t used, cap; /* bytes */
	max_align_t data[];
};

/* Free all chunks, but for one of the usual size. */
static void
shrink(struct erun *r)
{
	struct echunk *c = r->chunks, *next;

	for (; c && (c->next || c->cap > CHUNK); c = next) {
		next = c->next;
		free(c);
	}
	r->chunks = c;
}

void
erun_start(struct erun *r, struct jval v)
{
	shrink(r);
	if (r->chunks)
		r->chunks->used = 0;
	r->taken = 0;
	r->stack.len = 0;
	r->is_beyond = false;
	r->doc = v.doc;
	r->root = v;
}

void
erun_release(struct erun *r)
{
	shrink(r);
	free(r->chunks);
	free(r->vars);
	buf_release(&r->stack);
	buf_release(&r->text);
	pattern_work_free(r->patterns);
}

void *
erun_take(struct erun *r, size_t n)
{
	struct echunk *c = r->chunks;
	void *p;

	n = (n + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);
	if (!c || c->cap - c->used < n) {
		size_t cap = n > CHUNK ? n : CHUNK;

		c = xmalloc(sizeof(*c) + cap);
		c->next = r->chunks;
		c->used = 0;
		c->cap = cap;
		r->chunks = c;
	}
	p = (char *)c->data + c->used;
	c->used += n;
	r->taken += n;
	return p;
}

bool
erun_may_have(struct erun *r, size_t n)
{
	return n < ERUN_MEMORY ||
	       ev_fail(r, "the expression needs more than 64 MiB");
}

const char *
ev_kind_name(struct ev v)
{
	static const char *const names[] = {"null", "boolean", "boolean",
	    "number", "string", "array", "object"};

	return names[v.kind];
}

struct ev
ev_copy_string(struct erun *r, const char *s, size_t len)
{
	char *copy = erun_take(r, len);

	if (len > 0)
		memcpy(copy, s, len);
	return ev_of_string(copy, len);
}

struct ev
ev_array(struct erun *r, const struct ev *items, size_t n)
{
	struct ev *copy = erun_take(r, n * sizeof(*copy));

	if (n > 0)
		memcpy(copy, items, n * sizeof(*copy));
	return (struct ev){.kind = E_ARRAY, .n = (uint32_t)n, .items = copy};
}

struct ev
ev_array_of_stack(struct erun *r, size_t from)
{
	struct ev v = {.kind = E_ARRAY, .items = NULL};
	size_t n = (r->stack.len - from) / sizeof(v);

	if (n > 0)
		v = ev_array(r, (const void *)(r->stack.data + from), n);
	r->stack.len = from;
	return v;
}

static bool
is_name(struct ev name, const char *s, size_t len)
{
	return name.n == len && memcmp(name.string, s, len) == 0;
}

/* Find a name among the first n items; n if it is not there. */
static size_t
find(const struct ev *items, size_t n, const char *s, size_t len)
{
	size_t i = 0;

	while (i < n && !is_name(items[i], s, len))
		i += 2;
	return i;
}

/* The same with the help of a map from names to where they are. */
static size_t
find_mapped(
    struct map *m, struct ev *items, size_t n, const char *s, size_t len)
{
	void **place = map_put(m, s, len);

	if (!*place)
		*place = &items[n];
	return (size_t)((struct ev *)*place - items);
}

struct ev
ev_object(struct ev *items, size_t n)
{
	struct map m = {0};
	size_t kept = 0, at;

	for (size_t i = 0; i < n; i += 2) {
		const struct ev *name = &items[i];

		at = n <= FEW
			 ? find(items, kept, name->string, name->n)
			 : find_mapped(&m, items, kept, name->string, name->n);
		items[at] = items[i];
		items[at + 1] = items[i + 1];
		if (at == kept)
			kept += 2;
	}
	map_release(&m);
	return (struct ev){
	    .kind = E_OBJECT, .n = (uint32_t)kept, .items = items};
}

struct ev
ev_with_items(struct erun *r, struct ev v)
{
	struct jval place = ev_place(r, v);
	struct jiter it;
	struct ev *items;
	size_t n = 0;

	if (!v.is_on_tape)
		return v;
	items = erun_take(r, 2 * jval_count(place) * sizeof(*items));
	for (it = jval_iter(place); jiter_next(&it);) {
		if (v.kind == E_OBJECT)
			items[n++] = ev_of_jval(it.name);
		items[n++] = ev_of_jval(it.value);
	}
	if (v.kind == E_OBJECT)
		return ev_object(items, n);
	return (struct ev){.kind = E_ARRAY, .n = (uint32_t)n, .items = items};
}

struct ev
ev_member(
    struct erun *r, struct ev object, const char *name, size_t len, bool *found)
{
	struct ev null = {.kind = E_NULL};
	struct jval place;
	size_t i;

	if (object.is_on_tape) {
		place = jval_get(ev_place(r, object), name, len);
		if (found)
			*found = place.at != 0;
		return ev_of_jval(place);
	}
	i = find(object.items, object.n, name, len);
	if (found)
		*found = i < object.n;
	return i < object.n ? object.items[i + 1] : null;
}

struct ev
ev_element(struct erun *r, struct ev array, int64_t i)
{
	struct ev null = {.kind = E_NULL};

	if (array.is_on_tape)
		return ev_of_jval(jval_at(ev_place(r, array), i));
	if (i < 0)
		i += array.n;
	return i >= 0 && i < array.n ? array.items[i] : null;
}

static int
compare_strings(struct ev a, struct ev b)
{
	int c = memcmp(a.string, b.string, a.n < b.n ? a.n : b.n);

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

static int
by_name(const void *a, const void *b)
{
	return compare_strings(*(const struct ev *)a, *(const struct ev *)b);
}

const struct ev *
ev_sorted_names(struct erun *r, struct ev object)
{
	size_t n = object.n / 2;
	struct ev *names = erun_take(r, n * sizeof(*names));

	for (size_t i = 0; i < n; i++)
		names[i] = object.items[2 * i];
	qsort(names, n, sizeof(*names), by_name);
	return names;
}

/* As jq does it: nan is below all numbers. */
static int
compare_numbers(double a, double b)
{
	if (a != a)
		return -1;
	if (b != b)
		return 1;
	return (a > b) - (a < b);
}

static int compare(struct erun *r, struct ev a, struct ev b, unsigned depth);

static int
compare_arrays(struct erun *r, struct ev a, struct ev b, unsigned depth)
{
	for (size_t i = 0; i < a.n && i < b.n; i++) {
		int c = compare(r, a.items[i], b.items[i], depth);

		if (c)
			return c;
	}
	return (a.n > b.n) - (a.n < b.n);
}

/* First the sorted names as arrays, then the values in their order. */
static int
compare_objects(struct erun *r, struct ev a, struct ev b, unsigned depth)
{
	const struct ev *names = ev_sorted_names(r, a);
	const struct ev *others = ev_sorted_names(r, b);
	struct ev x = {.kind = E_ARRAY, .n = a.n / 2, .items = names};
	struct ev y = {.kind = E_ARRAY, .n = b.n / 2, .items = others};
	int c = compare_arrays(r, x, y, depth);

	for (size_t i = 0; c == 0 && i < a.n / 2; i++) {
		const char *s = names[i].string;
		size_t len = names[i].n;

		c = compare(r, ev_member(r, a, s, len, NULL),
		    ev_member(r, b, s, len, NULL), depth);
	}
	return c;
}

static int
compare(struct erun *r, struct ev a, struct ev b, unsigned depth)
{
	if (a.kind != b.kind)
		return a.kind < b.kind ? -1 : 1;
	if (a.kind == E_NUMBER)
		return compare_numbers(a.number, b.number);
	if (a.kind == E_STRING)
		return compare_strings(a, b);
	if (a.kind < E_ARRAY)
		return 0;
	if (depth == EV_DEPTH) {
		ev_beyond(r);
		return 0;
	}
	a = ev_with_items(r, a);
	b = ev_with_items(r, b);
	if (a.kind == E_ARRAY)
		return compare_arrays(r, a, b, depth + 1);
	return compare_objects(r, a, b, depth + 1);
}

int
ev_compare(struct erun *r, struct ev a, struct ev b)
{
	return compare(r, a, b, 0);
}

static bool equal(struct erun *r, struct ev a, struct ev b, unsigned depth);

static bool
equal_items(struct erun *r, struct ev a, struct ev b, unsigned depth)
{
	bool found = true;

	a = ev_with_items(r, a);
	b = ev_with_items(r, b);
	if (a.n != b.n)
		return false;
	if (a.items == b.items)
		return true;
	for (size_t i = 0; a.kind == E_ARRAY && i < a.n; i++)
		if (!equal(r, a.items[i], b.items[i], depth))
			return false;
	for (size_t i = 0; a.kind == E_OBJECT && i < a.n; i += 2) {
		struct ev y =
		    ev_member(r, b, a.items[i].string, a.items[i].n, &found);

		if (!found || !equal(r, a.items[i + 1], y, depth))
			return false;
	}
	return true;
}

static bool
equal(struct erun *r, struct ev a, struct ev b, unsigned depth)
{
	if (a.kind != b.kind)
		return false;
	if (a.kind == E_NUMBER)
		return a.number == b.number;
	if (a.kind == E_STRING)
		return is_name(a, b.string, b.n);
	if (a.kind < E_ARRAY)
		return true;
	if (a.is_on_tape && b.is_on_tape && a.at == b.at)
		return true;
	if (depth == EV_DEPTH)
		return ev_beyond(r);
	return equal_items(r, a, b, depth + 1);
}

bool
ev_equal(struct erun *r, struct ev a, struct ev b)
{
	return equal(r, a, b, 0);
}
