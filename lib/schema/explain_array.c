/* explain, second part: the elements of arrays. */
#include "schema/report.h"

static void
explain_element(struct report *r, uint32_t node, const struct jiter *it,
    size_t i, struct marks *marks, const struct way *way)
{
	struct way step = {.up = way, .index = i, .depth = way->depth + 1};

	explain_value(r, node, it->value, &step);
	if (marks)
		bits_add(marks->bits, i);
}

void
explain_prefix(struct report *r, const struct node *n, const struct op *op,
    const struct here *here, struct marks *marks, const struct way *way)
{
	struct jiter it = jval_iter(here->v);

	(void)n;
	for (size_t i = 0; i < op->u.nodes.n && jiter_next(&it); i++)
		explain_element(r, op->u.nodes.list[i], &it, i, marks, way);
}

void
explain_items(struct report *r, const struct node *n, const struct op *op,
    const struct here *here, struct marks *marks, const struct way *way)
{
	struct jiter it = jval_iter(here->v);

	(void)n;
	for (size_t i = 0; jiter_next(&it); i++)
		if (i >= op->u.items.from)
			explain_element(
			    r, op->u.items.node, &it, i, marks, way);
}

void
explain_unevaluated_items(struct report *r, const struct node *n,
    const struct op *op, const struct here *here, struct marks *marks,
    const struct way *way)
{
	struct jiter it = jval_iter(here->v);

	(void)n;
	for (size_t i = 0; jiter_next(&it); i++)
		if (!bits_has(marks->bits, i))
			explain_element(r, op->u.node, &it, i, marks, way);
}

void
explain_contains(struct report *r, const struct node *n, const struct op *op,
    const struct here *here, struct marks *marks, const struct way *way)
{
	struct jiter it = jval_iter(here->v);
	uint64_t count = 0;
	struct buf why = {0};

	(void)marks;
	while (jiter_next(&it))
		count += check_value(r->w, op->u.contains.node, it.value);
	if (r->w->gave_up)
		return;
	buf_addf(
	    &why, "has %llu elements as wanted, ", (unsigned long long)count);
	if (count > op->u.contains.max) {
		buf_addf(&why, "at most %llu may be",
		    (unsigned long long)op->u.contains.max);
		report_add(r, n, "maxContains", op->u.contains.max_at, way,
		    here->v, &why);
	} else if (op->u.contains.min_at) {
		buf_addf(&why, "at least %llu must be",
		    (unsigned long long)op->u.contains.min);
		report_add(r, n, "minContains", op->u.contains.min_at, way,
		    here->v, &why);
	} else {
		why.len = 0;
		buf_adds(&why, "has no element as wanted");
		report_add(r, n, op->keyword, op->at, way, here->v, &why);
	}
	buf_release(&why);
}
