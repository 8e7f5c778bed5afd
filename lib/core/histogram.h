#ifndef CORE_HISTOGRAM_H
#define CORE_HISTOGRAM_H

#include <stdint.h>

/*
 * histogram - how numbers that are not kept are spread, in buckets whose
 * width grows with the number: within an octave there are HISTOGRAM_STEPS of
 * them, so a quantile is wrong by less than a thirty-second of itself.
 *
 * {0} is an empty one.  Histograms of parts, added, are that of the whole.
 */

#define HISTOGRAM_STEPS 16
#define HISTOGRAM_SIZE (61 * HISTOGRAM_STEPS)

struct histogram {
	uint64_t n; /* numbers */
	uint64_t buckets[HISTOGRAM_SIZE];
};

void histogram_add(struct histogram *h, uint64_t x);

/* Add what is in from. */
void histogram_merge(struct histogram *h, const struct histogram *from);

/* The middle of the bucket that holds the least number of which at least the
 * share p, 0 to 1, are not above it; 0 if there is none. */
uint64_t histogram_quantile(const struct histogram *h, double p);

#endif
