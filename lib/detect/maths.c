#include <math.h>
#include <stdint.h>
#include <string.h>

#include "detect/maths.h"

#define LN2_HIGH 0x1.62e42fee00000p-1 /* 33 bits: its multiples are exact */
#define LN2_LOW 0x1.a39ef35793c76p-33
#define LOG2_E 0x1.71547652b82fep+0
#define TO_WHOLE 0x1.8p52 /* added, it leaves no room for a fraction */
#define LOG10_E 0x1.bcb7b1526e50ep-2

double
maths_log(double x)
{
	int k;
	double m = frexp(x, &k), s, square, sum = 0;

	if (m < 0x1.6a09e667f3bcdp-1) { /* sqrt(1/2) */
		m *= 2;
		k--;
	}
	/* log m = 2 artanh s, with s at most 0.172 */
	s = (m - 1) / (m + 1);
	square = s * s;
	for (int i = 21; i > 1; i -= 2)
		sum = (sum + 1.0 / i) * square;
	return k * LN2_HIGH + (2 * s * (1 + sum) + k * LN2_LOW);
}

double
maths_log10(double x)
{
	return maths_log(x) * LOG10_E;
}

/* e to the power of r - 1 - r, over r squared, for r within 0.35: the series,
 * its even and its odd members by themselves, which takes half the time. */
static double
rest(double r)
{
	double q = r * r, even, odd;

	even = 1.0 / 479001600 + q * (1.0 / 87178291200);
	even = 1.0 / 3628800 + q * even;
	even = 1.0 / 40320 + q * even;
	even = 1.0 / 720 + q * even;
	even = 1.0 / 24 + q * even;
	even = 1.0 / 2 + q * even;
	odd = 1.0 / 39916800 + q * (1.0 / 6227020800);
	odd = 1.0 / 362880 + q * odd;
	odd = 1.0 / 5040 + q * odd;
	odd = 1.0 / 120 + q * odd;
	odd = 1.0 / 6 + q * odd;
	return even + r * odd;
}

double
maths_exp(double x)
{
	double k, r, sum, power;
	uint64_t bits;

	x = x > 700 ? 700 : x;
	x = x < -700 ? -700 : x;
	k = (x * LOG2_E + TO_WHOLE) - TO_WHOLE;
	r = (x - k * LN2_HIGH) - k * LN2_LOW;
	sum = 1 + (r + r * r * rest(r));
	bits = (uint64_t)((int64_t)k + 1023) << 52;
	memcpy(&power, &bits, sizeof(power));
	return sum * power;
}
