/* profile, first part: the tree of paths, and the way through a record. */
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "core/xxh64.h"
#include "quality/profile.h"

#define INDEX 1024 /* places by name, a power of two above PROFILE_PATHS */
#define EXACT_SLOTS ((size_t)1 << 20)

const char *const profile_type_names[PROFILE_TYPES] = {
    "null", "boolean", "integer", "number", "string", "array", "object"};

static struct profile_path *
new_path(struct profile *p, struct profile_path *up)
{
	struct profile_path *x = xcalloc(1, sizeof(*x));

	p->n_paths++;
	x->up = up;
	if (!up)
		return x;
	x->depth = up->depth + 1;
	x->in_array = up->in_array;
	if (up->last_child)
		up->last_child->sibling = x;
	else
		up->child = x;
	up->last_child = x;
	up->n_children++;
	return x;
}

void
profile_init(struct profile *p, bool is_exact)
{
	*p = (struct profile){.is_exact = is_exact, .budget = EXACT_SLOTS};
	p->root = new_path(p, NULL);
	p->index = xcalloc(INDEX, sizeof(struct profile_path *));
}

static void
free_path(struct profile_path *x)
{
	hll_release(&x->distinct);
	quantile_release(&x->quantiles);
	top_release(&x->top);
	shapes_release(&x->shapes);
	exact_release(&x->exact);
	free(x->name);
	free(x);
}

void
profile_release(struct profile *p)
{
	struct profile_path *x = p->root, *next;

	while (x) { /* children first: each is taken off its parent */
		next = x->child;
		if (next) {
			x->child = next->sibling;
		} else {
			next = x->up;
			free_path(x);
		}
		x = next;
	}
	free(p->index);
	free(p->stack);
	*p = (struct profile){.n_paths = 0};
}

/* Is there room for another path below x? */
static bool
has_room(const struct profile *p, const struct profile_path *x)
{
	return p->n_paths < PROFILE_PATHS && x->n_children < PROFILE_MEMBERS &&
	       x->depth < PROFILE_DEPTH;
}

static bool
is_name(const struct profile_path *x, const char *name, size_t len)
{
	return x->len == len && memcmp(x->name, name, len) == 0;
}

struct profile_path *
profile_member(
    struct profile *p, struct profile_path *up, const char *name, size_t len)
{
	size_t i = xxh64(name, len, (uint64_t)(uintptr_t)up) & (INDEX - 1);
	struct profile_path *x;

	if (!up->up && len == 4 && memcmp(name, "_cdo", 4) == 0)
		return NULL;
	for (; (x = p->index[i]); i = (i + 1) & (INDEX - 1))
		if (x->up == up && is_name(x, name, len))
			return x;
	if (!has_room(p, up)) {
		up->n_beyond++;
		return NULL;
	}
	x = new_path(p, up);
	x->name = xstrndup(name, len);
	x->len = len;
	p->index[i] = x;
	return x;
}

struct profile_path *
profile_elements(struct profile *p, struct profile_path *up)
{
	struct profile_path *x = up->child;

	while (x && x->name)
		x = x->sibling;
	if (x || !has_room(p, up))
		return x;
	x = new_path(p, up);
	x->in_array = true;
	return x;
}

static void
push(struct profile *p, struct profile_path *x)
{
	if (p->n_stack == p->cap_stack) {
		p->cap_stack = p->cap_stack ? 2 * p->cap_stack : 64;
		p->stack = xrealloc(
		    p->stack, p->cap_stack, sizeof(struct profile_path *));
	}
	p->stack[p->n_stack++] = x;
}

/* Push the paths of an object's members, each once, with its last value. */
static void
push_members(struct profile *p, struct profile_path *up, struct jval v)
{
	struct profile_path **guess = &up->first_seen;
	struct jiter it = jval_iter(v);
	uint64_t stamp = ++p->stamp;

	while (jiter_next(&it)) {
		struct profile_path *x = *guess;
		size_t len;
		const char *name = jval_string(it.name, &len);

		if (!x || !is_name(x, name, len))
			x = profile_member(p, up, name, len);
		if (!x)
			continue;
		*guess = x;
		guess = &x->next_seen;
		if (x->stamp != stamp)
			push(p, x);
		x->stamp = stamp;
		x->at = it.value.at;
	}
}

static void add(struct profile *p, struct profile_path *x, struct jval v);

static void
add_object(struct profile *p, struct profile_path *x, struct jval v)
{
	size_t from = p->n_stack;

	x->types[PROFILE_OBJECT]++;
	push_members(p, x, v);
	for (size_t i = from; i < p->n_stack; i++)
		add(p, p->stack[i], (struct jval){v.doc, p->stack[i]->at});
	p->n_stack = from;
}

static void
add_array(struct profile *p, struct profile_path *x, struct jval v)
{
	struct profile_path *elements = NULL;
	struct jiter it = jval_iter(v);
	size_t n = jval_count(v);

	x->types[PROFILE_ARRAY]++;
	moments_add(&x->sizes, (double)n);
	if (n > 0)
		elements = profile_elements(p, x);
	if (!elements)
		x->n_beyond += n;
	while (elements && jiter_next(&it))
		add(p, elements, it.value);
}

/* Goes no deeper than PROFILE_DEPTH: there is no path then. */
static void
add(struct profile *p, struct profile_path *x, struct jval v)
{
	switch (jval_type(v)) {
	case J_OBJECT:
		add_object(p, x, v);
		break;
	case J_ARRAY:
		add_array(p, x, v);
		break;
	default:
		profile_add_value(p, x, v);
	}
}

void
profile_add(struct profile *p, struct jval root)
{
	p->n_records++;
	add(p, p->root, root);
}

/* Merge the path and those below it. */
static void
merge(
    struct profile *p, struct profile_path *x, const struct profile_path *from)
{
	profile_merge_path(x, from, p);
	for (from = from->child; from; from = from->sibling) {
		struct profile_path *to =
		    from->name ? profile_member(p, x, from->name, from->len)
			       : profile_elements(p, x);

		if (to)
			merge(p, to, from);
		else /* profile_member has counted one */
			x->n_beyond += profile_count(from) - (from->name != 0);
	}
}

void
profile_merge(struct profile *p, const struct profile *from)
{
	p->n_records += from->n_records;
	merge(p, p->root, from->root);
}

void
profile_graft(struct profile *p, const struct profile_path *from)
{
	p->n_records += profile_count(from);
	merge(p, p->root, from);
}

uint64_t
profile_count(const struct profile_path *x)
{
	uint64_t n = 0;

	for (int i = 0; i < PROFILE_TYPES; i++)
		n += x->types[i];
	return n;
}

uint64_t
profile_missing(const struct profile_path *x)
{
	return x->name ? x->up->types[PROFILE_OBJECT] - profile_count(x) : 0;
}

const struct profile_path *
profile_next(const struct profile_path *x)
{
	if (x->child)
		return x->child;
	while (x && !x->sibling)
		x = x->up;
	return x ? x->sibling : NULL;
}

uint64_t
profile_beyond(const struct profile *p)
{
	const struct profile_path *x = p->root;
	uint64_t n = 0;

	for (; x; x = profile_next(x))
		n += x->n_beyond;
	return n;
}
