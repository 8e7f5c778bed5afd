#include <math.h>

#include "detect/detect.h"
#include "detect/maths.h"
#include "detect/surprise.h"

#define LEAST (1 / DETECT_VALUE_MAX) /* what counts as a distance */
/* Beyond the largest: the odds fall by this power of the distance. */
#define FALL 0.5
#define LN10 2.302585092994046

double
surprise_of(const struct window *past, double x)
{
	double n = (double)past->n, above, s, largest;

	if (past->n < SURPRISE_WARM_UP || isnan(x))
		return NAN;
	above = (double)(past->n - window_below(past, x));
	s = maths_log10((n + 1) / (above + 0.5));
	largest = past->sorted[past->n - 1];
	if (above == 0 && largest > LEAST)
		s += FALL * maths_log10(x / largest);
	return s > 0 ? s : 0;
}

double
surprise_limit(const struct window *past, double s)
{
	double n = (double)past->n, largest = past->sorted[past->n - 1];
	double above = (n + 1) * maths_exp(-s * LN10) - 0.5;

	if (above >= n)
		return past->sorted[0];
	if (above >= 1)
		return past->sorted[past->n - (size_t)(above + 0.5)];
	s -= maths_log10((n + 1) * 2);
	if (!(s > 0) || !(largest > LEAST))
		return largest;
	return fmin(largest * maths_exp(s / FALL * LN10), 2 * DETECT_VALUE_MAX);
}
