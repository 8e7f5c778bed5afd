#ifndef STATE_BREAKER_H
#define STATE_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "state/lease.h"
#include "state/state.h"

/*
 * breaker - stop calling what is down, for all processes of the store.
 *
 * Closed, it lets calls through and counts how they end.  It opens after
 * max_failures in a row, or when rate_percent of the calls of the last
 * window, min_calls at least, have failed.  Open, it refuses for open_ms,
 * doubled with each opening up to open_max_ms, and a jitter of up to a tenth;
 * an hour of quiet takes one doubling back.  After that one caller at a time
 * is let through, the probe, which holds a lease: success closes it, failure
 * opens it again, and silence costs only the lease's time.
 *
 * If the clock was set back by so much that the opening lies further ahead
 * than any opening lasts, a probe may go at once.
 */

#define BREAKER_SLOTS 10 /* of the window */

struct breaker_rules {
	int64_t max_failures;
	int64_t rate_percent, min_calls, window_ms;
	int64_t open_ms, open_max_ms, quiet_ms;
};

extern const struct breaker_rules breaker_rules; /* 5; 50, 10, 10m; 30s, 15m,
						  * 1h */

enum breaker_hand { BREAKER_AUTO, BREAKER_FORCED_OPEN, BREAKER_DISABLED };

struct breaker {
	int64_t hand, hand_until; /* enum breaker_hand: what somebody set */
	int64_t is_open; /* 0 or 1; with until over: half-open */
	int64_t opened_at, until;
	int64_t openings; /* doublings to come, and one */
	int64_t quiet_since; /* where the next hour of quiet begins */
	int64_t failures; /* in a row */
	int64_t newest; /* number of the window's last slot */
	int64_t calls[BREAKER_SLOTS], failed[BREAKER_SLOTS]; /* newest first */
	char probe[LEASE_HOLDER]; /* who probes; or "" */
	int64_t probe_until;
};

extern const struct state_kind breaker_kind;

enum breaker_verdict { BREAKER_ALLOW, BREAKER_PROBE, BREAKER_REFUSE };

struct breaker_answer {
	enum breaker_verdict verdict;
	int64_t until; /* BREAKER_REFUSE: ask again then */
};

/* How a call ended.  BREAKER_NEITHER (a 429): it says nothing. */
enum breaker_outcome { BREAKER_SUCCESS, BREAKER_FAILURE, BREAKER_NEITHER };

/*
 * May holder call?  It has probe_ms to report if it becomes the probe.
 * is_dead: the process that breaker.probe names is known to have ended.
 */
struct breaker_answer breaker_ask(struct breaker *b,
    const struct breaker_rules *rules, const char *holder, int64_t probe_ms,
    bool is_dead, int64_t now);

/*
 * Tell how a call of holder's ended; random is evenly spread in [0,1).  When
 * it is open only the probe counts.  Returns whether this call opened it.
 */
bool breaker_tell(struct breaker *b, const struct breaker_rules *rules,
    const char *holder, enum breaker_outcome outcome, double random,
    int64_t now);

/* Set by hand, until then; or take that back, and forget all failures. */
void breaker_set(struct breaker *b, enum breaker_hand hand, int64_t until);
void breaker_reset(struct breaker *b);

/* "closed", "open", "half-open", "forced-open", "disabled".  Static. */
const char *breaker_name(
    const struct breaker *b, const struct breaker_rules *rules, int64_t now);

#endif
