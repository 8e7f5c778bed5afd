#ifndef DETECT_NEIGHBOURS_H
#define DETECT_NEIGHBOURS_H

#include <stdbool.h>
#include <stddef.h>

#include "detect/matrix.h"

/*
 * neighbours - the nearest rows, by Euclidean distance, exactly.
 *
 * A k-d tree (Bentley 1975; the bounds of each part are its rows' own). Of
 * rows at the same distance the one of the lower number is nearer, so the
 * answer does not depend on the tree.  But for neighbours_take read-only once
 * built: threads share it.  Memory: a copy of the matrix and a quarter more,
 * and 8 bytes a row.
 */

struct neighbours;

struct neighbour {
	double square; /* of the distance */
	size_t row;
};

#define NEIGHBOURS_NONE ((size_t)-1)

/* Build over the rows of m, which is not needed after that. */
struct neighbours *neighbours_new(const struct matrix *m);

/* NULL is fine. */
void neighbours_free(struct neighbours *t);

/*
 * The k nearest rows of x, nearest first; but the row except, or
 * NEIGHBOURS_NONE.  out: room for k.  Returns how many there are: k, or all.
 */
size_t neighbours_find(const struct neighbours *t, const double *x, size_t k,
    size_t except, struct neighbour *out);

/*
 * Call each for the rows at most radius away, in any order, until it returns
 * false.
 */
void neighbours_within(const struct neighbours *t, const double *x,
    double radius, bool (*each)(void *arg, size_t row, double square),
    void *arg);

/*
 * The same, but each row is handed out once only, by whatever call comes
 * first: parts that are used up cost nothing.  Never returns early.
 */
void neighbours_take(struct neighbours *t, const double *x, double radius,
    void (*each)(void *arg, size_t row), void *arg);

/* The rows in an order in which neighbours stand together; n of them. */
const size_t *neighbours_order(const struct neighbours *t);

/* Copy the rows, in their own order.  x: out, rows * columns. */
void neighbours_rows(const struct neighbours *t, double *x);

/* How many there are. */
size_t neighbours_count(const struct neighbours *t);

#endif
