/* rules, sixth part: what a thread needs to check records. */
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "rules/ordered.h"

/* A program of one's own: it was compiled before, so it can be, and its paths
 * are among the fields. */
static struct expr *
compile_again(const struct rules *rules, const struct check_args *a,
    const struct fields_view *v)
{
	struct buf why = {0};
	struct expr *x;

	if (a->kind != KIND_EXPR)
		return NULL;
	x = expr_new(a->text, (struct fields *)&rules->fields, &why);
	if (!x)
		xmem_fail();
	expr_attach(x, v);
	buf_release(&why);
	return x;
}

void
rules_view_init(struct rules_view *v, const struct rules *rules)
{
	struct rules_work *w = xcalloc(1, sizeof(*w));

	*v = (struct rules_view){
	    .outcomes = xcalloc(rules->n, sizeof(*v->outcomes)),
	    .grades = xcalloc(rules->n, sizeof(*v->grades)),
	    .skipped = xcalloc(rules->n, sizeof(*v->skipped)),
	    .missing = xcalloc(rules->fields.n, sizeof(*v->missing)),
	    .n = rules->n,
	    .work = w,
	};
	memset(v->grades, 100, rules->n);
	w->notes = xcalloc(rules->n, sizeof(*w->notes));
	w->exprs = xcalloc(rules->n, sizeof(struct expr *));
	w->schemas = xcalloc(rules->n, sizeof(struct schema_view *));
	w->pattern = pattern_work_new();
	w->ordered = ordered_new(rules);
	fields_view_init(&v->fields, &rules->fields);
	if (!rules->private)
		return;
	w->n_ordered = rules->private->n_ordered;
	for (size_t i = 0; i < rules->n; i++) {
		const struct check_args *a = &rules->private->args[i];

		w->exprs[i] = compile_again(rules, a, &v->fields);
		if (a->schema)
			w->schemas[i] = schema_view_new(a->schema);
	}
}

void
rules_view_release(struct rules_view *v)
{
	struct rules_work *w = v->work;

	if (!w)
		return;
	for (size_t i = 0; i < v->n; i++) {
		expr_free(w->exprs[i]);
		schema_view_free(w->schemas[i]);
		buf_release(&w->notes[i].text);
	}
	pattern_work_free(w->pattern);
	ordered_free(w->ordered, w->n_ordered);
	buf_release(&w->key);
	jdoc_release(&w->bare);
	free(w->notes);
	free(w->exprs);
	free(w->schemas);
	free(w);
	free(v->outcomes);
	free(v->grades);
	free(v->skipped);
	free(v->missing);
	fields_view_release(&v->fields);
	*v = (struct rules_view){0};
}
