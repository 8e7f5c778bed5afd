#ifndef SCHEMA_CHECK_H
#define SCHEMA_CHECK_H

#include "schema/program.h"

/*
 * check - what the files that run a schema share.
 *
 * A value is looked at by a node, and by all the nodes that this one applies
 * to the same value; for these an object's members are sorted out once, in a
 * roll.  Where unevaluatedItems or unevaluatedProperties want to know, marks
 * are made of the members and elements that were evaluated.
 */

struct schema_view {
	const struct schema *s; /* lent */
	struct pool pool; /* of the record in hand */
	struct pattern_work *work;
	uint32_t *guesses; /* owned; which name follows each, see roll_call */
	uint64_t seed;
	uint64_t steps; /* that may still be taken for this record */
	unsigned depth; /* of nodes */
	bool gave_up;
	bool is_too_deep; /* therefore */
	uint32_t *scope; /* owned; the resources on the way here */
	size_t n_scope, cap_scope;
	struct report *report; /* owned; NULL till it is wanted */
};

/* Which of the names in a roster an object has. */
struct roll {
	uint32_t *at; /* by slot, where present */
	uint64_t *present; /* bits */
	uint32_t *others; /* names that the roster does not know */
	uint32_t n_others;
	const struct roster *roster;
};

extern const struct roll roll_none;

struct here {
	struct jval v;
	const struct roll *roll; /* roll_none: no object, or nobody asks */
};

/* Bits: of an object's slots, in whole words, then its others; or of an
 * array's elements. */
struct marks {
	uint64_t *bits;
	size_t n_words;
};

/* What a byte on the tape is for type; a double may be whole, see below. */
extern const uint8_t kind_types[128], kind_classes[128];

static inline enum op_class
class_of(struct jval v)
{
	return (enum op_class)kind_classes[jval_type(v)];
}

/* What the value is for type. */
static inline enum type_bit
type_of(struct jval v)
{
	if (jval_type(v) == J_DOUBLE && double_is_whole(v))
		return TYPE_INTEGER;
	return (enum type_bit)kind_types[jval_type(v)];
}

static inline bool
type_is(struct jval v, unsigned types)
{
	if (kind_types[jval_type(v)] & types)
		return true;
	return (types & TYPE_INTEGER) && jval_type(v) == J_DOUBLE &&
	       double_is_whole(v);
}

static inline int
limit_compare(struct jval v, const struct limit *l)
{
	enum jtype t = jval_type(v);

	if (t == J_INT && l->is_int)
		return (jval_int(v) > l->n) - (jval_int(v) < l->n);
	if (t == J_DOUBLE && l->is_exact)
		return (jval_double(v) > l->x) - (jval_double(v) < l->x);
	return jval_compare(v, l->value);
}

/* Which results of the comparison a limit accepts: bits for -1, 0 and 1. */
static inline bool
limit_accepts(const struct op *op, struct jval v)
{
	static const uint8_t accepts[] = {
	    [OP_MINIMUM] = 6, [OP_MAXIMUM] = 3, [OP_ABOVE] = 4, [OP_BELOW] = 1};

	return accepts[op->code] >> (limit_compare(v, &op->u.limit) + 1) & 1;
}

/* Are all the bits there? */
static inline bool
roll_has_all(const struct roll *roll, const uint64_t *bits)
{
	for (size_t i = 0; i < roll->roster->n_words; i++)
		if (bits[i] & ~roll->present[i])
			return false;
	return true;
}

/* Run the node on a value that has the right type. */
bool check_inside(struct schema_view *w, uint32_t node, struct jval v);

/* Does the node accept the value? */
static inline bool
check_value(struct schema_view *w, uint32_t node, struct jval v)
{
	const struct quick *q = &w->s->quick[node];
	enum op_class class = class_of(v);

	if (!type_is(v, q->types))
		return false;
	if (q->first[class] == q->first[class + 1] &&
	    q->first[CLASS_LATE] == q->first[CLASS_COUNT])
		return true;
	return check_inside(w, node, v);
}

/* The same for the value in hand; marks may be NULL. */
bool check_node(struct schema_view *w, uint32_t node, const struct here *here,
    struct marks *marks);

/* Does one operation, which is about the value, accept it? */
bool check_op(struct schema_view *w, const struct op *op,
    const struct here *here, struct marks *marks);

/* The operations themselves. */
#define CHECKS(name) \
	bool name(struct schema_view *w, const struct op *op, \
	    const struct here *here, struct marks *marks)
CHECKS(check_set);
CHECKS(check_limit);
CHECKS(check_multiple);
CHECKS(check_length);
CHECKS(check_pattern);
CHECKS(check_format);
CHECKS(check_count);
CHECKS(check_prefix);
CHECKS(check_items);
CHECKS(check_contains);
CHECKS(check_unique);
CHECKS(check_unevaluated_items);
CHECKS(check_min_properties);
CHECKS(check_max_properties);
CHECKS(check_required);
CHECKS(check_dependent);
CHECKS(check_properties);
CHECKS(check_property_names);
CHECKS(check_unevaluated_properties);

/* Is v one of the set? */
bool set_has(const struct enumeration *set, struct jval v);

/* Take n steps.  Returns false if there were too many: the view gives up. */
static inline bool
step_take(struct schema_view *w, uint64_t n)
{
	if (w->steps < n) {
		w->gave_up = true;
		return false;
	}
	w->steps -= n;
	return true;
}

/*
 * Nodes within nodes, at most: a value may be 1024 deep, and each of these
 * levels may have some in the schema; a node takes some hundred bytes of the
 * stack.  By $dynamicRef a schema can lead back to itself without end.
 */
#define DEEPEST 6000

/* Go a node deeper; where that is too deep the view gives up.  The caller takes
 * it back from depth. */
static inline void
node_enter(struct schema_view *w)
{
	if (w->depth++ <= DEEPEST)
		return;
	w->gave_up = w->is_too_deep = true;
	w->steps = 0;
}

/* Start and end of a record. */
void view_begin(struct schema_view *w, struct jval root);

/* Sort the members of v out, with memory of the view's pool. */
void roll_call(
    struct schema_view *w, uint32_t roster, struct jval v, struct roll *roll);

/* Enter the resource of a node; leave with the result. */
size_t scope_enter(struct schema_view *w, const struct node *n);

/* The node that a dynamic reference leads to from here. */
uint32_t scope_find(const struct schema_view *w, const struct op *op);

/* Marks for the value in hand, none made. */
struct marks marks_new(struct schema_view *w, const struct here *here);
void marks_add(struct marks *to, const struct marks *from);

/* Is there a later member of the same name as that at? */
bool is_shadowed(struct schema_view *w, struct jval object, uint32_t name);

/* How many names the members of an object have. */
uint64_t count_names(struct schema_view *w, struct jval object);

/* The first element of the array that is like an earlier one; or absent. */
struct jval find_twin(struct schema_view *w, struct jval array);

#endif
