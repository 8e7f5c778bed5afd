/* compile, fourth part: keywords about the members of objects. */
#include <string.h>

#include "schema/compile.h"

static struct named
name_of(struct jval name, uint32_t node)
{
	struct named n = {.slot = NO_SLOT, .node = node};
	size_t len;

	n.s = jval_string(name, &len);
	n.len = (uint32_t)len;
	return n;
}

struct names
names_of(struct compiler *c, struct jval v)
{
	struct names names = {0};
	struct jiter it;

	if (jval_type(v) != J_ARRAY) {
		FAULT(c, v, "must be an array of names");
		return names;
	}
	names.names =
	    pool_array(&c->s->pool, jval_count(v), sizeof(*names.names));
	for (it = jval_iter(v); jiter_next(&it);) {
		if (jval_type(it.value) == J_STRING)
			names.names[names.n++] = name_of(it.value, NO_NODE);
		else
			FAULT(c, it.value, "must be a string");
	}
	return names;
}

void
compile_required(struct compiler *c, const struct keyword *k, struct jval v)
{
	struct names names = names_of(c, v);

	if (names.n > 0)
		op_add(c, k, v, CLASS_OBJECT, OP_REQUIRED)->u.names = names;
}

/* The operation about members that this schema has one of. */
static struct properties *
get_properties(struct compiler *c, const struct keyword *k, struct jval v)
{
	struct op *op;
	struct properties *p;

	for (size_t i = 0; i < c->n_ops[CLASS_OBJECT]; i++)
		if (c->ops[CLASS_OBJECT][i].code == OP_PROPERTIES)
			return c->ops[CLASS_OBJECT][i].u.properties;
	p = pool_array(&c->s->pool, 1, sizeof(*p));
	p->additional = NO_NODE;
	op = op_add(c, k, v, CLASS_OBJECT, OP_PROPERTIES);
	op->u.properties = p;
	return p;
}

void
compile_properties(struct compiler *c, const struct keyword *k, struct jval v)
{
	struct properties *p = get_properties(c, k, v);
	struct names names = {0};
	struct jiter it;

	if (jval_type(v) != J_OBJECT)
		return; /* which was told */
	names.names =
	    pool_array(&c->s->pool, jval_count(v), sizeof(*names.names));
	for (it = jval_iter(v); jiter_next(&it);)
		names.names[names.n++] =
		    name_of(it.name, node_child(c, it.value));
	p->names = names;
}

void
compile_pattern_properties(
    struct compiler *c, const struct keyword *k, struct jval v)
{
	struct properties *p = get_properties(c, k, v);
	struct jiter it;

	if (jval_type(v) != J_OBJECT)
		return; /* which was told */
	p->patterns =
	    pool_array(&c->s->pool, jval_count(v), sizeof(*p->patterns));
	for (it = jval_iter(v); jiter_next(&it);) {
		size_t len;
		const char *s = jval_string(it.name, &len);
		struct patterned one = {
		    pattern_get(c, it.value, s, len), node_child(c, it.value)};

		if (one.pattern && one.node != NO_NODE)
			p->patterns[p->n_patterns++] = one;
	}
}

void
compile_additional_properties(
    struct compiler *c, const struct keyword *k, struct jval v)
{
	struct properties *p = get_properties(c, k, v);

	p->additional = node_child(c, v);
}

/* Which of the values of dependencies are meant. */
enum dependencies { LISTS = 1, SCHEMAS = 2 };

static void
add_dependents(
    struct compiler *c, const struct keyword *k, struct jval v, unsigned wanted)
{
	struct dependents all = {0};
	struct jiter it;

	if (!is_a(c, v, J_OBJECT))
		return;
	all.list = pool_array(&c->s->pool, jval_count(v), sizeof(*all.list));
	for (it = jval_iter(v); jiter_next(&it);) {
		struct dependent *d = &all.list[all.n++];
		bool is_list =
		    (wanted & LISTS) &&
		    (jval_type(it.value) == J_ARRAY || wanted == LISTS);

		d->name = name_of(it.name, NO_NODE);
		if (is_list)
			d->needs = names_of(c, it.value);
		else
			d->name.node = node_child(c, it.value);
		d->at = it.value.at;
	}
	if (all.n > 0)
		op_add(c, k, v, CLASS_OBJECT, OP_DEPENDENT)->u.dependents = all;
}

void
compile_dependent_required(
    struct compiler *c, const struct keyword *k, struct jval v)
{
	add_dependents(c, k, v, LISTS);
}

void
compile_dependent_schemas(
    struct compiler *c, const struct keyword *k, struct jval v)
{
	if (jval_type(v) == J_OBJECT)
		add_dependents(c, k, v, SCHEMAS);
}

void
compile_dependencies(struct compiler *c, const struct keyword *k, struct jval v)
{
	if (jval_type(v) == J_OBJECT)
		add_dependents(c, k, v, LISTS | SCHEMAS);
}
