/*
 * The distribution is the incomplete gamma function, by its series (Abramowitz
 * and Stegun 1964, 6.5.29), whose terms are all positive; its inverse by
 * bisection.
 */
#include <math.h>
#include <stddef.h>

#include "detect/chi_squared.h"
#include "detect/maths.h"

#define PI 3.141592653589793
#define TERMS 100000
#define HALVINGS 100

/* The logarithm of the gamma function, of x a whole number or a half. */
static double
log_gamma(double x)
{
	double least = x > floor(x) ? .5 : 1;
	double sum = least < 1 ? maths_log(PI) / 2 : 0;
	size_t n = (size_t)(x - least);

	for (size_t i = 0; i < n; i++)
		sum += maths_log(least + (double)i);
	return sum;
}

/* The share below x. */
static double
below(double degrees, double x)
{
	double a = degrees / 2, half = x / 2, term = 1 / a, sum = term;

	for (int i = 1; i < TERMS && term > sum * 0x1p-53; i++) {
		term *= half / (a + i);
		sum += term;
	}
	return sum * maths_exp(a * maths_log(half) - half - log_gamma(a));
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
