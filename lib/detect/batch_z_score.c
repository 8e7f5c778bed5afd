/*
 * z_score - distance from the mean of the column, in standard deviations
 * (divisor n): the largest of the columns.
 *
 * The usual rule of three sigma.  Two passes over each column.  O(rows *
 * columns); no memory beyond the scores.
 */
#include "detect/bands.h"

static struct band
find(double *x, size_t n)
{
	struct matrix m = {x, n, 1};
	double mean = matrix_mean(&m, 0);

	return (struct band){mean, mean, mean, matrix_deviation(&m, 0, mean)};
}

static void *
fit(const struct matrix *m, const struct batch_options *o, double *scores)
{
	(void)o;
	return bands_fit(m, scores, find);
}

const struct batch_method batch_z_score = {
    .name = "z_score",
    .about = "standard deviations from the mean of the column",
    .threshold = 3,
    .fit = fit,
    BANDS_METHOD,
};
