/*
 * pca - the squared distance from the mean in the metric of probabilistic
 * principal components: the directions that hold nine tenths of the variance
 * count by what they vary, all others by what these vary on average.
 *
 * Unlike with mahalanobis, a direction in which hardly anything varies does
 * not outweigh all others; the columns are divided by their standard
 * deviations first, so units do not matter.  A column without spread is left
 * out.  O(rows * columns^2 + columns^3).
 *
 * Tipping and Bishop 1999.
 */
#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "detect/ellipse.h"

#define LEADING .9 /* share of the variance of the principal components */

/* Make the covariance the correlation.  deviations: out, n. */
static void
standardise(double *a, size_t n, double *deviations)
{
	for (size_t i = 0; i < n; i++)
		deviations[i] = sqrt(a[i * n + i]);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			double unit = deviations[i] * deviations[j];

			a[i * n + j] = unit > 0 ? a[i * n + j] / unit : 0;
		}
}

/* Replace the values behind the leading ones by their average; those that are
 * none but for rounding count in it as 0. */
static void
level(double *values, size_t n)
{
	double sum = 0, rest = 0, so_far = 0;
	size_t leading = 0;

	for (size_t i = 0; i < n; i++)
		sum += values[i] > 0 ? values[i] : 0;
	while (leading < n && so_far < LEADING * sum)
		so_far += values[leading++];
	for (size_t i = leading; i < n; i++)
		rest += values[i] > 0 ? values[i] : 0;
	for (size_t i = leading; i < n; i++)
		values[i] = rest / (double)(n - leading);
}

/* a: the covariance, and then the inverse. */
static void
invert(double *a, size_t n)
{
	double *work = xcalloc(n * n + 2 * n, sizeof(*work));
	double *values = work + n * n, *deviations = values + n;
	double least;
	size_t varying = 0;

	standardise(a, n, deviations);
	for (size_t i = 0; i < n; i++)
		varying += deviations[i] > 0;
	matrix_eigen(a, n, values, work);
	least = values[0] * (double)n * 0x1p-52;
	level(values, varying);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			double sum = 0, unit = deviations[i] * deviations[j];

			for (size_t k = 0; k < n && values[k] > least; k++)
				sum += work[k * n + i] * work[k * n + j] /
				       values[k];
			a[i * n + j] = unit > 0 ? sum / unit : 0;
		}
	free(work);
}

static void *
fit(const struct matrix *m, const struct batch_options *o, double *scores)
{
	struct ellipse *e = ellipse_new(m->columns);

	matrix_covariance(m, NULL, m->rows, e->centre, e->inverse);
	invert(e->inverse, m->columns);
	ellipse_score_all(e, m, o->jobs, scores);
	return e;
}

const struct batch_method batch_pca = {
    .name = "pca",
    .about = "off the directions that the rows spread in; many columns",
    .fit = fit,
    ELLIPSE_METHOD,
};
