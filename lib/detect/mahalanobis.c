/*
 * mahalanobis - the squared distance from the mean in the metric of the
 * covariance (divisor n): how odd the combination of values is.
 *
 * Where columns are linearly dependent the pseudo-inverse is used: what never
 * varies does not count.  O(rows * columns^2 + columns^3).
 *
 * Mahalanobis 1936.
 */
#include "detect/ellipse.h"

static void *
fit(const struct matrix *m, const struct batch_options *o, double *scores)
{
	struct ellipse *e = ellipse_new(m->columns);

	matrix_covariance(m, NULL, m->rows, e->centre, e->inverse);
	matrix_invert(e->inverse, m->columns, e->inverse, NULL);
	ellipse_score_all(e, m, o->jobs, scores);
	return e;
}

const struct batch_method batch_mahalanobis = {
    .name = "mahalanobis",
    .about = "odd combination of values; columns that correlate",
    .fit = fit,
    ELLIPSE_METHOD,
};
