#ifndef CACHE_MEMO_CALL_H
#define CACHE_MEMO_CALL_H

#include "cache/memo.h"
#include "state/flight.h"

/* memo_call - one call of memo_run, between its two files.  Private. */

/* Of a wrapper that fails: cdo(7). */
enum {
	MEMO_TIMED_OUT = 124,
	MEMO_FAILED = 125,
	MEMO_CANNOT_RUN = 126,
	MEMO_NOT_FOUND = 127
};

/* What a look into the store found. */
enum memo_found {
	MEMO_RESULT, /* fresh */
	MEMO_LEASE, /* somebody else is at it */
	MEMO_NOTHING, /* the lease is ours */
	MEMO_TROUBLE /* no store to rely on */
};

struct memo_call {
	const struct memo *m;
	struct store *store;
	struct buf key; /* a string */
	struct flight flight;
	enum memo_found found;
	bool has_lease;
	bool is_old; /* the result is, so that it should be renewed */
	struct buf kept; /* what the store has: a result, maybe old; or empty */
	int64_t kept_until; /* when that is gone */

	struct buf parts; /* of the command */
	size_t last; /* of the parts */
	size_t size; /* bytes in them */
	bool holds_back; /* stdout is not to be emitted yet */
	bool is_large; /* more than may be kept: the rest only passes */
};

/* Set what becomes of the lease: renew it; or give it back, if it is ours
 * still, and with it leave a result (NULL: what is there). */
void memo_renew(struct memo_call *c);
void memo_leave(struct memo_call *c, const struct buf *result, int64_t ttl_ms,
    int64_t stale_ms);

/* Replay what the store had.  Returns its exit status. */
int memo_replay(const struct memo_call *c);

/* Run the command, let an old result stand in for it if it fails, keep what
 * is to be kept, give the lease back.  Returns the exit status. */
int memo_execute(struct memo_call *c);

#endif
