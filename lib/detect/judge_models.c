#include <math.h>

#include "detect/judge_private.h"

/* Score it by the model for its key, if there is one. */
static struct verdict
judge_by(struct judge *j, const struct buf *key)
{
	const struct fitted *fit = models_find(j->models, key->data, key->len);
	struct verdict v = {.score = NAN};
	struct features *none = NULL;
	const double *x;
	bool is_whole = true;

	v.has_no_model = !fit;
	j->row.threshold = NAN;
	j->row.parts = NULL;
	if (!fit)
		return v;
	j->row.threshold = fit->threshold;
	if (j->window > 0)
		x = judge_widen(j, (struct features **)map_put(
				       &j->series, key->data, key->len));
	else
		x = judge_widen(j, &none);
	for (size_t c = 0; c < fit->columns; c++)
		is_whole &= !isnan(x[c]);
	if (is_whole) {
		v.score = fitted_score(fit, x, j->room);
		v.is_anomaly = v.score > fit->threshold;
		judge_explain(j, fit, x, &v);
		return v;
	}
	v.is_warming_up = true; /* unless a field is missing */
	for (size_t c = 0; c < j->row.columns; c++)
		v.is_warming_up &= !isnan(j->row.x[c]);
	return v;
}

static void
record(struct worker *w, const struct record *r)
{
	struct judge *j = w->filter->arg;
	struct verdict v;

	judge_find_key(j, &w->scratch, r->root);
	judge_read_row(j, r->root);
	v = judge_by(j, &w->scratch);
	judge_draw(j, &w->scratch, DETECT_NO_TIME,
	    v.has_parts ? j->parts : NULL, j->window > 0 ? FEATURES : 1, &v);
	if (j->only && !v.is_anomaly) {
		w->n_rejected++;
		return;
	}
	w->scratch.len = 0;
	detect_annotate(&w->scratch, &j->row, &v, j->explain);
	filter_annotate(w, r, w->scratch.data, w->scratch.len);
}

void
judge_start_models(struct judge *j, struct filter *f)
{
	judge_name_features(j);
	f->record = record;
}
