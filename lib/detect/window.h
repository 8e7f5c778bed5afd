#ifndef DETECT_WINDOW_H
#define DETECT_WINDOW_H

#include <stddef.h>

#include "json/pack.h"

/*
 * window - the last values of a series, in order of time and in order of
 * size: quantiles and ranks of what was.
 *
 * A new value takes the place of the oldest in both orders: O(log n)
 * comparisons, and one move of at most n values.  Memory grows with what is
 * in it, to 16 bytes for each of max values.
 */

struct window {
	size_t max; /* values, 1 or more; set this, {0} but for it */
	size_t n; /* values in it */
	double *sorted; /* owned; ascending */
	double *ring; /* private, owned; in order of time */
	size_t cap; /* private */
	size_t at; /* private: in ring, where the next one goes */
};

/* Put x in, and the oldest out if there is no room. */
void window_add(struct window *w, double x);

/* How many values are below x. */
size_t window_below(const struct window *w, double x);

/*
 * The value at a share of the way from the lowest to the highest,
 * interpolated linearly (type 7 of Hyndman and Fan 1996); n is not 0.
 */
double window_quantile(const struct window *w, double share);

/* The median of the distances from center. */
double window_deviation(const struct window *w, double center);

/* Forget all values. */
void window_clear(struct window *w);

void window_pack(struct window *w, struct pack *p, const char *name);

/* Free the contents.  Safe to call twice. */
void window_release(struct window *w);

#endif
