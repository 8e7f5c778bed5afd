#ifndef DETECT_KERNEL_H
#define DETECT_KERNEL_H

#include "detect/matrix.h"

/*
 * kernel - how alike rows are, exp(-gamma |x - y|^2), a row against all at a
 * time; those asked for last are remembered.
 *
 * Memory: a copy of the rows, and KERNEL_MEMORY bytes.
 */

#define KERNEL_MEMORY ((size_t)48 << 20)

struct kernel;

/* m is not needed after that.  Never NULL. */
struct kernel *kernel_new(const struct matrix *m, double gamma);

/* NULL is fine. */
void kernel_free(struct kernel *k);

/* Row i against all: as many numbers as there are rows.  Lent until two
 * others were asked for. */
const double *kernel_row(struct kernel *k, size_t i);

/* The sums over the n first rows, weights each, for rows from to to of all.
 * Threads may do that at the same time.  sums: out, of all. */
void kernel_sum(const struct kernel *k, const double *weights, size_t n,
    size_t from, size_t to, double *sums);

#endif
