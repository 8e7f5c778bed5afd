/*
 * mahalanobis - the squared distance from the mean in the metric of the
 * covariance (divisor n): how odd the combination of values is.
 *
 * Where columns are linearly dependent the pseudo-inverse is used: what never
 * varies does not count.  The threshold is the 0.999 quantile of chi-squared
 * with a degree of freedom for each column, which one in a thousand rows of
 * normal data passes (by Wilson and Hilferty 1931, within 4 % of it).
 *
 * O(rows * columns^2 + columns^3).  Mahalanobis 1936.
 */
#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "detect/batch.h"

#define NORMAL_999 3.0902323061678132 /* quantile of the normal */

double
batch_chi_squared_999(size_t degrees)
{
	double k = 2 / (9 * (double)degrees);

	return (double)degrees * pow(1 - k + NORMAL_999 * sqrt(k), 3);
}

struct work {
	const struct matrix *m;
	const double *mean, *inverse;
	double *scores;
};

static void
score_rows(void *arg, size_t from, size_t to)
{
	struct work *w = arg;

	for (size_t i = from; i < to; i++)
		w->scores[i] = matrix_distance(
		    w->inverse, w->mean, matrix_row(w->m, i), w->m->columns);
}

static void
score(const struct matrix *m, const struct batch_options *o, double *scores)
{
	size_t d = m->columns;
	double *mean = xcalloc(d + d * d, sizeof(*mean)), *inverse = mean + d;
	struct work w = {m, mean, inverse, scores};

	matrix_covariance(m, NULL, m->rows, mean, inverse);
	matrix_invert(inverse, d, inverse);
	batch_share(o->jobs, m->rows, score_rows, &w);
	free(mean);
}

const struct batch_method batch_mahalanobis = {
    .name = "mahalanobis",
    .about = "odd combination of values; columns that correlate",
    .threshold_for = batch_chi_squared_999,
    .score = score,
};
