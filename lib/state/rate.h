#ifndef STATE_RATE_H
#define STATE_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "state/state.h"

/*
 * rate - how often an origin may be called, by all processes together.
 *
 * A token bucket, kept as the moment at which it is full again: burst calls
 * may go at once, then one each interval.  A call is reserved, and told how
 * long to wait for its turn; nobody has to ask again.  not_before is what
 * the other side said (Retry-After): no call goes before it.
 *
 * If the clock was set back, all moments move with it.
 */

struct rate_rule {
	int64_t interval_us; /* between calls */
	int64_t burst; /* calls at once, at least 1 */
};

struct rate {
	int64_t full_us; /* when the bucket is full, microseconds since 1970 */
	int64_t not_before; /* ms */
	int64_t seen_at; /* the last time that was looked at the clock, ms */
};

extern const struct state_kind rate_kind;

/*
 * Read "5/s", "60/m", "1000/h", "100/d", and with a burst "60/m:10", which is
 * 1 otherwise.  Returns whether all of it is one.
 */
bool rate_parse(const char *text, struct rate_rule *rule);

/*
 * Reserve a call, if its turn comes within max_wait_ms.
 * Returns whether it is reserved; *wait_ms: how long to wait for the turn, or
 * how long it would have been.
 */
bool rate_take(struct rate *r, const struct rate_rule *rule,
    int64_t max_wait_ms, int64_t now, int64_t *wait_ms);

/* The other side wants no call before then; the latest such moment counts. */
void rate_hold(struct rate *r, int64_t not_before, int64_t now);

#endif
