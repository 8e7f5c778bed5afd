/*
 * Vectors of four, as gcc and clang have them for any processor; compiled
 * twice, as not all have the instructions of AVX2.
 */
#include <stdbool.h>
#include <string.h>

#include "detect/scan.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_AVX2 1
#endif

#define AT_ONCE ((size_t)4) /* columns, then look whether it goes on */
#define GUARD (1 - 0x1p-44) /* above the rounding of a sum of 256 columns */

typedef double four __attribute__((vector_size(32)));
typedef long long mask __attribute__((vector_size(32)));

#define INLINE static inline __attribute__((always_inline))

/* Four columns of sixteen rows, in registers. */
INLINE void
add_columns(const double *x, const double *q, size_t columns, four *sum)
{
	for (size_t j = 0; j < columns; j++, x += SCAN_ROWS) {
		four a, b, c, d;

		memcpy(&a, x, sizeof(a));
		memcpy(&b, x + 4, sizeof(b));
		memcpy(&c, x + 8, sizeof(c));
		memcpy(&d, x + 12, sizeof(d));
		a -= q[j];
		b -= q[j];
		c -= q[j];
		d -= q[j];
		sum[0] += a * a;
		sum[1] += b * b;
		sum[2] += c * c;
		sum[3] += d * d;
	}
}

/* Sixteen rows, until all are too far.  Returns whether any is not. */
INLINE bool
squares_16(
    const double *x, const double *q, size_t columns, double limit, double *out)
{
	four sum[4] = {{0}, {0}, {0}, {0}}, most = limit - sum[0];

	for (size_t j = 0; j < columns; j += AT_ONCE) {
		size_t n = columns - j < AT_ONCE ? columns - j : AT_ONCE;
		mask near;

		add_columns(x + j * SCAN_ROWS, q + j, n, sum);
		near = (sum[0] <= most) | (sum[1] <= most) | (sum[2] <= most) |
		       (sum[3] <= most);
		if (!(near[0] | near[1] | near[2] | near[3]))
			return false;
	}
	memcpy(out, sum, sizeof(sum));
	return true;
}

INLINE unsigned
squares(const double *block, const double *q, size_t columns, double limit,
    double *out)
{
	unsigned first = squares_16(block, q, columns, limit, out);

	return first |
	       (unsigned)squares_16(block + 16, q, columns, limit, out + 16)
		   << 1;
}

INLINE double
to_box(const double *low, const double *high, const double *q, size_t padded)
{
	four sum = {0}, none = {0};

	for (size_t j = 0; j < padded; j += SCAN_LANES) {
		four l, h, x, d;
		mask larger;

		memcpy(&l, low + j, sizeof(l));
		memcpy(&h, high + j, sizeof(h));
		memcpy(&x, q + j, sizeof(x));
		l -= x;
		x -= h;
		larger = l > x;
		d = (four)(((mask)l & larger) | ((mask)x & ~larger));
		d = (four)((mask)d & (d > none));
		sum += d * d;
	}
	return ((sum[0] + sum[1]) + (sum[2] + sum[3])) * GUARD;
}

static unsigned
squares_plain(const double *block, const double *q, size_t columns,
    double limit, double *out)
{
	return squares(block, q, columns, limit, out);
}

static double
to_box_plain(
    const double *low, const double *high, const double *q, size_t padded)
{
	return to_box(low, high, q, padded);
}

static const struct scan plain = {squares_plain, to_box_plain};

#ifdef HAVE_AVX2

__attribute__((target("avx2"))) static unsigned
squares_avx2(const double *block, const double *q, size_t columns, double limit,
    double *out)
{
	return squares(block, q, columns, limit, out);
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
