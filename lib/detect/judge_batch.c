#include <math.h>

#include "detect/judge_private.h"
#include "stream/annot.h"

#define OUT_FULL ((size_t)256 << 10) /* bytes to write at once */

/* With a method that looks at all records they are kept first, */
static void
keep(struct worker *w, const struct record *r)
{
	struct judge *j = w->filter->arg;
	uint32_t group = 0;
	bool parse;

	judge_read_row(j, r->root);
	/* the annotation goes before the last brace, but for odd records */
	parse = jval_type(r->root) != J_OBJECT ||
		jval_type(j->view.values[j->cdo]) != J_ABSENT;
	if (j->key_name) {
		judge_find_key(j, &w->scratch, r->root);
		group =
		    gather_group(&j->gather, w->scratch.data, w->scratch.len);
	}
	gather_add(&j->gather, r->text, r->len, parse, j->row.x, group);
}

static void
keep_control(struct worker *w, const struct record *r)
{
	struct judge *j = w->filter->arg;

	spool_add(&j->gather.spool, r->text, r->len, true);
}

/* The verdict on record i; its row is put to row.x. */
static struct verdict
judge_one(struct judge *j, size_t i)
{
	struct gather *g = &j->gather;
	const double *x = gather_row(g, i);
	struct verdict v = {.score = g->scores[i], .is_anomaly = g->flags[i]};

	for (size_t c = 0; c < j->row.columns; c++)
		j->row.x[c] = x[c];
	j->row.parts = NULL;
	v.has_cluster = g->clusters != NULL;
	v.cluster = v.has_cluster ? g->clusters[i] : -1;
	if (isnan(v.score))
		return v;
	if (g->quantile > 0)
		j->row.threshold = gather_fit(g, i)->threshold;
	if (!j->explain || !v.is_anomaly)
		return v;
	j->row.parts = j->parts;
	fitted_explain(gather_fit(g, i), x, j->parts);
	for (size_t c = 1; c < j->row.columns; c++)
		if (j->parts[c].score > j->parts[v.column].score)
			v.column = c;
	return v;
}

static void
annotate(struct worker *w, const struct record *r)
{
	const char *name = w->filter->name;

	if (r->root.at) {
		filter_annotate(w, r, w->scratch.data, w->scratch.len);
	} else if (w->filter->strip) {
		filter_pass(w, r);
	} else {
		annot_add_first(&w->out, r->text, r->len, name, w->scratch.data,
		    w->scratch.len);
		filter_emit(w, NULL, 0);
	}
}

/* and written in the end. */
static bool
write_one(void *arg, const char *text, size_t len, struct jval root)
{
	struct worker *w = arg;
	struct judge *j = w->filter->arg;
	struct record r = {.text = text, .len = len, .root = root};
	struct verdict v;

	if (annot_is_control(root)) {
		buf_add(&w->out, text, len);
		buf_addc(&w->out, '\n');
		return true;
	}
	v = judge_one(j, j->at++);
	if (j->only && !v.is_anomaly) {
		w->n_rejected++;
		return true;
	}
	w->scratch.len = 0;
	detect_annotate(&w->scratch, &j->row, &v, j->explain);
	annotate(w, &r);
	if (w->out.len >= OUT_FULL)
		filter_drain(w);
	return true;
}

static void
score_all(struct worker *w)
{
	struct judge *j = w->filter->arg;
	int status;

	gather_score(&j->gather);
	status = spool_each(&j->gather.spool, write_one, w);
	if (status != 0)
		filter_fail(w->filter, status);
}

void
judge_start_batch(struct judge *j, struct filter *f)
{
	j->gather.keeps_fits = j->explain || j->gather.quantile > 0;
	f->record = keep;
	f->control = keep_control;
	f->end = score_all;
}
