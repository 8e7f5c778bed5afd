/*
 * The distribution is the incomplete gamma function, by its series (Abramowitz
 * and Stegun 1964, 6.5.29), whose terms are all positive; its inverse by
 * bisection.
 */
#include <math.h>

#include "detect/chi_squared.h"

#define TERMS 100000
#define HALVINGS 100

/* The share below x. */
static double
below(double degrees, double x)
{
	double a = degrees / 2, half = x / 2, term = 1 / a, sum = term;

	for (int i = 1; i < TERMS && term > sum * 0x1p-53; i++) {
		term *= half / (a + i);
		sum += term;
	}
	return sum * exp(a * log(half) - half - lgamma(a));
}

double
chi_squared_quantile(double degrees, double p)
{
	double low = 0, high = degrees + 10;

	while (below(degrees, high) < p)
		high *= 2;
	for (int i = 0; i < HALVINGS; i++) {
		double mid = low + (high - low) / 2;

		if (below(degrees, mid) < p)
			low = mid;
		else
			high = mid;
	}
	return high;
}
