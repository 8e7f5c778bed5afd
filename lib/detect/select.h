#ifndef DETECT_SELECT_H
#define DETECT_SELECT_H

#include <stddef.h>

/*
 * Order the n numbers at x so that what is at k is where it would be if all
 * were sorted, with nothing larger before and nothing smaller behind it.
 * O(n) as a rule, also with many equal ones (Hoare 1961, in three parts as
 * Dijkstra has it).  Returns x[k].
 */
double select_kth(double *x, size_t n, size_t k);

/* What would be at k; x stays as it is.  About one pass, and 8 n bytes. */
double select_find(const double *x, size_t n, size_t k);

/* Quantile q of n values, interpolated linearly (type 7 of Hyndman and Fan
 * 1996).  The same cost. */
double select_quantile(const double *x, size_t n, double q);

/* Sort n numbers. */
void select_sort(double *x, size_t n);

#endif
