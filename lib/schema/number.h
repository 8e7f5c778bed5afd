#ifndef SCHEMA_NUMBER_H
#define SCHEMA_NUMBER_H

#include <math.h>

#include "json/value.h"

/*
 * number - multiples, exactly: numbers are taken as the decimals that they
 * are written as (the shortest that read back equal), not as doubles.
 */

struct decimal {
	uint64_t digits; /* the value is digits times ten to the power */
	int power;
};

/* The absolute value of a number. */
struct decimal decimal_of(struct jval v);

/* Is a an integer times b?  b is not 0. */
bool decimal_is_multiple(struct decimal a, struct decimal b);

/* Is v, a J_DOUBLE, an integer? */
static inline bool
double_is_whole(struct jval v)
{
	double x = jval_double(v);

	/* from 2^53 on all are */
	return fabs(x) >= 0x1p53 || x == (double)(int64_t)x;
}

#endif
