#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/maths.h"
#include "detect/matrix.h"

#define SWEEPS 100 /* of Jacobi's method; it takes about ten */

double
matrix_mean(const struct matrix *m, size_t j)
{
	double sum = 0, rest = 0, mean;

	for (size_t i = 0; i < m->rows; i++)
		sum += matrix_row(m, i)[j];
	mean = sum / (double)m->rows;
	for (size_t i = 0; i < m->rows; i++) /* what rounding took away */
		rest += matrix_row(m, i)[j] - mean;
	return mean + rest / (double)m->rows;
}

double
matrix_deviation(const struct matrix *m, size_t j, double mean)
{
	double sum = 0;

	for (size_t i = 0; i < m->rows; i++) {
		double d = matrix_row(m, i)[j] - mean;

		sum += d * d;
	}
	return sqrt(sum / (double)m->rows);
}

static const double *
pick(const struct matrix *m, const size_t *which, size_t i)
{
	return matrix_row(m, which ? which[i] : i);
}

void
matrix_add_mean(
    const struct matrix *m, const size_t *which, size_t n, double *mean)
{
	size_t d = m->columns;
	double *sum = xcalloc(d, sizeof(*sum));

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < d; j++)
			sum[j] += pick(m, which, i)[j] - mean[j];
	for (size_t j = 0; j < d; j++)
		mean[j] += sum[j] / (double)n;
	free(sum);
}

void
matrix_covariance(const struct matrix *m, const size_t *which, size_t n,
    double *mean, double *covariance)
{
	size_t d = m->columns;
	double *c = xcalloc(d, sizeof(*c));

	memset(mean, 0, d * sizeof(*mean));
	memset(covariance, 0, d * d * sizeof(*covariance));
	matrix_add_mean(m, which, n, mean);
	matrix_add_mean(m, which, n, mean); /* what rounding took away */
	for (size_t i = 0; i < n; i++) {
		const double *x = pick(m, which, i);

		for (size_t j = 0; j < d; j++) {
			double *row = covariance + j * d;

			c[j] = x[j] - mean[j];
			for (size_t k = 0; k <= j; k++)
				row[k] += c[j] * c[k];
		}
	}
	for (size_t j = 0; j < d; j++)
		for (size_t k = 0; k <= j; k++)
			covariance[k * d + j] = covariance[j * d + k] /=
			    (double)n;
	free(c);
}

/* Turn the plane of p and q so that a[p][q] is 0 (Golub and Van Loan 2013,
 * section 8.5).  v collects the turns, one vector a row. */
static void
turn(double *a, double *v, size_t n, size_t p, size_t q)
{
	double theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
	double t = copysign(1, theta) / (fabs(theta) + sqrt(theta * theta + 1));
	double c = 1 / sqrt(t * t + 1), s = t * c;

	for (size_t k = 0; k < n; k++) {
		double x = a[k * n + p], y = a[k * n + q];

		a[k * n + p] = c * x - s * y;
		a[k * n + q] = s * x + c * y;
	}
	for (size_t k = 0; k < n; k++) {
		double x = a[p * n + k], y = a[q * n + k];

		a[p * n + k] = c * x - s * y;
		a[q * n + k] = s * x + c * y;
		x = v[p * n + k];
		y = v[q * n + k];
		v[p * n + k] = c * x - s * y;
		v[q * n + k] = s * x + c * y;
	}
	a[p * n + q] = a[q * n + p] = 0;
}

/* One sweep over all planes.  Returns whether any was turned. */
static bool
sweep(double *a, double *v, size_t n)
{
	bool any = false;

	for (size_t p = 0; p < n; p++) {
		for (size_t q = p + 1; q < n; q++) {
			double scale =
			    sqrt(fabs(a[p * n + p])) * sqrt(fabs(a[q * n + q]));

			if (fabs(a[p * n + q]) <= 0x1p-54 * scale)
				continue;
			turn(a, v, n, p, q);
			any = true;
		}
	}
	return any;
}

/* Put the k-th largest of the values from k on, and its vector, first. */
static void
put_first(double *values, double *vectors, size_t n, size_t k)
{
	size_t best = k;

	for (size_t i = k + 1; i < n; i++)
		if (values[i] > values[best])
			best = i;
	for (size_t j = 0; best != k && j < n; j++) {
		double x = vectors[k * n + j];

		vectors[k * n + j] = vectors[best * n + j];
		vectors[best * n + j] = x;
	}
	if (best != k) {
		double x = values[k];

		values[k] = values[best];
		values[best] = x;
	}
}

static void
make_positive(double *v, size_t n)
{
	size_t largest = 0;

	for (size_t i = 1; i < n; i++)
		if (fabs(v[i]) > fabs(v[largest]))
			largest = i;
	if (v[largest] < 0)
		for (size_t i = 0; i < n; i++)
			v[i] = -v[i];
}

void
matrix_eigen(double *a, size_t n, double *values, double *vectors)
{
	memset(vectors, 0, n * n * sizeof(*vectors));
	for (size_t i = 0; i < n; i++)
		vectors[i * n + i] = 1;
	for (int i = 0; i < SWEEPS && sweep(a, vectors, n); i++)
		continue;
	for (size_t i = 0; i < n; i++)
		values[i] = a[i * n + i];
	for (size_t i = 0; i < n; i++) {
		put_first(values, vectors, n, i);
		make_positive(vectors + i * n, n);
	}
}

size_t
matrix_invert(const double *a, size_t n, double *inverse, double *log_det)
{
	double *copy = xcalloc(2 * n * n + n, sizeof(*copy));
	double *vectors = copy + n * n, *values = vectors + n * n;
	double least, sum = 0;
	size_t rank = 0;

	memcpy(copy, a, n * n * sizeof(*a));
	matrix_eigen(copy, n, values, vectors);
	least = values[0] * (double)n * 0x1p-52;
	memset(inverse, 0, n * n * sizeof(*inverse));
	for (size_t k = 0; k < n; k++) {
		const double *v = vectors + k * n;

		if (!(values[k] > least))
			break; /* they fall */
		rank++;
		sum += maths_log(values[k]);
		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < n; j++)
				inverse[i * n + j] += v[i] * v[j] / values[k];
	}
	free(copy);
	if (log_det)
		*log_det = sum;
	return rank;
}

double
matrix_distance(
    const double *inverse, const double *mean, const double *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++) { /* it is symmetric */
		const double *row = inverse + i * n;
		double d = x[i] - mean[i], half = 0;

		for (size_t j = 0; j < i; j++)
			half += row[j] * (x[j] - mean[j]);
		sum += d * (row[i] * d + 2 * half);
	}
	return sum > 0 ? sum : 0;
}
