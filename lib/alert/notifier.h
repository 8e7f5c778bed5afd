#ifndef ALERT_NOTIFIER_H
#define ALERT_NOTIFIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert/alert.h"
#include "alert/channel.h"
#include "core/buf.h"
#include "core/map.h"

/*
 * notifier - alerts wait here, grouped by receiver, until they are sent.
 *
 * An alert that changes while it waits is sent once, as it is then.
 */

#define NOTIFIER_MAX 1000 /* alerts that wait, before is_full */

struct notifier {
	const struct alerts *alerts; /* lent */
	struct map groups; /* private: struct group, by receiver and labels */
	size_t n_waiting; /* private */
	uint64_t n_sent; /* private: notifications so far */
	struct channel_link link; /* private */
	int status; /* EX_TEMPFAIL or EX_UNAVAILABLE once one failed, or 0:
		     * the first */
};

/* {.alerts = ..} is an empty one.  Free what it owns. */
void notifier_release(struct notifier *n);

/* Have the alert told, as the routes say; it is kept until then. */
void notifier_add(struct notifier *n, struct alert *a);

/* Time to send, because of the memory? */
bool notifier_is_full(const struct notifier *n);

/*
 * Send all that waits, in the order in which it came.  What became of each
 * alert is appended to out, an event "notified" or "failed" a line; failures
 * are reported as well.
 */
void notifier_send(struct notifier *n, struct buf *out);

#endif
