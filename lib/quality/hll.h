#ifndef QUALITY_HLL_H
#define QUALITY_HLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * hll - how many different values there are: HyperLogLog (Flajolet and
 * others, 2007) with 2^14 registers, read by the estimator of Ertl ("New
 * cardinality estimation algorithms for HyperLogLog sketches", 2017), which
 * needs no correction of bias and no switch to linear counting.
 *
 * A value is a hash of 64 good bits, such as xxh64 gives.  Up to HLL_EXACT
 * different ones are kept as they are and counted exactly; beyond, the
 * standard error is 0.81 %.  Which hashes were added decides all, not their
 * order or how often: sketches of parts, merged, are the sketch of the whole.
 * Memory: 16 bytes a value, at most 16 KiB.
 */

#define HLL_BITS 14
#define HLL_REGISTERS ((size_t)1 << HLL_BITS)
#define HLL_EXACT 512

/* {0} is an empty one. */
struct hll {
	uint64_t *hashes; /* owned; a table, 0 is a gap; till HLL_EXACT */
	uint8_t *registers; /* owned; then */
	uint32_t n, cap; /* of the table */
};

/* Free the contents; h is empty and usable again. */
void hll_release(struct hll *h);

void hll_add(struct hll *h, uint64_t hash);

/* Add what is in from. */
void hll_merge(struct hll *h, const struct hll *from);

/* The number of different values, to the nearest. */
uint64_t hll_count(const struct hll *h);

/* Is the count exact? */
static inline bool
hll_is_exact(const struct hll *h)
{
	return !h->registers;
}

#endif
