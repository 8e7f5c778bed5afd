/* explain - the slow run, for values that are not valid: all their faults. */
#include <stdlib.h>

#include "core/xmem.h"
#include "schema/report.h"

static void
explain_plain(struct report *r, const struct node *n, const struct op *op,
    const struct here *here, struct marks *marks, const struct way *way)
{
	struct buf why = {0};

	(void)marks;
	message_of_op(r->w, n, op, here->v, &why);
	report_add(r, n, op->keyword, op->at, way, here->v, &why);
	buf_release(&why);
}

static void
explain_ref(struct report *r, const struct node *n, const struct op *op,
    const struct here *here, struct marks *marks, const struct way *way)
{
	(void)n;
	explain_node(r, op->u.node, here, marks, way);
}

static void
explain_dynamic(struct report *r, const struct node *n, const struct op *op,
    const struct here *here, struct marks *marks, const struct way *way)
{
	(void)n;
	explain_node(r, scope_find(r->w, op), here, marks, way);
}

static void
explain_all(struct report *r, const struct node *n, const struct op *op,
    const struct here *here, struct marks *marks, const struct way *way)
{
	(void)n;
	for (size_t i = 0; i < op->u.nodes.n; i++)
		explain_node(r, op->u.nodes.list[i], here, marks, way);
}

static void
explain_if(struct report *r, const struct node *n, const struct op *op,
    const struct here *here, struct marks *marks, const struct way *way)
{
	uint32_t next = check_node(r->w, op->u.branch.test, here, marks)
			    ? op->u.branch.then
			    : op->u.branch.otherwise;

	(void)n;
	if (next != NO_NODE)
		explain_node(r, next, here, marks, way);
}

static void
explain_op(struct report *r, const struct node *n, const struct op *op,
    const struct here *here, struct marks *marks, const struct way *way)
{
	static void (*const explain[])(struct report *, const struct node *,
	    const struct op *, const struct here *, struct marks *,
	    const struct way *) = {
	    [OP_PREFIX] = explain_prefix,
	    [OP_ITEMS] = explain_items,
	    [OP_CONTAINS] = explain_contains,
	    [OP_REQUIRED] = explain_required,
	    [OP_DEPENDENT] = explain_dependent,
	    [OP_PROPERTIES] = explain_properties,
	    [OP_PROPERTY_NAMES] = explain_property_names,
	    [OP_REF] = explain_ref,
	    [OP_DYNAMIC] = explain_dynamic,
	    [OP_ALL] = explain_all,
	    [OP_ANY] = explain_any,
	    [OP_ONE] = explain_one,
	    [OP_IF] = explain_if,
	    [OP_UNEVALUATED_ITEMS] = explain_unevaluated_items,
	    [OP_UNEVALUATED_PROPERTIES] = explain_unevaluated_properties,
	};

	if (check_op(r->w, op, here, marks) || r->w->gave_up)
		return;
	if (explain[op->code])
		explain[op->code](r, n, op, here, marks, way);
	else
		explain_plain(r, n, op, here, marks, way);
}

/* The next operation of two classes, in the order of the schema. */
static uint32_t
next_op(const struct op *ops, uint32_t *a, uint32_t end_a, uint32_t *b,
    uint32_t end_b)
{
	if (*b >= end_b || (*a < end_a && ops[*a].at < ops[*b].at))
		return (*a)++;
	return (*b)++;
}

static void
explain_ops(struct report *r, const struct node *n, const struct here *here,
    struct marks *marks, const struct way *way)
{
	const struct op *ops = r->w->s->ops;
	enum op_class class = class_of(here->v);
	uint32_t a = class == CLASS_ANY ? 0 : n->ops[class];
	uint32_t end_a = class == CLASS_ANY ? 0 : n->ops[class + 1];
	uint32_t b = n->ops[CLASS_ANY], end_b = n->ops[CLASS_LATE];

	while (a < end_a || b < end_b)
		explain_op(r, n, &ops[next_op(ops, &a, end_a, &b, end_b)], here,
		    marks, way);
	for (uint32_t o = n->ops[CLASS_LATE]; o < n->ops[CLASS_COUNT]; o++)
		explain_op(r, n, &ops[o], here, marks, way);
}

/* The type is wrong, or there must be nothing; no more is said then. */
static void
explain_type(struct report *r, const struct node *n, const struct here *here,
    const struct way *way)
{
	struct buf why = {0};

	if (n->is_false) {
		buf_adds(&why, "is not allowed");
		report_add(r, n, n->keyword, n->at, way, here->v, &why);
	} else {
		message_of_type(n, here->v, &why);
		report_add(r, n, "type", n->type_at, way, here->v, &why);
	}
	buf_release(&why);
}

void
explain_node(struct report *r, uint32_t node, const struct here *here,
    struct marks *marks, const struct way *way)
{
	struct schema_view *w = r->w;
	const struct node *n = &w->s->nodes[node];
	struct marks own;
	size_t scope;

	/* the marks that a failed check leaves do no harm: what was looked
	 * at is no news */
	if (check_node(w, node, here, marks) || w->gave_up)
		return;
	if (!type_is(here->v, n->types)) {
		explain_type(r, n, here, way);
		return;
	}
	node_enter(w);
	scope = w->n_scope;
	if (has_dynamic(w->s))
		scope = scope_enter(w, n);
	if (n->ops[CLASS_LATE] < n->ops[CLASS_COUNT]) {
		own = marks_new(w, here);
		explain_ops(r, n, here, &own, way);
		if (marks)
			marks_add(marks, &own);
	} else {
		explain_ops(r, n, here, marks, way);
	}
	w->n_scope = scope;
	w->depth--;
}

void
explain_value(
    struct report *r, uint32_t node, struct jval v, const struct way *way)
{
	const struct node *n = &r->w->s->nodes[node];
	struct here here = {v, &roll_none};
	struct pool_mark mark = pool_mark(&r->w->pool);
	struct roll roll;

	if (n->is_true || !report_is_open(r, 0))
		return;
	if (jval_type(v) == J_OBJECT && n->roster > 0) {
		roll_call(r->w, n->roster, v, &roll);
		here.roll = &roll;
	}
	explain_node(r, node, &here, NULL, way);
	pool_back(&r->w->pool, mark);
}
