#ifndef STATE_FLIGHT_H
#define STATE_FLIGHT_H

#include "state/lease.h"

/*
 * flight - single flight: of many processes that want the same, one does the
 * work, and the others wait for what it leaves at KEY of the cache.
 *
 * Whose turn it is is a lease at lease:KEY of the same database.  It ends with
 * its process, where that can be seen, or when its time is over.  A lease that
 * cannot be read is nobody's.
 */

struct flight {
	struct buf lease; /* its key; a string */
	char self[LEASE_HOLDER]; /* this process */
	long pid; /* of who has the lease, or 0 */
};

/* Set up for a key.  Pair with flight_release. */
void flight_init(struct flight *f, const char *key);
void flight_release(struct flight *f);

/*
 * Within a transaction that watches the lease; v is what it read there.
 * Take the lease for length_ms, or see who has it.  Returns whether it is
 * ours.
 */
bool flight_take(struct store_txn *t, struct flight *f,
    const struct store_value *v, int64_t length_ms);

/* Does somebody have it, at the moment now? */
bool flight_is_held(const struct store_value *v, int64_t now);

/* Have it for length_ms from now on, if it is ours still.
 * Returns 0, or an EX_ status with the reason in store_why. */
int flight_renew(struct flight *f, struct store *s, int64_t length_ms);

/* Within a transaction, as flight_take: give it back, if it is ours still. */
void flight_drop(
    struct store_txn *t, const struct flight *f, const struct store_value *v);

/* How long to wait, in ms, before the look after one that waited last_ms; 0:
 * before the first one. */
int64_t flight_pause(int64_t last_ms);

#endif
