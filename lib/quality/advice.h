#ifndef QUALITY_ADVICE_H
#define QUALITY_ADVICE_H

#include "quality/pool.h"

/*
 * advice - what to mend first: the checks that failed, by the points that the
 * data set's score would gain if none of them had.
 */

struct advice {
	const struct check *check; /* NULL: malformed lines */
	size_t kind; /* the check's number; rules->n: malformed lines */
	enum dimension dimension;
	struct pool_count count;
	double points;
	const char *text; /* what to do; static */
};

/*
 * Find all of them, most points first; what gains the same stays in the order
 * of the rules.
 * n: out, how many.  Returns them, to be freed, or NULL if there are none.
 */
struct advice *advice_find(
    const struct pool *p, const double *weights, size_t *n);

#endif
