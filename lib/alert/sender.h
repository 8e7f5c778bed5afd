#ifndef ALERT_SENDER_H
#define ALERT_SENDER_H

#include <stdbool.h>
#include <stdint.h>

#include "alert/alerts.h"
#include "alert/channel.h"
#include "alert/outbox.h"

/*
 * sender - notifications made of entries, and sent: a thread a receiver, so
 * that none waits for another.
 *
 * Nor may one hold up the run for long: what goes to a receiver that only
 * failed for SENDER_PATIENCE_MS is put off; so is what would be begun so late
 * that the lease could be over before it is sent.
 */

#define SENDER_PATIENCE_MS INT64_C(10000)
#define SENDER_PUT_OFF_MS INT64_C(60000)
#define SENDER_LATEST_MS (OUTBOX_LEASE_MS - CHANNEL_TIMEOUT_MAX_MS)

/* One notification to be sent: of one entry, or a digest of several. */
struct job {
	const struct receiver *receiver; /* lent */
	struct letter *entries; /* owned; copies */
	size_t n;
	char id[SHA256_HEX];
	enum delivery outcome; /* out, as are these */
	struct attempt attempt; /* owned */
	size_t n_sent; /* alerts of the entry that this was about */
	bool is_skipped; /* out: an earlier part of the entry failed */
	int64_t put_off_ms; /* out: not tried, to be tried after that; or 0 */
	bool borrows; /* the alerts are those of an earlier job */
	struct job *next;
};

struct sender; /* private */

/* Start to send the jobs, a list, in its order for each receiver.  now: what
 * the clock showed when they were taken. */
struct sender *sender_start(struct job *jobs, int64_t now);

/* Free one job. */
void job_free(struct job *job);

/* Wait for a job that is over.  Returns it, lent; NULL: all were told. */
struct job *sender_wait(struct sender *s);

/* Free it with all its jobs; all must be over. */
void sender_free(struct sender *s);

/*
 * Make the notification of the alerts that are still to be sent, and give it
 * to call; for who does not want threads.
 */
void sender_render(const struct job *job, int64_t now,
    void (*call)(void *arg, const struct notification *n), void *arg);

#endif
