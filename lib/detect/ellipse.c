#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "detect/chi_squared.h"
#include "detect/ellipse.h"
#include "detect/model.h"

struct ellipse *
ellipse_new(size_t columns)
{
	struct ellipse *e = xcalloc(1, sizeof(*e));

	e->n = columns;
	e->centre = xcalloc(columns, sizeof(*e->centre));
	e->inverse = xcalloc(columns * columns, sizeof(*e->inverse));
	return e;
}

void
ellipse_destroy(void *model)
{
	struct ellipse *e = model;

	if (!e)
		return;
	free(e->centre);
	free(e->inverse);
	free(e);
}

double
ellipse_threshold(size_t columns)
{
	return chi_squared_quantile((double)columns, .999);
}

double
ellipse_score(const void *model, const double *x)
{
	const struct ellipse *e = model;

	return matrix_distance(e->inverse, e->centre, x, e->n);
}

struct work {
	const struct ellipse *e;
	const struct matrix *m;
	double *scores;
};

static void
score_rows(void *arg, size_t from, size_t to)
{
	struct work *w = arg;

	for (size_t i = from; i < to; i++)
		w->scores[i] = ellipse_score(w->e, matrix_row(w->m, i));
}

void
ellipse_score_all(const struct ellipse *e, const struct matrix *m,
    unsigned jobs, double *scores)
{
	struct work w = {e, m, scores};

	batch_share(jobs, m->rows, score_rows, &w);
}

/* The score is a parabola in each of the values: its lowest point, and where
 * it crosses the threshold. */
void
ellipse_explain(const void *model, const double *x, double threshold,
    struct detect_part *parts)
{
	const struct ellipse *e = model;
	double score = ellipse_score(e, x);

	for (size_t j = 0; j < e->n; j++) {
		const double *row = e->inverse + j * e->n;
		double slope = 0, curve = row[j], drop, reach;

		for (size_t k = 0; k < e->n; k++)
			slope += row[k] * (x[k] - e->centre[k]);
		drop = curve > 0 ? slope * slope / curve : 0;
		reach = curve > 0 ? sqrt((threshold - score + drop) / curve)
				  : INFINITY;
		parts[j].score = drop;
		parts[j].expected = curve > 0 ? x[j] - slope / curve : NAN;
		parts[j].low = parts[j].expected - reach;
		parts[j].high = parts[j].expected + reach;
	}
}

void
ellipse_save(const void *model, struct buf *b)
{
	const struct ellipse *e = model;

	model_add(b, "{\"centre\":", e->centre, e->n);
	model_add(b, ",\"inverse\":", e->inverse, e->n * e->n);
	buf_addc(b, '}');
}

void *
ellipse_load(struct jval v, size_t columns)
{
	struct ellipse *e = xcalloc(1, sizeof(*e));

	e->n = columns;
	e->centre = model_get_new(v, "centre", columns);
	e->inverse = model_get_new(v, "inverse", columns * columns);
	if (e->centre && e->inverse)
		return e;
	ellipse_destroy(e);
	return NULL;
}
