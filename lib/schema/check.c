#include "schema/check.h"

/*
 * Nodes within nodes, at most: a value may be 1024 deep, and each of these
 * levels may have some in the schema; a node takes some hundred bytes of the
 * stack.
 */
#define DEEPEST 12000

static bool
check_ref(struct schema_view *w, const struct op *op, const struct here *here,
    struct marks *marks)
{
	return check_node(w, op->u.node, here, marks);
}

static bool
check_dynamic(struct schema_view *w, const struct op *op,
    const struct here *here, struct marks *marks)
{
	return check_node(w, scope_find(w, op), here, marks);
}

static bool
check_all(struct schema_view *w, const struct op *op, const struct here *here,
    struct marks *marks)
{
	for (size_t i = 0; i < op->u.nodes.n; i++)
		if (!check_node(w, op->u.nodes.list[i], here, marks))
			return false;
	return true;
}

/* One of several: what it marks counts only if it accepts. */
static bool
check_branch(struct schema_view *w, uint32_t node, const struct here *here,
    struct marks *marks)
{
	struct marks own;

	if (!marks)
		return check_node(w, node, here, NULL);
	own = marks_new(w, here);
	if (!check_node(w, node, here, &own))
		return false;
	marks_add(marks, &own);
	return true;
}

static bool
check_any(struct schema_view *w, const struct op *op, const struct here *here,
    struct marks *marks)
{
	bool any = false;

	for (size_t i = 0; i < op->u.nodes.n && !(any && !marks); i++)
		any = check_branch(w, op->u.nodes.list[i], here, marks) || any;
	return any;
}

static bool
check_one(struct schema_view *w, const struct op *op, const struct here *here,
    struct marks *marks)
{
	unsigned n = 0;

	for (size_t i = 0; i < op->u.nodes.n && n < 2; i++)
		n += check_branch(w, op->u.nodes.list[i], here, marks);
	return n == 1;
}

static bool
check_not(struct schema_view *w, const struct op *op, const struct here *here,
    struct marks *marks)
{
	(void)marks;
	/* what cannot be told is not valid: not for not either */
	return !check_node(w, op->u.node, here, NULL) && !w->gave_up;
}

static bool
check_if(struct schema_view *w, const struct op *op, const struct here *here,
    struct marks *marks)
{
	uint32_t next = check_branch(w, op->u.branch.test, here, marks)
			    ? op->u.branch.then
			    : op->u.branch.otherwise;

	return !w->gave_up &&
	       (next == NO_NODE || check_node(w, next, here, marks));
}

bool
check_op(struct schema_view *w, const struct op *op, const struct here *here,
    struct marks *marks)
{
	static bool (*const run[])(struct schema_view *, const struct op *,
	    const struct here *, struct marks *) = {
	    [OP_MINIMUM] = check_limit,
	    [OP_MAXIMUM] = check_limit,
	    [OP_ABOVE] = check_limit,
	    [OP_BELOW] = check_limit,
	    [OP_MULTIPLE] = check_multiple,
	    [OP_MIN_LENGTH] = check_length,
	    [OP_MAX_LENGTH] = check_length,
	    [OP_PATTERN] = check_pattern,
	    [OP_FORMAT] = check_format,
	    [OP_MIN_ITEMS] = check_count,
	    [OP_MAX_ITEMS] = check_count,
	    [OP_UNIQUE] = check_unique,
	    [OP_PREFIX] = check_prefix,
	    [OP_ITEMS] = check_items,
	    [OP_CONTAINS] = check_contains,
	    [OP_MIN_PROPERTIES] = check_min_properties,
	    [OP_MAX_PROPERTIES] = check_max_properties,
	    [OP_REQUIRED] = check_required,
	    [OP_DEPENDENT] = check_dependent,
	    [OP_PROPERTIES] = check_properties,
	    [OP_PROPERTY_NAMES] = check_property_names,
	    [OP_CONST] = check_set,
	    [OP_ENUM] = check_set,
	    [OP_REF] = check_ref,
	    [OP_DYNAMIC] = check_dynamic,
	    [OP_ALL] = check_all,
	    [OP_ANY] = check_any,
	    [OP_ONE] = check_one,
	    [OP_NOT] = check_not,
	    [OP_IF] = check_if,
	    [OP_UNEVALUATED_ITEMS] = check_unevaluated_items,
	    [OP_UNEVALUATED_PROPERTIES] = check_unevaluated_properties,
	};

	return run[op->code](w, op, here, marks);
}

static bool
check_class(struct schema_view *w, const struct node *n, enum op_class class,
    const struct here *here, struct marks *marks)
{
	const struct op *ops = w->s->ops;

	for (uint32_t o = n->ops[class]; o < n->ops[class + 1]; o++)
		if (!check_op(w, &ops[o], here, marks))
			return false;
	return true;
}

static bool
check_ops(struct schema_view *w, const struct node *n, enum type_bit type,
    const struct here *here, struct marks *marks)
{
	enum op_class class = class_of(type);

	return (class == CLASS_COUNT ||
		   check_class(w, n, class, here, marks)) &&
	       check_class(w, n, CLASS_ANY, here, marks);
}

/* With marks of its own, which the last operations look at. */
static bool
check_late(struct schema_view *w, const struct node *n, enum type_bit type,
    const struct here *here, struct marks *marks)
{
	struct marks own = marks_new(w, here);

	if (!check_ops(w, n, type, here, &own) ||
	    !check_class(w, n, CLASS_LATE, here, &own))
		return false;
	if (marks)
		marks_add(marks, &own);
	return true;
}

bool
check_node(struct schema_view *w, uint32_t node, const struct here *here,
    struct marks *marks)
{
	const struct node *n = &w->s->nodes[node];
	enum type_bit type = type_of(here->v);
	size_t scope = 0;
	bool good;

	if (!(n->types & type) || !step_take(w, 1))
		return false;
	if (w->depth++ > DEEPEST) {
		w->gave_up = true;
		w->steps = 0;
		return false;
	}
	if (has_dynamic(w->s))
		scope = scope_enter(w, n);
	if (n->ops[CLASS_LATE] < n->ops[CLASS_COUNT])
		good = check_late(w, n, type, here, marks);
	else
		good = check_ops(w, n, type, here, marks);
	w->n_scope = scope;
	w->depth--;
	return good;
}

bool
check_value(struct schema_view *w, uint32_t node, struct jval v)
{
	const struct node *n = &w->s->nodes[node];
	struct here here = {v, NULL};
	struct pool_mark mark;
	struct roll roll;
	bool good;

	if (n->is_true)
		return true;
	if (jval_type(v) != J_OBJECT && jval_type(v) != J_ARRAY)
		return check_node(w, node, &here, NULL);
	mark = pool_mark(&w->pool);
	if (jval_type(v) == J_OBJECT && n->roster > 0) {
		roll_call(w, n->roster, v, &roll);
		here.roll = &roll;
	}
	good = check_node(w, node, &here, NULL);
	pool_back(&w->pool, mark);
	return good;
}

bool
schema_check(const struct schema *s, struct schema_view *w, struct jval root)
{
	view_begin(w, root);
	return check_value(w, s->root, root);
}
