/* explain, fourth part: which of several alternatives came closest. */
#include <stdlib.h>

#include "core/xmem.h"
#include "schema/report.h"
#include "json/write.h"

/* How close an alternative came; the parts count in this order. */
struct closeness {
	int kind; /* see kind_of */
	unsigned depth; /* of the deepest fault */
	size_t n; /* faults */
};

static bool
is_kind(const struct schema *s, const struct named *one, enum op_code code)
{
	const struct node *n = &s->nodes[one->node];

	for (uint32_t o = n->ops[CLASS_ANY]; o < n->ops[CLASS_LATE]; o++)
		if (s->ops[o].code == code)
			return true;
	return false;
}

static int kind_of(struct schema_view *w, uint32_t node,
    const struct here *here, enum op_code code);

static int
kind_of_op(struct schema_view *w, const struct op *op, const struct here *here,
    enum op_code code)
{
	int kind = 0, k;

	if (op->code == OP_REF)
		return kind_of(w, op->u.node, here, code);
	for (size_t i = 0; op->code == OP_ALL && i < op->u.nodes.n; i++) {
		k = kind_of(w, op->u.nodes.list[i], here, code);
		if (k < 0)
			return k;
		kind |= k;
	}
	if (op->code != OP_PROPERTIES)
		return kind;
	for (size_t i = 0; i < op->u.properties->n_first; i++) {
		const struct named *one = &op->u.properties->checked[i];
		struct jval v = {here->v.doc, 0};

		if (!bits_has(here->roll->present, one->slot) ||
		    !is_kind(w->s, one, code))
			continue;
		v.at = here->roll->at[one->slot];
		if (!check_value(w, one->node, v))
			return -1;
		kind = 1;
	}
	return kind;
}

/*
 * Is the value of the kind that the node is about?  1 if the members that
 * must be one value (code OP_CONST, or OP_ENUM) are, -1 if one is not, 0 if
 * there are none such.
 */
static int
kind_of(struct schema_view *w, uint32_t node, const struct here *here,
    enum op_code code)
{
	const struct schema *s = w->s;
	const struct node *n = &s->nodes[node];
	int kind = 0, k;

	if (jval_type(here->v) != J_OBJECT)
		return 0;
	for (uint32_t o = n->ops[CLASS_OBJECT]; o < n->ops[CLASS_LATE]; o++) {
		k = kind_of_op(w, &s->ops[o], here, code);
		if (k < 0)
			return k;
		kind |= k;
	}
	return kind;
}

/* How close came the alternative whose faults are those from first on? */
static struct closeness
measure(const struct report *r, uint32_t node, const struct here *here,
    const struct way *way, size_t first)
{
	struct closeness c = {
	    .kind = kind_of(r->w, node, here, OP_CONST), .n = r->n - first};

	if (c.kind == 0)
		c.kind = kind_of(r->w, node, here, OP_ENUM);
	for (size_t i = first; i < r->n; i++) {
		const struct fault *f = &r->faults[i];

		if (f->depth > c.depth)
			c.depth = f->depth;
		/* another type altogether is far */
		if (f->depth == way->depth && c.kind == 0 &&
		    strcmp(f->keyword, "type") == 0)
			c.kind = -1;
	}
	return c;
}

static bool
is_closer(const struct closeness *a, const struct closeness *b)
{
	if (a->kind != b->kind)
		return a->kind > b->kind;
	if (a->depth != b->depth)
		return a->depth > b->depth;
	return a->n < b->n;
}

/* All have failed: keep the faults of the closest. */
static void
keep_closest(struct report *r, const struct op *op, const struct here *here,
    struct marks *marks, const struct way *way)
{
	size_t start = r->n, n = op->u.nodes.n;
	struct closeness best = {0}, c;

	for (size_t i = 0; i < n && !r->w->gave_up; i++) {
		size_t first = r->n, count;

		explain_node(r, op->u.nodes.list[i], here, marks, way);
		count = r->n - first;
		c = measure(r, op->u.nodes.list[i], here, way, first);
		if (count > 0 && (first == start || is_closer(&c, &best))) {
			best = c;
			memmove(r->faults + start, r->faults + first,
			    count * sizeof(*r->faults));
			first = start + count;
		}
		r->n = first;
	}
	for (size_t i = start; i < r->n; i++)
		r->faults[i].n_other += n - 1;
}

void
explain_any(struct report *r, const struct node *n, const struct op *op,
    const struct here *here, struct marks *marks, const struct way *way)
{
	struct buf why = {0};
	size_t start = r->n;

	if (report_is_open(r, 0))
		keep_closest(r, op, here, marks, way);
	if (r->n > start)
		return;
	buf_adds(&why, "is none of the alternatives");
	report_add(r, n, op->keyword, op->at, way, here->v, &why);
	buf_release(&why);
}

void
explain_one(struct report *r, const struct node *n, const struct op *op,
    const struct here *here, struct marks *marks, const struct way *way)
{
	struct buf why = {0};
	size_t count = 0;

	buf_adds(&why, "is valid by alternatives ");
	for (size_t i = 0; i < op->u.nodes.n; i++) {
		if (!check_node(r->w, op->u.nodes.list[i], here, NULL))
			continue;
		if (count++ > 0)
			buf_adds(&why, " and ");
		jwrite_uint(&why, i);
	}
	if (count < 2) {
		explain_any(r, n, op, here, marks, way);
	} else {
		buf_adds(&why, ", not by one alone");
		report_add(r, n, op->keyword, op->at, way, here->v, &why);
	}
	buf_release(&why);
}
