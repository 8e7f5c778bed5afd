#ifndef STATE_SEEN_H
#define STATE_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "state/state.h"

/*
 * seen - a small set of what was seen, each for a time, in one entry.
 *
 * For the records at a cursor's boundary, and the like: SEEN_MAX at most,
 * then the oldest is forgotten, and that is counted: who must not be told
 * "new" twice has to look at n_forgotten.  A set as large as the data is
 * cdo-cache dedup's, which keeps an entry each.
 */

#define SEEN_MAX ((size_t)10000)

/* 128 bits of SHA-256: of 10^9 no two are equal, but once in 10^20. */
struct seen_hash {
	int64_t high, low;
};

struct seen {
	struct state_list marks; /* high, low, until when; oldest first */
	int64_t n_forgotten; /* before their time */
};

extern const struct state_kind seen_kind;

struct seen_hash seen_hash(const void *data, size_t len);

/*
 * Has it been seen?  If not, mark it for ttl_ms.  max: how many to keep, at
 * most SEEN_MAX.  A mark that lies further ahead than ttl_ms, since the clock
 * was set back, is cut to that.
 */
bool seen_test(struct seen *s, struct seen_hash h, int64_t ttl_ms, size_t max,
    int64_t now);

/* Forget all: the boundary has moved. */
void seen_clear(struct seen *s);

#endif
