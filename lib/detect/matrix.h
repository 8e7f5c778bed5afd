#ifndef DETECT_MATRIX_H
#define DETECT_MATRIX_H

#include <stddef.h>

/*
 * matrix - rows of numbers, and the little linear algebra that methods need.
 *
 * Numbers are finite.  Columns have any units of their own; a covariance has
 * the product of two.
 */

struct matrix {
	const double *x; /* rows * columns, row by row; lent */
	size_t rows, columns; /* 1 or more */
};

/* Row i. */
static inline const double *
matrix_row(const struct matrix *m, size_t i)
{
	return m->x + i * m->columns;
}

/* The mean of column j, and its standard deviation (divisor n); of equal values
 * exactly these, and 0. */
double matrix_mean(const struct matrix *m, size_t j);
double matrix_deviation(const struct matrix *m, size_t j, double mean);

/*
 * Add to mean, of each column, the mean of what the rows differ from it: once,
 * from 0, for the mean, and once more for what rounding took away.
 * which, n: as below.
 */
void matrix_add_mean(
    const struct matrix *m, const size_t *which, size_t n, double *mean);

/*
 * The mean of each column, and the covariance with divisor n.
 * which: n numbers of rows, or NULL for the first n.
 * mean: out, columns; covariance: out, columns * columns.
 * The mean first, so the error does not grow with it.
 */
void matrix_covariance(const struct matrix *m, const size_t *which, size_t n,
    double *mean, double *covariance);

/*
 * The eigenvalues and eigenvectors of a symmetric matrix, n by n.
 * a: destroyed; values: out, n, falling; vectors: out, n by n, one a row, of
 * length 1, its largest part positive.
 * Jacobi's method: O(n^3) a sweep, some ten sweeps, accurate to the last
 * digits for small eigenvalues too.
 */
void matrix_eigen(double *a, size_t n, double *values, double *vectors);

/*
 * The pseudo-inverse (Moore, Penrose) of a covariance, n by n: directions in
 * which nothing varies, to 2^-52 * n of the largest, are left out.
 * inverse: out, n by n; may be the same as a.  log_det: out, the logarithm of
 * the determinant in the directions that are not left out; or NULL.
 * Returns how many these are: the rank.
 */
size_t matrix_invert(
    const double *a, size_t n, double *inverse, double *log_det);

/* The squared distance of x from mean in the metric of inverse, symmetric. */
double matrix_distance(
    const double *inverse, const double *mean, const double *x, size_t n);

#endif
