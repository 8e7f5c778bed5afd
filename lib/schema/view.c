/* view - what a thread keeps of a schema: memory, guesses, where it is. */
#include <stdlib.h>
#include <time.h>

#include "core/xmem.h"
#include "schema/check.h"
#include "schema/report.h"

/*
 * Steps of the work on a record (nodes that look at a value, members and
 * elements that they look over) before it is given up: some 50 ms, and more
 * for larger ones, so that the time stays linear in the size.
 */
#define STEPS_LEAST UINT64_C(5000000)
#define STEPS_WORD 100 /* of the tape */

struct schema_view *
schema_view_new(const struct schema *s)
{
	struct schema_view *w = xcalloc(1, sizeof(*w));
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	w->s = s;
	w->work = pattern_work_new();
	w->guesses = xcalloc(s->n_guesses, sizeof(*w->guesses));
	w->seed = (uint64_t)now.tv_nsec * UINT64_C(0x9E3779B97F4A7C15) ^
		  (uint64_t)(uintptr_t)w;
	return w;
}

void
schema_view_free(struct schema_view *w)
{
	if (!w)
		return;
	report_free(w->report);
	pattern_work_free(w->work);
	pool_free(&w->pool);
	free(w->guesses);
	free(w->scope);
	free(w);
}

void
view_begin(struct schema_view *w, struct jval root)
{
	w->steps = STEPS_LEAST + (uint64_t)STEPS_WORD *
				     (jval_after(root.doc, root.at) - root.at);
	w->gave_up = w->is_too_deep = false;
	w->depth = 0;
	w->n_scope = 0;
	pool_back(&w->pool, (struct pool_mark){0});
}

size_t
scope_enter(struct schema_view *w, const struct node *n)
{
	size_t before = w->n_scope;

	if (before > 0 && w->scope[before - 1] == n->resource)
		return before;
	if (before == w->cap_scope) {
		w->cap_scope = before ? 2 * before : 16;
		w->scope = xrealloc(w->scope, w->cap_scope, sizeof(*w->scope));
	}
	w->scope[w->n_scope++] = n->resource;
	return before;
}

uint32_t
scope_find(const struct schema_view *w, const struct op *op)
{
	const struct schema *s = w->s;

	for (size_t i = 0; i < w->n_scope; i++) {
		uint32_t node =
		    s->anchors[w->scope[i] * s->n_anchors + op->u.dynamic.name];

		if (node != NO_NODE)
			return node;
	}
	return op->u.dynamic.node;
}

struct marks
marks_new(struct schema_view *w, const struct here *here)
{
	struct marks m = {NULL, 0};

	if (jval_type(here->v) == J_OBJECT)
		m.n_words = here->roll->roster->n_words +
			    bits_words(here->roll->n_others);
	else if (jval_type(here->v) == J_ARRAY)
		m.n_words = bits_words(jval_count(here->v));
	m.bits = pool_array(&w->pool, m.n_words, sizeof(*m.bits));
	return m;
}

void
marks_add(struct marks *to, const struct marks *from)
{
	for (size_t i = 0; i < from->n_words; i++)
		to->bits[i] |= from->bits[i];
}
