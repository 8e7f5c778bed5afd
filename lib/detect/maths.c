#include <math.h>

#include "detect/maths.h"

#define LN2_HIGH 0x1.62e42fee00000p-1 /* 33 bits: its multiples are exact */
#define LN2_LOW 0x1.a39ef35793c76p-33
#define LOG2_E 0x1.71547652b82fep+0
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

double
maths_exp(double x)
{
	double k, r, sum = 1;

	x = x > 700 ? 700 : x;
	x = x < -700 ? -700 : x;
	k = floor(x * LOG2_E + 0.5);
	r = (x - k * LN2_HIGH) - k * LN2_LOW;
	for (int i = 14; i > 0; i--)
		sum = 1 + sum * r / i;
	return ldexp(sum, (int)k);
}
