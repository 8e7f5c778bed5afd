/*
 * iqr - distance outside the quartiles of the column (type 7 of Hyndman and
 * Fan 1996), in interquartile ranges: the largest of the columns.
 *
 * Where the range is 0, as half of the values are equal, the column is left
 * out.  O(rows * columns); no memory beyond the scores.
 *
 * Tukey 1977.
 */
#include "detect/bands.h"
#include "detect/select.h"

static struct band
find(double *x, size_t n)
{
	double low = select_quantile(x, n, .25);
	double high = select_quantile(x, n, .75);

	return (struct band){select_quantile(x, n, .5), low, high, high - low};
}

static void *
fit(const struct matrix *m, const struct batch_options *o, double *scores)
{
	(void)o;
	return bands_fit(m, scores, find);
}

const struct batch_method batch_iqr = {
    .name = "iqr",
    .about = "interquartile ranges outside the quartiles",
    .threshold = 1.5,
    .fit = fit,
    BANDS_METHOD,
};
