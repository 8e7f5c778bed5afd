/*
 * z_score, robust_z, iqr, ecod and hbos: methods that look at the columns
 * one by one.
 *
 * z_score: the largest |x - mean| / sd (divisor n) of the columns.
 * robust_z: the largest 0.6745 |x - median| / MAD (Iglewicz and Hoaglin
 * 1993).  iqr: the largest distance outside the quartiles (type 7 of Hyndman
 * and Fan 1996) in interquartile ranges (Tukey 1977).  In these a column
 * without spread (sd, MAD or range 0) is left out.
 *
 * ecod: the sum over the columns of -log of the share of rows that are at
 * least as far out, on the side where that is smaller (Li and others 2022, in
 * the form of its authors' program).
 *
 * hbos: the sum over the columns of -log of the density of a histogram of
 * sqrt(n) bins, the highest bin being 1 (Goldstein and Dengel 2012).
 *
 * O(n) a column, ecod O(n log n); 16 bytes a row besides the scores.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/batch.h"
#include "detect/select.h"

/* A column by itself, with what the method makes of it. */
struct column {
	double *x; /* n values in the order of rows */
	double *work; /* room for n */
	size_t n;
	double *scores; /* of the rows, so far */
};

/* Score the rows by one column after the other. */
static void
each_column(const struct matrix *m, double *scores,
    void (*score)(const struct column *c))
{
	struct column c = {.n = m->rows, .scores = scores};

	c.x = xcalloc(c.n, sizeof(*c.x));
	c.work = xcalloc(c.n, sizeof(*c.work));
	memset(scores, 0, c.n * sizeof(*scores));
	for (size_t j = 0; j < m->columns; j++) {
		for (size_t i = 0; i < c.n; i++)
			c.x[i] = matrix_row(m, i)[j];
		score(&c);
	}
	free(c.x);
	free(c.work);
}

/* Raise the scores to the distances of x outside low to high, in units. */
static void
raise_scores(const struct column *c, double low, double high, double unit)
{
	if (!(unit > 0))
		return;
	for (size_t i = 0; i < c->n; i++) {
		double d = fmax(low - c->x[i], c->x[i] - high) / unit;

		if (d > c->scores[i])
			c->scores[i] = d;
	}
}

static void
z_score(const struct column *c)
{
	struct matrix m = {c->x, c->n, 1};
	double mean = matrix_mean(&m, 0);

	raise_scores(c, mean, mean, matrix_deviation(&m, 0, mean));
}

/* Quantile q of n values, interpolated linearly (type 7); orders them. */
static double
quantile(double *x, size_t n, double q)
{
	double at = q * (double)(n - 1), next;
	size_t k = (size_t)at;

	select_kth(x, n, k);
	if (k + 1 >= n)
		return x[k];
	next = x[k + 1];
	for (size_t i = k + 2; i < n; i++)
		next = x[i] < next ? x[i] : next;
	return x[k] + (at - (double)k) * (next - x[k]);
}

static void
robust_z(const struct column *c)
{
	double median, mad;

	memcpy(c->work, c->x, c->n * sizeof(*c->x));
	median = quantile(c->work, c->n, .5);
	for (size_t i = 0; i < c->n; i++)
		c->work[i] = fabs(c->x[i] - median);
	mad = quantile(c->work, c->n, .5);
	raise_scores(c, median, median, mad / 0.6745);
}

static void
iqr(const struct column *c)
{
	double low, high;

	memcpy(c->work, c->x, c->n * sizeof(*c->x));
	low = quantile(c->work, c->n, .25);
	high = quantile(c->work, c->n, .75);
	raise_scores(c, low, high, high - low);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* How many of the sorted values are below x, or not above it. */
static size_t
count_to(const double *sorted, size_t n, double x, bool with_equal)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (sorted[mid] < x || (with_equal && sorted[mid] == x))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void
ecod(const struct column *c)
{
	memcpy(c->work, c->x, c->n * sizeof(*c->x));
	qsort(c->work, c->n, sizeof(*c->work), compare);
	for (size_t i = 0; i < c->n; i++) {
		size_t left = count_to(c->work, c->n, c->x[i], true);
		size_t right = c->n - count_to(c->work, c->n, c->x[i], false);

		c->scores[i] +=
		    log((double)c->n / (double)(left < right ? left : right));
	}
}

static size_t
bin(double x, double low, double width, size_t n)
{
	double at = (x - low) / width;

	return at < (double)n ? (size_t)at : n - 1;
}

static void
hbos(const struct column *c)
{
	size_t n = (size_t)ceil(sqrt((double)c->n));
	double *counts = c->work; /* of the bins: no more than rows */
	double low = INFINITY, high = -INFINITY, width, most = 0;

	for (size_t i = 0; i < c->n; i++) {
		low = fmin(low, c->x[i]);
		high = fmax(high, c->x[i]);
	}
	width = high / (double)n - low / (double)n;
	if (!(width > 0))
		return;
	memset(counts, 0, n * sizeof(*counts));
	for (size_t i = 0; i < c->n; i++)
		most = fmax(most, ++counts[bin(c->x[i], low, width, n)]);
	for (size_t i = 0; i < c->n; i++)
		c->scores[i] += log(most / counts[bin(c->x[i], low, width, n)]);
}

static void
score_z_score(
    const struct matrix *m, const struct batch_options *o, double *scores)
{
	(void)o;
	each_column(m, scores, z_score);
}

static void
score_robust_z(
    const struct matrix *m, const struct batch_options *o, double *scores)
{
	(void)o;
	each_column(m, scores, robust_z);
}

static void
score_iqr(const struct matrix *m, const struct batch_options *o, double *scores)
{
	(void)o;
	each_column(m, scores, iqr);
}

static void
score_ecod(
    const struct matrix *m, const struct batch_options *o, double *scores)
{
	(void)o;
	each_column(m, scores, ecod);
}

static void
score_hbos(
    const struct matrix *m, const struct batch_options *o, double *scores)
{
	(void)o;
	each_column(m, scores, hbos);
}

const struct batch_method batch_z_score = {
    .name = "z_score",
    .about = "standard deviations from the mean of the column",
    .threshold = 3,
    .score = score_z_score,
};

const struct batch_method batch_robust_z = {
    .name = "robust_z",
    .about = "distance from the median in median deviations",
    .threshold = 3.5,
    .score = score_robust_z,
};

const struct batch_method batch_iqr = {
    .name = "iqr",
    .about = "interquartile ranges outside the quartiles",
    .threshold = 1.5,
    .score = score_iqr,
};

const struct batch_method batch_ecod = {
    .name = "ecod",
    .about = "how rare each value is in its tail; many columns",
    .threshold = NAN,
    .score = score_ecod,
};

const struct batch_method batch_hbos = {
    .name = "hbos",
    .about = "how rare each value is by histograms; very fast",
    .threshold = NAN,
    .score = score_hbos,
};
