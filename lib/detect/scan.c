/*
 * The loops have lengths that are known to the compiler and operate on
 * numbers that lie side by side, so that it makes vector instructions of
 * them; twice, as not all processors have those of AVX2.
 */
#include "detect/scan.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_AVX2 1
#endif

#define GUARD (1 - 0x1p-44) /* above the rounding of a sum of 256 columns */

static inline __attribute__((always_inline)) void
squares(const double *restrict block, const double *restrict q, size_t columns,
    double *restrict out)
{
	double sums[SCAN_ROWS] = {0};

	for (size_t j = 0; j < columns; j++) {
		const double *x = block + j * SCAN_ROWS;
		double here = q[j];

		for (size_t t = 0; t < SCAN_ROWS; t++)
			sums[t] += (x[t] - here) * (x[t] - here);
	}
	for (size_t t = 0; t < SCAN_ROWS; t++)
		out[t] = sums[t];
}

static inline __attribute__((always_inline)) double
to_box(const double *restrict low, const double *restrict high,
    const double *restrict q, size_t padded)
{
	double sums[SCAN_LANES] = {0};

	for (size_t j = 0; j < padded; j += SCAN_LANES) {
		for (size_t c = 0; c < SCAN_LANES; c++) {
			double below = low[j + c] - q[j + c];
			double above = q[j + c] - high[j + c];
			double d = below > above ? below : above;

			d = d > 0 ? d : 0;
			sums[c] += d * d;
		}
	}
	return ((sums[0] + sums[1]) + (sums[2] + sums[3])) * GUARD;
}

static void
squares_plain(const double *block, const double *q, size_t columns, double *out)
{
	squares(block, q, columns, out);
}

static double
to_box_plain(
    const double *low, const double *high, const double *q, size_t padded)
{
	return to_box(low, high, q, padded);
}

static const struct scan plain = {squares_plain, to_box_plain};

#ifdef HAVE_AVX2

__attribute__((target("avx2"))) static void
squares_avx2(const double *block, const double *q, size_t columns, double *out)
{
	squares(block, q, columns, out);
}

__attribute__((target("avx2"))) static double
to_box_avx2(
    const double *low, const double *high, const double *q, size_t padded)
{
	return to_box(low, high, q, padded);
}

static const struct scan avx2 = {squares_avx2, to_box_avx2};

const struct scan *
scan_get(void)
{
	return __builtin_cpu_supports("avx2") ? &avx2 : &plain;
}

#else

const struct scan *
scan_get(void)
{
	return &plain;
}

#endif
