#ifndef ALERT_SETTLE_H
#define ALERT_SETTLE_H

#include <stdint.h>

#include "alert/alerts.h"
#include "alert/book.h"

/*
 * settle - what follows from the book and the clock: timers that are over,
 * silences, inhibitions, groups, and what goes into the outbox.
 *
 * Pure but for the book; the same book at the same time settles the same.
 */

/* One group, and the alerts that go there now. */
struct settle_group {
	char key[SHA256_HEX];
	const struct alert_route *route; /* lent */
	struct instance **alerts; /* owned array; lent */
	bool is_mute; /* by hours of its route */
	size_t n, cap;
	enum decision decision; /* out */
	int64_t due; /* out */
};

struct settling {
	struct book *book;
	const struct alerts *alerts;
	int64_t now;
	int64_t slack_ms; /* out */
	struct map groups; /* owned; struct settle_group by key */
};

/*
 * Settle.  Events are added to the book's.  What is left in s can be asked
 * for reasons, and is to be released.
 */
void settle(struct settling *s);
void settle_release(struct settling *s);

/* Set the flags of silences and inhibitions; tell of new silences. */
void settle_mute(struct book *b, const struct alerts *a, int64_t now);

/* The silence that is on for the alert, or NULL. */
const struct silence *settle_silence(
    const struct book *b, const struct instance *i, int64_t now);

/* The alert that inhibits it, or NULL. */
const struct instance *settle_inhibitor(
    const struct book *b, const struct alerts *a, const struct instance *i);

/* Let the book's jobs be late or down, and make alerts of that. */
void settle_beats(struct book *b, int64_t now);

#endif
