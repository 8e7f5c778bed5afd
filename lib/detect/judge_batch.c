#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/diag.h"
#include "core/xmem.h"
#include "detect/judge_private.h"
#include "stream/annot.h"

#define OUT_FULL ((size_t)256 << 10) /* bytes to write at once */

size_t
judge_width(const struct judge *j)
{
	return j->row.columns * (j->window > 0 ? FEATURES : 1);
}

const double *
judge_widen(struct judge *j, struct features **series)
{
	size_t n = j->row.columns;

	for (size_t i = 0; i < n; i++)
		if (fabs(j->row.x[i]) > DETECT_VALUE_MAX)
			j->row.x[i] = copysign(DETECT_VALUE_MAX, j->row.x[i]);
	if (j->window == 0)
		return j->row.x;
	if (!*series)
		*series = features_new(n, j->window);
	features_next(*series, j->row.x, j->wide);
	return j->wide;
}

/* Is the band to be drawn?  Of all records only where that costs little. */
static bool
is_drawn(
    const struct judge *j, const struct fitted *fit, const struct verdict *v)
{
	return j->plot && !isnan(v->score) &&
	       (v->is_anomaly || fit->method->explain);
}

void
judge_explain(struct judge *j, const struct fitted *fit, const double *x,
    struct verdict *v)
{
	j->row.parts = NULL;
	v->column = 0;
	if (!(j->explain && v->is_anomaly) && !is_drawn(j, fit, v))
		return;
	fitted_explain(fit, x, j->parts);
	if (j->explain && v->is_anomaly)
		j->row.parts = j->parts;
	v->has_parts = true;
	for (size_t c = 1; c < fit->columns; c++)
		if (j->parts[c].score > j->parts[v->column].score)
			v->column = c;
}

/* The window of the series of a group. */
static struct features **
find_window(struct judge *j, uint32_t group)
{
	while (j->n_windows <= group) {
		j->windows = xrealloc(
		    j->windows, j->n_windows + 1, sizeof(struct features *));
		j->windows[j->n_windows++] = NULL;
	}
	return &j->windows[group];
}

/* All records are kept first, */
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
	gather_add(&j->gather, r->text, r->len, parse,
	    judge_widen(j, find_window(j, group)), group);
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
	size_t step = j->window > 0 ? FEATURES : 1;
	struct verdict v = {.score = g->scores[i], .is_anomaly = g->flags[i]};
	bool is_whole = true;
	struct buf key = {0};

	for (size_t c = 0; c < j->row.columns; c++) {
		j->row.x[c] = x[c * step];
		is_whole &= !isnan(j->row.x[c]);
	}
	v.is_warming_up = isnan(v.score) && is_whole;
	v.has_cluster = g->clusters != NULL;
	v.cluster = v.has_cluster ? g->clusters[i] : -1;
	if (g->quantile > 0 && !isnan(v.score))
		j->row.threshold = gather_fit(g, i)->threshold;
	judge_explain(j, gather_fit(g, i), x, &v);
	if (j->plot) {
		key.len = 0;
		if (j->key_name)
			gather_key(g, i, &key);
		judge_draw(j, &key, DETECT_NO_TIME,
		    v.has_parts ? j->parts : NULL, step, &v);
		buf_release(&key);
	}
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

static bool
is_any_learned(const struct gather *g)
{
	for (uint32_t i = 0; i < g->n_groups; i++)
		if (g->fits[i].method)
			return true;
	return false;
}

/* Write what was learned, if anything was: a file of nothing would take the
 * place of a model that works.  Returns 0 or an exit status. */
static int
write_models(struct judge *j)
{
	struct models_definition d = {.method = j->gather.method->name,
	    .fields = j->names,
	    .n = j->row.columns,
	    .key = j->key_name,
	    .window = j->window};
	int error;

	if (!is_any_learned(&j->gather)) {
		diag_error("%s: is left as it was: there was nothing to learn "
			   "from",
		    j->fit);
		return EX_NOINPUT;
	}
	error = models_write(j->fit, &d, &j->gather);
	if (error == 0)
		return 0;
	diag_error("%s: write: %s", j->fit, strerror(error));
	return EX_CANTCREAT;
}

static void
score_all(struct worker *w)
{
	struct judge *j = w->filter->arg;
	int status;

	gather_score(&j->gather);
	if (j->fit && j->gather.n > 0) {
		status = write_models(j);
		if (status != 0)
			filter_fail(w->filter, status);
	}
	status = spool_each(&j->gather.spool, write_one, w);
	if (status != 0)
		filter_fail(w->filter, status);
}

void
judge_name_features(struct judge *j)
{
	size_t n = judge_width(j);

	j->wide = xcalloc(n, sizeof(*j->wide));
	j->room = xcalloc(n, sizeof(*j->room));
	j->part_names = xcalloc(n, sizeof(*j->part_names));
	j->row.n_parts = n;
	for (size_t i = 0; j->window > 0 && i < n; i++)
		j->part_names[i] =
		    features_name(j->names[i / FEATURES], i % FEATURES);
	if (j->window > 0)
		j->row.part_names = (const char *const *)j->part_names;
}

void
judge_start_batch(struct judge *j, struct filter *f)
{
	judge_name_features(j);
	j->gather.keeps_fits =
	    j->explain || j->plot || j->gather.quantile > 0 || j->fit;
	f->record = keep;
	f->control = keep_control;
	f->end = score_all;
}

void
judge_release_batch(struct judge *j)
{
	const struct map_entry *e;

	for (size_t i = 0; (e = map_next(&j->series, &i));)
		features_free(e->value);
	map_release(&j->series);
	for (size_t i = 0; i < j->n_windows; i++)
		features_free(j->windows[i]);
	free(j->windows);
	for (size_t i = 0; j->part_names && i < judge_width(j); i++)
		free(j->part_names[i]);
	free(j->part_names);
	free(j->wide);
	free(j->room);
}
