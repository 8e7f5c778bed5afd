/* check, second part: the elements of arrays. */
#include "schema/check.h"

bool
check_prefix(struct schema_view *w, const struct op *op,
    const struct here *here, struct marks *marks)
{
	struct jiter it = jval_iter(here->v);

	for (size_t i = 0; i < op->u.nodes.n && jiter_next(&it); i++) {
		if (!check_value(w, op->u.nodes.list[i], it.value))
			return false;
		if (marks)
			bits_add(marks->bits, i);
	}
	return true;
}

bool
check_items(struct schema_view *w, const struct op *op, const struct here *here,
    struct marks *marks)
{
	struct jiter it = jval_iter(here->v);

	for (size_t i = 0; jiter_next(&it); i++) {
		if (i < op->u.items.from)
			continue;
		if (!check_value(w, op->u.items.node, it.value))
			return false;
		if (marks)
			bits_add(marks->bits, i);
	}
	return true;
}

bool
check_contains(struct schema_view *w, const struct op *op,
    const struct here *here, struct marks *marks)
{
	struct jiter it = jval_iter(here->v);
	bool is_noted = marks && op->u.contains.is_noted;
	uint64_t n = 0;

	for (size_t i = 0; jiter_next(&it); i++) {
		if (n >= op->u.contains.min &&
		    op->u.contains.max == UINT64_MAX && !is_noted)
			return true;
		if (!check_value(w, op->u.contains.node, it.value))
			continue;
		n++;
		if (is_noted)
			bits_add(marks->bits, i);
	}
	return n >= op->u.contains.min && n <= op->u.contains.max &&
	       !w->gave_up;
}

bool
check_unevaluated_items(struct schema_view *w, const struct op *op,
    const struct here *here, struct marks *marks)
{
	struct jiter it = jval_iter(here->v);

	if (jval_type(here->v) != J_ARRAY)
		return true;
	for (size_t i = 0; jiter_next(&it); i++) {
		if (bits_has(marks->bits, i))
			continue;
		if (!check_value(w, op->u.node, it.value))
			return false;
		bits_add(marks->bits, i);
	}
	return true;
}

bool
check_unique(struct schema_view *w, const struct op *op,
    const struct here *here, struct marks *marks)
{
	(void)op;
	(void)marks;
	return find_twin(w, here->v).at == 0 && !w->gave_up;
}
