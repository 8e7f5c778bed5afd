#include "schema/check.h"

const uint8_t kind_types[128] = {
    [J_NULL] = TYPE_NULL,
    [J_FALSE] = TYPE_BOOLEAN,
    [J_TRUE] = TYPE_BOOLEAN,
    [J_INT] = TYPE_INTEGER,
    [J_UINT] = TYPE_INTEGER,
    [J_DOUBLE] = TYPE_FRACTION,
    [J_STRING] = TYPE_STRING,
    [J_ARRAY] = TYPE_ARRAY,
    [J_OBJECT] = TYPE_OBJECT,
};

const uint8_t kind_classes[128] = {
    [J_NULL] = CLASS_ANY,
    [J_FALSE] = CLASS_ANY,
    [J_TRUE] = CLASS_ANY,
    [J_INT] = CLASS_NUMBER,
    [J_UINT] = CLASS_NUMBER,
    [J_DOUBLE] = CLASS_NUMBER,
    [J_STRING] = CLASS_STRING,
    [J_ARRAY] = CLASS_ARRAY,
    [J_OBJECT] = CLASS_OBJECT,
};

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

static const struct roster nobody;
static uint64_t nothing[1];
const struct roll roll_none = {.present = nothing, .roster = &nobody};

/* One after the other; the usual ones without a call through the table. */
static bool
check_run(struct schema_view *w, const struct quick *q, enum op_class class,
    const struct here *here, struct marks *marks)
{
	const struct op *op = w->s->quick_ops + q->first[class];
	const struct op *end = w->s->quick_ops + q->first[class + 1];

	for (; op < end; op++) {
		bool good;

		if (op->code == OP_REQUIRED)
			good = roll_has_all(here->roll, op->u.names.bits);
		else if (op->code == OP_PROPERTIES)
			good = check_properties(w, op, here, marks);
		else if (op->code == OP_REF)
			good = check_node(w, op->u.node, here, marks);
		else if (op->code == OP_ITEMS)
			good = check_items(w, op, here, marks);
		else
			good = check_op(w, op, here, marks);
		if (!good)
			return false;
	}
	return true;
}

/* The same for numbers. */
static bool
check_number(
    struct schema_view *w, const struct quick *q, const struct here *here)
{
	const struct op *op = w->s->quick_ops + q->first[CLASS_NUMBER];
	const struct op *end = w->s->quick_ops + q->first[CLASS_NUMBER + 1];

	for (; op < end; op++) {
		bool good;

		if (op->code <= OP_BELOW)
			good = limit_accepts(op, here->v);
		else
			good = check_op(w, op, here, NULL);
		if (!good)
			return false;
	}
	return true;
}

/* The same for strings. */
static bool
check_string(
    struct schema_view *w, const struct quick *q, const struct here *here)
{
	const struct op *op = w->s->quick_ops + q->first[CLASS_STRING];
	const struct op *end = w->s->quick_ops + q->first[CLASS_STRING + 1];

	for (; op < end; op++) {
		bool good;

		if (op->code == OP_PATTERN)
			good = check_pattern(w, op, here, NULL);
		else if (op->code == OP_MIN_LENGTH || op->code == OP_MAX_LENGTH)
			good = check_length(w, op, here, NULL);
		else if (op->code == OP_FORMAT)
			good = check_format(w, op, here, NULL);
		else
			good = check_op(w, op, here, NULL);
		if (!good)
			return false;
	}
	return true;
}

/* With marks of its own, which the last operations look at. */
static bool
check_late(struct schema_view *w, const struct quick *q,
    const struct here *here, struct marks *marks)
{
	struct marks own = marks_new(w, here);

	if (!check_run(w, q, class_of(here->v), here, &own) ||
	    !check_run(w, q, CLASS_LATE, here, &own))
		return false;
	if (marks)
		marks_add(marks, &own);
	return true;
}

bool
check_node(struct schema_view *w, uint32_t node, const struct here *here,
    struct marks *marks)
{
	const struct quick *q = &w->s->quick[node];
	size_t scope = 0;
	bool good;

	if (!type_is(here->v, q->types) || !step_take(w, 1))
		return false;
	node_enter(w);
	if (has_dynamic(w->s))
		scope = scope_enter(w, &w->s->nodes[node]);
	if (q->first[CLASS_LATE] < q->first[CLASS_COUNT])
		good = check_late(w, q, here, marks);
	else
		good = check_run(w, q, class_of(here->v), here, marks);
	w->n_scope = scope;
	w->depth--;
	return good;
}

/* The same for null and booleans. */
static bool
check_simple(
    struct schema_view *w, const struct quick *q, const struct here *here)
{
	const struct op *ops = w->s->quick_ops;

	for (uint32_t o = q->first[CLASS_ANY]; o < q->first[CLASS_ANY + 1]; o++)
		if (!check_op(w, &ops[o], here, NULL))
			return false;
	return true;
}

static bool
check_container(struct schema_view *w, uint32_t node, struct jval v)
{
	uint32_t roster = w->s->quick[node].roster;
	struct pool_mark mark = pool_mark(&w->pool);
	struct here here = {v, &roll_none};
	struct roll roll;
	bool good;

	if (!step_take(w, jval_count(v)))
		return false;
	if (jval_type(v) == J_OBJECT && roster > 0) {
		roll_call(w, roster, v, &roll);
		here.roll = &roll;
	}
	good = check_node(w, node, &here, NULL);
	pool_back(&w->pool, mark);
	return good;
}

bool
check_inside(struct schema_view *w, uint32_t node, struct jval v)
{
	enum op_class class = class_of(v);
	const struct quick *q = &w->s->quick[node];
	struct here here = {v, &roll_none};

	if (class == CLASS_ARRAY || class == CLASS_OBJECT)
		return check_container(w, node, v);
	if (has_dynamic(w->s))
		return check_node(w, node, &here, NULL);
	if (class == CLASS_STRING)
		return check_string(w, q, &here);
	if (class == CLASS_NUMBER)
		return check_number(w, q, &here);
	return check_simple(w, q, &here);
}

bool
schema_check(const struct schema *s, struct schema_view *w, struct jval root)
{
	view_begin(w, root);
	return check_value(w, s->root, root);
}
