/* compile, third part: keywords that hold schemas. */
#include <string.h>

#include "core/xmem.h"
#include "schema/compile.h"

void
compile_child(struct compiler *c, const struct keyword *k, struct jval v)
{
	uint32_t node = node_child(c, v);

	if (node != NO_NODE)
		op_add(c, k, v, k->class, k->code)->u.node = node;
}

void
compile_ref(struct compiler *c, const struct keyword *k, struct jval v)
{
	struct place *p = refer(c, v, NULL);

	if (p)
		op_add(c, k, v, CLASS_ANY, OP_REF)->u.node = node_of(c, p);
}

/* A reference to the outermost anchor of a name, if p has one of it. */
static void
add_dynamic(struct compiler *c, const struct keyword *k, struct jval v,
    struct place *p, uint32_t name)
{
	struct op *op;

	if (p->anchor == NO_NODE || p->anchor != name) {
		op_add(c, k, v, CLASS_ANY, OP_REF)->u.node = node_of(c, p);
		return;
	}
	op = op_add(c, k, v, CLASS_ANY, OP_DYNAMIC);
	op->u.dynamic.node = node_of(c, p);
	op->u.dynamic.name = name;
	if (name >= c->n_used) {
		c->is_used =
		    xrealloc(c->is_used, name + 1, sizeof(*c->is_used));
		while (c->n_used <= name)
			c->is_used[c->n_used++] = false;
	}
	c->is_used[name] = true;
}

void
compile_dynamic_ref(struct compiler *c, const struct keyword *k, struct jval v)
{
	const char *fragment = "";
	struct place *p = refer(c, v, &fragment);

	if (p)
		add_dynamic(c, k, v, p,
		    *fragment && *fragment != '/'
			? anchor_number(c, fragment, strlen(fragment))
			: NO_NODE);
}

void
compile_recursive_ref(
    struct compiler *c, const struct keyword *k, struct jval v)
{
	struct place *p = refer(c, v, NULL);

	if (p)
		add_dynamic(c, k, v, p, anchor_number(c, "", 0));
}

static void
add_list(struct compiler *c, const struct keyword *k, struct jval v,
    enum op_class class, enum op_code code)
{
	size_t n = jval_count(v);
	struct jiter it = jval_iter(v);
	struct nodes nodes = {
	    pool_array(&c->s->pool, n, sizeof(*nodes.list)), 0};

	if (jval_type(v) != J_ARRAY)
		return; /* which was told */
	while (jiter_next(&it)) {
		uint32_t node = node_child(c, it.value);

		if (node != NO_NODE)
			nodes.list[nodes.n++] = node;
	}
	op_add(c, k, v, class, code)->u.nodes = nodes;
}

void
compile_list(struct compiler *c, const struct keyword *k, struct jval v)
{
	add_list(c, k, v, k->class, k->code);
}

static uint32_t
sibling_node(struct compiler *c, const char *name)
{
	struct jval v = sibling(c, name);

	return v.at ? node_child(c, v) : NO_NODE;
}

void
compile_if(struct compiler *c, const struct keyword *k, struct jval v)
{
	uint32_t test = node_child(c, v);
	uint32_t then = sibling_node(c, "then");
	uint32_t otherwise = sibling_node(c, "else");
	struct op *op;

	if (test == NO_NODE)
		return;
	op = op_add(c, k, v, CLASS_ANY, OP_IF);
	op->u.branch.test = test;
	op->u.branch.then = then;
	op->u.branch.otherwise = otherwise;
}

/* A schema for the elements from an index on. */
static void
add_items(
    struct compiler *c, const struct keyword *k, struct jval v, uint64_t from)
{
	uint32_t node = node_child(c, v);
	struct op *op;

	if (node == NO_NODE)
		return;
	op = op_add(c, k, v, CLASS_ARRAY, OP_ITEMS);
	op->u.items.node = node;
	op->u.items.from = from;
}

void
compile_items(struct compiler *c, const struct keyword *k, struct jval v)
{
	struct jval prefix = sibling(c, "prefixItems");

	add_items(
	    c, k, v, jval_type(prefix) == J_ARRAY ? jval_count(prefix) : 0);
}

void
compile_items_old(struct compiler *c, const struct keyword *k, struct jval v)
{
	if (jval_type(v) == J_ARRAY)
		add_list(c, k, v, CLASS_ARRAY, OP_PREFIX);
	else
		add_items(c, k, v, 0);
}

void
compile_additional_items(
    struct compiler *c, const struct keyword *k, struct jval v)
{
	struct jval items = sibling(c, "items");

	if (jval_type(items) == J_ARRAY)
		add_items(c, k, v, jval_count(items));
}

void
compile_contains(struct compiler *c, const struct keyword *k, struct jval v)
{
	uint32_t node = node_child(c, v);
	struct jval min = sibling(c, "minContains");
	struct jval max = sibling(c, "maxContains");
	uint64_t least = 1, most = UINT64_MAX;
	struct op *op;

	if (node == NO_NODE || (min.at && !is_count(c, min, &least)) ||
	    (max.at && !is_count(c, max, &most)))
		return;
	op = op_add(c, k, v, CLASS_ARRAY, OP_CONTAINS);
	op->u.contains.node = node;
	op->u.contains.min = least;
	op->u.contains.max = most;
	op->u.contains.is_noted = c->dialect.draft == D20;
	op->u.contains.min_at = min.at;
	op->u.contains.max_at = max.at;
}
