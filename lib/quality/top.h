#ifndef QUALITY_TOP_H
#define QUALITY_TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * top - the most frequent values: Space-Saving (Metwally, Agrawal and El
 * Abbadi, 2005) with TOP_MAX counters.
 *
 * A value that no counter has takes over the one that counts least, and what
 * that counted becomes its error.  So for each value that is listed
 *
 *	count - error <= how often it came <= count,
 *
 * errors are at most n / TOP_MAX of n values, and every value that came more
 * often than that is listed.  As long as no counter was taken over, all is
 * exact.  Merging keeps these bounds, but for errors that add up (Agarwal and
 * others, "Mergeable summaries", 2012).
 * Memory: at most 8 KiB.
 */

#define TOP_MAX 64
#define TOP_TEXT 64 /* bytes of a value that are kept */

struct top_value {
	uint64_t hash; /* of the whole value; says which it is */
	uint64_t count, error;
	uint32_t len; /* of the whole value, bytes */
	uint8_t tag; /* the caller's: what the bytes are */
	uint8_t next; /* private: in the same bucket, from 1 */
	char text[TOP_TEXT]; /* its first bytes */
};

/* {0} is an empty one. */
struct top {
	struct top_value *all; /* owned; in no order */
	uint32_t n, cap;
	bool is_lossy; /* some values were dropped */
	/* private */
	uint32_t hand; /* where the search for the least goes on */
	uint64_t least; /* no count is below */
	uint8_t buckets[TOP_MAX]; /* first of each, from 1; 0: empty */
};

/* Free the contents; t is empty and usable again. */
void top_release(struct top *t);

/* Count a value: len bytes at text, told apart by their hash. */
void top_add(
    struct top *t, uint64_t hash, uint8_t tag, const void *text, size_t len);

/* Add what is in from. */
void top_merge(struct top *t, const struct top *from);

/*
 * List the values by count, the highest first; those of one count by tag and
 * text, so that what is exact always has the same order.
 * out: room for TOP_MAX.  Returns how many there are.
 */
size_t top_list(const struct top *t, struct top_value *out);

#endif
