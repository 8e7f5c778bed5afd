#ifndef CACHE_DEDUP_H
#define CACHE_DEDUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/map.h"
#include "store/store.h"

/*
 * dedup - keys of records that went out, so that they go out once.
 *
 * A mark is an entry dedup:NAME:HASH of the state.  It is written after its
 * record went out: who is killed in between lets the record through again,
 * and never loses one.  So each key goes three ways: asked in batches
 * (dedup_ask), handed out by the caller, then marked (dedup_mark).  Keys that
 * are on their way are remembered, so one run is exact by itself; two runs at
 * the same time may both let a record through.
 *
 * Memory: 150 bytes for each key that is not yet marked; of a store that
 * works these are the keys of one batch.
 */

#define DEDUP_HASH 16 /* bytes of SHA-256 of a key */

/* A key, asked for. */
struct dedup_key {
	char hash[DEDUP_HASH];
	bool is_new; /* out */
};

struct dedup {
	struct store *store; /* lent */
	const char *name; /* lent */
	int64_t ttl_ms;

	/* private */
	struct map on_way; /* hashes that are not yet marked */
	struct buf queue; /* the same in order */
	int64_t retry_at; /* after a failure: leave the store alone till then */
};

/*
 * Which of the n keys are new, to the store and to this run?  Those are on
 * their way from now on.
 * Returns 0; or an EX_ status, with store_why: then what this run does not
 * know is new.  A store that failed is not asked again for 10 seconds, which
 * is no failure.
 */
int dedup_ask(struct dedup *d, struct dedup_key *keys, size_t n);

/* How many keys are on their way. */
size_t dedup_count(const struct dedup *d);

/*
 * Mark the first n of them.  Returns 0, or an EX_ status, with store_why: they
 * stay on their way.
 */
int dedup_mark(struct dedup *d, size_t n);

/* Free the contents. */
void dedup_release(struct dedup *d);

#endif
