/*
 * z_score - distance from the mean of the column, in standard deviations
 * (divisor n): the largest of the columns.
 *
 * The usual rule of three sigma.  Three passes over the rows.  O(rows *
 * columns); no memory beyond the scores.
 */
#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "detect/bands.h"

/* All columns in the same passes: the mean, what rounding took away of it,
 * and the deviation. */
static void *
fit(const struct matrix *m, const struct batch_options *o, double *scores)
{
	size_t d = m->columns;
	double n = (double)m->rows;
	double *mean = xcalloc(2 * d, sizeof(*mean)), *sum = mean + d;
	struct bands *b = bands_new(d);

	(void)o;
	matrix_add_mean(m, NULL, m->rows, mean);
	matrix_add_mean(m, NULL, m->rows, mean);
	for (size_t i = 0; i < m->rows; i++) {
		const double *x = matrix_row(m, i);

		for (size_t j = 0; j < d; j++)
			sum[j] += (x[j] - mean[j]) * (x[j] - mean[j]);
	}
	for (size_t j = 0; j < d; j++)
		b->of[j] =
		    (struct band){mean[j], mean[j], mean[j], sqrt(sum[j] / n)};
	free(mean);
	bands_score_all(b, m, scores);
	return b;
}

const struct batch_method batch_z_score = {
    .name = "z_score",
    .about = "standard deviations from the mean of the column",
    .threshold = 3,
    .fit = fit,
    BANDS_METHOD,
};
