#include <math.h>
#include <stddef.h>

#include "core/histogram.h"

/* Numbers below STEPS have buckets of their own. */
static size_t
bucket_of(uint64_t x)
{
	unsigned shift = 0;

	while (x >> shift >= 2 * HISTOGRAM_STEPS)
		shift++;
	return shift * HISTOGRAM_STEPS + (size_t)(x >> shift);
}

static uint64_t
middle_of(size_t bucket)
{
	size_t shift;
	uint64_t low;

	if (bucket < 2 * HISTOGRAM_STEPS)
		return bucket;
	shift = bucket / HISTOGRAM_STEPS - 1;
	low = (uint64_t)(bucket - shift * HISTOGRAM_STEPS) << shift;
	return low + (UINT64_C(1) << shift) / 2;
}

void
histogram_add(struct histogram *h, uint64_t x)
{
	h->n++;
	h->buckets[bucket_of(x)]++;
}

void
histogram_merge(struct histogram *h, const struct histogram *from)
{
	h->n += from->n;
	for (size_t i = 0; i < HISTOGRAM_SIZE; i++)
		h->buckets[i] += from->buckets[i];
}

uint64_t
histogram_quantile(const struct histogram *h, double p)
{
	double wanted = ceil(p * (double)h->n);
	uint64_t rank = wanted < 1 ? 1 : (uint64_t)wanted, sum = 0;

	for (size_t i = 0; h->n > 0 && i < HISTOGRAM_SIZE; i++) {
		sum += h->buckets[i];
		if (sum >= rank)
			return middle_of(i);
	}
	return 0;
}
