/*
 * robust_z - distance from the median of the column, in median absolute
 * deviations, times 0.6745: the largest of the columns.  With normal values
 * that is the standard deviation, but half of the rows may be anything.
 *
 * Where the median deviation is 0, as more than half of the values are equal,
 * the column is left out.  O(rows * columns); no memory beyond the scores.
 *
 * Iglewicz and Hoaglin 1993.
 */
#include <math.h>

#include "detect/bands.h"
#include "detect/select.h"

static struct band
find(double *x, size_t n)
{
	double median = select_quantile(x, n, .5);

	for (size_t i = 0; i < n; i++)
		x[i] = fabs(x[i] - median);
	return (struct band){
	    median, median, median, select_quantile(x, n, .5) / 0.6745};
}

static void *
fit(const struct matrix *m, const struct batch_options *o, double *scores)
{
	(void)o;
	return bands_fit(m, scores, find);
}

const struct batch_method batch_robust_z = {
    .name = "robust_z",
    .about = "distance from the median in median deviations",
    .threshold = 3.5,
    .fit = fit,
    BANDS_METHOD,
};
