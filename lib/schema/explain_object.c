/* explain, third part: the members of objects. */
#include <stdlib.h>

#include "core/xmem.h"
#include "schema/report.h"

static void
explain_named(struct report *r, uint32_t node, struct jval v, const char *s,
    size_t len, const struct way *way)
{
	struct way step = {
	    .up = way, .name = s, .len = len, .depth = way->depth + 1};

	explain_value(r, node, v, &step);
}

/* A member that the roster knows. */
static void
explain_slot(struct report *r, uint32_t node, const struct here *here,
    uint32_t slot, const struct way *way)
{
	const struct known *k = &here->roll->roster->names[slot];

	explain_named(r, node, (struct jval){here->v.doc, here->roll->at[slot]},
	    k->s, k->len, way);
}

/* One that it does not know. */
static void
explain_other(struct report *r, uint32_t node, const struct here *here,
    uint32_t name, const struct way *way)
{
	struct jval value = {here->v.doc, name + 1};
	size_t len;
	const char *s = jval_string((struct jval){here->v.doc, name}, &len);

	if (!check_value(r->w, node, value) &&
	    !is_shadowed(r->w, here->v, name))
		explain_named(r, node, value, s, len, way);
}

struct ordered {
	struct named named;
	uint32_t at; /* in the schema */
};

static int
by_place(const void *a, const void *b)
{
	const struct ordered *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->named.slot > y->named.slot) -
	       (x->named.slot < y->named.slot);
}

/* The members that the roster knows, in the order of the schema. */
static void
explain_known(struct report *r, const struct properties *p,
    const struct here *here, const struct way *way)
{
	struct ordered *list = xcalloc(p->n_checked, sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; i < p->n_checked; i++) {
		const struct named *one = &p->checked[i];

		if (bits_has(here->roll->present, one->slot))
			list[n++] = (struct ordered){
			    *one, r->w->s->nodes[one->node].at};
	}
	qsort(list, n, sizeof(*list), by_place);
	for (size_t i = 0; i < n; i++)
		explain_slot(
		    r, list[i].named.node, here, list[i].named.slot, way);
	free(list);
}

static void
explain_others(struct report *r, const struct properties *p,
    const struct here *here, struct marks *marks, const struct way *way)
{
	const struct roll *roll = here->roll;

	for (uint32_t i = 0; i < roll->n_others; i++) {
		struct jval name = {here->v.doc, roll->others[i]};
		bool is_found = false;
		size_t len;
		const char *s = jval_string(name, &len);

		for (size_t k = 0; k < p->n_patterns; k++) {
			if (pattern_match(p->patterns[k].pattern, r->w->work, s,
				len) != PATTERN_YES)
				continue;
			is_found = true;
			explain_other(
			    r, p->patterns[k].node, here, name.at, way);
		}
		if (!is_found && p->additional != NO_NODE) {
			is_found = true;
			explain_other(r, p->additional, here, name.at, way);
		}
		if (marks && is_found)
			bits_add(marks->bits, roll->roster->n_words * 64 + i);
	}
}

void
explain_properties(struct report *r, const struct node *n, const struct op *op,
    const struct here *here, struct marks *marks, const struct way *way)
{
	const struct properties *p = op->u.properties;

	(void)n;
	explain_known(r, p, here, way);
	if (marks)
		for (size_t i = 0; i < here->roll->roster->n_words; i++)
			marks->bits[i] |=
			    here->roll->present[i] & p->evaluated[i];
	explain_others(r, p, here, marks, way);
}

static void
tell_missing(struct report *r, const struct node *n, const struct op *op,
    uint32_t at, const struct named *name, const struct named *by,
    const struct here *here, const struct way *way)
{
	struct buf why = {0};

	buf_adds(&why, "lacks ");
	buf_add_quoted(&why, name->s, name->len);
	if (by) {
		buf_adds(&why, ", which ");
		buf_add_quoted(&why, by->s, by->len);
		buf_adds(&why, " asks for");
	}
	report_add(r, n, op->keyword, at, way, here->v, &why);
	buf_release(&why);
}

void
explain_required(struct report *r, const struct node *n, const struct op *op,
    const struct here *here, struct marks *marks, const struct way *way)
{
	const struct names *names = &op->u.names;

	(void)marks;
	for (size_t i = 0; i < names->n; i++)
		if (!bits_has(here->roll->present, names->names[i].slot))
			tell_missing(r, n, op, op->at, &names->names[i], NULL,
			    here, way);
}

void
explain_dependent(struct report *r, const struct node *n, const struct op *op,
    const struct here *here, struct marks *marks, const struct way *way)
{
	for (size_t i = 0; i < op->u.dependents.n; i++) {
		const struct dependent *d = &op->u.dependents.list[i];
		const struct names *needs = &d->needs;

		if (!bits_has(here->roll->present, d->name.slot))
			continue;
		for (size_t k = 0; k < needs->n; k++)
			if (!bits_has(
				here->roll->present, needs->names[k].slot))
				tell_missing(r, n, op, d->at, &needs->names[k],
				    &d->name, here, way);
		if (d->name.node != NO_NODE)
			explain_node(r, d->name.node, here, marks, way);
	}
}

void
explain_property_names(struct report *r, const struct node *n,
    const struct op *op, const struct here *here, struct marks *marks,
    const struct way *way)
{
	struct jiter it = jval_iter(here->v);

	(void)marks;
	while (report_is_open(r, 0) && jiter_next(&it)) {
		struct way step = {.up = way, .depth = way->depth + 1};
		struct buf why = {0};
		size_t from = r->n;

		step.name = jval_string(it.name, &step.len);
		explain_value(r, op->u.node, it.name, &step);
		if (r->n == from)
			continue;
		buf_adds(&why, "has a name that ");
		buf_adds(&why, r->faults[from].message);
		r->n = from;
		report_add(r, n, op->keyword, op->at, &step, it.name, &why);
		buf_release(&why);
	}
}

void
explain_unevaluated_properties(struct report *r, const struct node *n,
    const struct op *op, const struct here *here, struct marks *marks,
    const struct way *way)
{
	const struct roll *roll = here->roll;
	size_t first = roll->roster->n_words * 64;

	(void)n;
	for (uint32_t i = 0; i < roll->roster->n; i++)
		if (bits_has(roll->present, i) && !bits_has(marks->bits, i))
			explain_slot(r, op->u.node, here, i, way);
	for (uint32_t i = 0; i < roll->n_others; i++)
		if (!bits_has(marks->bits, first + i))
			explain_other(
			    r, op->u.node, here, roll->others[i], way);
}
