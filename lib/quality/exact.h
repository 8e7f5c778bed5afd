#ifndef QUALITY_EXACT_H
#define QUALITY_EXACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * exact - is every value different?  Hashes of 128 bits, kept until the first
 * that comes twice: two of a thousand million values collide by chance once
 * in 10^20 runs.
 *
 * Memory: 16 bytes a slot, at most two thirds of them in use; none any more
 * once the answer is no.
 */

struct exact_hash {
	uint64_t a, b;
};

enum exact_state {
	EXACT_UNIQUE, /* all so far differ */
	EXACT_REPEATED, /* one came twice */
	EXACT_GIVEN_UP /* there was no room to know */
};

/* {0} is an empty one. */
struct exact {
	struct exact_hash *slots; /* owned; one whose b is 0 is a gap */
	size_t n, cap;
	enum exact_state state;
};

/* Free the contents; e is empty and usable again. */
void exact_release(struct exact *e);

/*
 * Add a value's hash.  budget: slots that all sets sharing it may still add;
 * what e takes or gives back is accounted for.  Where there are too few, e
 * gives up.
 */
void exact_add(struct exact *e, struct exact_hash hash, size_t *budget);

/* Add what is in from. */
void exact_merge(struct exact *e, const struct exact *from, size_t *budget);

#endif
