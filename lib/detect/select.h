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

#endif
