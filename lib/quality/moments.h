#ifndef QUALITY_MOMENTS_H
#define QUALITY_MOMENTS_H

#include <stdint.h>

/*
 * moments - number, extremes, mean and spread of numbers that are not kept
 * (Welford 1962; of two sets together Chan, Golub and LeVeque 1979).  The
 * mean is right to about the last digit, whatever the numbers.
 */

/* {0} is of none. */
struct moments {
	uint64_t n;
	double min, max, mean;
	double m2; /* sum of squared distances from the mean */
};

/* Add a number, which is not NaN. */
void moments_add(struct moments *m, double x);

/* Add those that are in from. */
void moments_merge(struct moments *m, const struct moments *from);

/* The standard deviation of these very numbers; 0 of none. */
double moments_sd(const struct moments *m);

#endif
