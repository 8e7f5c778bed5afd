#ifndef QUALITY_ADVICE_H
#define QUALITY_ADVICE_H

#include "quality/pool.h"

/*
 * advice - what to mend first: the checks that lost something, by the points
 * that the data set's score would gain if they had not.
 */

struct advice {
	const struct roster *roster; /* NULL: malformed lines */
	size_t number; /* of the check in it */
	const struct roster_check *check; /* NULL: malformed lines */
	enum dimension dimension;
	struct pool_count count;
	double points;
	const char *text; /* what to do; static */
	const struct evidence *evidence; /* lent by the pool */
};

/*
 * Find all of them, most points first; what gains the same stays in the order
 * of the checks.
 * n: out, how many.  Returns them, to be freed, or NULL if there are none.
 */
struct advice *advice_find(
    const struct pool *t, const double *weights, size_t *n);

#endif
