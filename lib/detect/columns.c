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

/* A column by itself, to be sorted where that is of use. */
struct column {
	double *x; /* owned, n values in the order of rows */
	double *sorted; /* owned, the same, ascending */
	size_t n;
};

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
column_init(struct column *c, const struct matrix *m)
{
	c->n = m->rows;
	c->x = xcalloc(c->n, sizeof(*c->x));
	c->sorted = xcalloc(c->n, sizeof(*c->sorted));
}

static void
column_release(struct column *c)
{
	free(c->x);
	free(c->sorted);
}

static void
column_read(struct column *c, const struct matrix *m, size_t j)
{
	for (size_t i = 0; i < c->n; i++)
		c->x[i] = matrix_row(m, i)[j];
}

/* The values once more, to be ordered. */
static void
column_copy(struct column *c)
{
	memcpy(c->sorted, c->x, c->n * sizeof(*c->x));
}

static void
column_sort(struct column *c)
{
	column_copy(c);
	qsort(c->sorted, c->n, sizeof(*c->sorted), compare);
}

/* Order x so that what is at k is where it would be if x were sorted, with
 * nothing larger before and nothing smaller behind (Hoare 1961). */
static void
select_kth(double *x, size_t n, size_t k)
{
	size_t from = 0, to = n;

	while (to - from > 1) {
		double pivot = x[from + (to - from) / 2];
		size_t low = from, high = to; /* below, above the pivot */

		for (size_t i = from; i < high;) {
			double here = x[i];

			if (here < pivot) {
				x[i++] = x[low];
				x[low++] = here;
			} else if (here > pivot) {
				x[i] = x[--high];
				x[high] = here;
			} else {
				i++;
			}
		}
		if (k >= low && k < high)
			return;
		if (k < low)
			to = low;
		else
			from = high;
	}
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

/* Raise the scores to the distances of x outside low to high, in units. */
static void
raise(double *scores, const struct column *c, double low, double high,
    double unit)
{
	if (!(unit > 0))
		return;
	for (size_t i = 0; i < c->n; i++) {
		double d = fmax(low - c->x[i], c->x[i] - high) / unit;

		if (d > scores[i])
			scores[i] = d;
	}
}

static void
score_z(const struct matrix *m, const struct batch_options *o, double *scores)
{
	struct column c;

	(void)o;
	column_init(&c, m);
	memset(scores, 0, c.n * sizeof(*scores));
	for (size_t j = 0; j < m->columns; j++) {
		double mean = 0, sum = 0;

		column_read(&c, m, j);
		for (size_t i = 0; i < c.n; i++)
			mean += (c.x[i] - mean) / (double)(i + 1);
		for (size_t i = 0; i < c.n; i++)
			sum += (c.x[i] - mean) * (c.x[i] - mean);
		raise(scores, &c, mean, mean, sqrt(sum / (double)c.n));
	}
	column_release(&c);
}

static void
score_robust(
    const struct matrix *m, const struct batch_options *o, double *scores)
{
	struct column c;

	(void)o;
	column_init(&c, m);
	memset(scores, 0, c.n * sizeof(*scores));
	for (size_t j = 0; j < m->columns; j++) {
		double median, mad;

		column_read(&c, m, j);
		column_copy(&c);
		median = quantile(c.sorted, c.n, .5);
		for (size_t i = 0; i < c.n; i++)
			c.sorted[i] = fabs(c.x[i] - median);
		mad = quantile(c.sorted, c.n, .5);
		raise(scores, &c, median, median, mad / 0.6745);
	}
	column_release(&c);
}

static void
score_iqr(const struct matrix *m, const struct batch_options *o, double *scores)
{
	struct column c;

	(void)o;
	column_init(&c, m);
	memset(scores, 0, c.n * sizeof(*scores));
	for (size_t j = 0; j < m->columns; j++) {
		double low, high;

		column_read(&c, m, j);
		column_copy(&c);
		low = quantile(c.sorted, c.n, .25);
		high = quantile(c.sorted, c.n, .75);
		raise(scores, &c, low, high, high - low);
	}
	column_release(&c);
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
score_ecod(
    const struct matrix *m, const struct batch_options *o, double *scores)
{
	struct column c;

	(void)o;
	column_init(&c, m);
	memset(scores, 0, c.n * sizeof(*scores));
	for (size_t j = 0; j < m->columns; j++) {
		column_read(&c, m, j);
		column_sort(&c);
		for (size_t i = 0; i < c.n; i++) {
			size_t left = count_to(c.sorted, c.n, c.x[i], true);
			size_t right =
			    c.n - count_to(c.sorted, c.n, c.x[i], false);

			scores[i] += log((double)c.n /
					 (double)(left < right ? left : right));
		}
	}
	column_release(&c);
}

static size_t
bin(double x, double low, double width, size_t n)
{
	double at = (x - low) / width;

	return at < (double)n ? (size_t)at : n - 1;
}

static void
score_hbos(
    const struct matrix *m, const struct batch_options *o, double *scores)
{
	size_t n = (size_t)ceil(sqrt((double)m->rows));
	double *counts = xcalloc(n, sizeof(*counts));
	struct column c;

	(void)o;
	column_init(&c, m);
	memset(scores, 0, c.n * sizeof(*scores));
	for (size_t j = 0; j < m->columns; j++) {
		double low = INFINITY, high = -INFINITY, width, most = 0;

		column_read(&c, m, j);
		for (size_t i = 0; i < c.n; i++) {
			low = fmin(low, c.x[i]);
			high = fmax(high, c.x[i]);
		}
		width = high / (double)n - low / (double)n;
		if (!(width > 0))
			continue;
		memset(counts, 0, n * sizeof(*counts));
		for (size_t i = 0; i < c.n; i++)
			most = fmax(most, ++counts[bin(c.x[i], low, width, n)]);
		for (size_t i = 0; i < c.n; i++)
			scores[i] +=
			    log(most / counts[bin(c.x[i], low, width, n)]);
	}
	column_release(&c);
	free(counts);
}

const struct batch_method batch_z_score = {
    .name = "z_score",
    .about = "standard deviations from the mean of the column",
    .threshold = 3,
    .score = score_z,
};

const struct batch_method batch_robust_z = {
    .name = "robust_z",
    .about = "distance from the median in median deviations",
    .threshold = 3.5,
    .score = score_robust,
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
