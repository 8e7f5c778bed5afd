#ifndef ALERT_NOTIFICATION_H
#define ALERT_NOTIFICATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert/alerts.h"
#include "core/buf.h"

/*
 * notification - what a receiver is told at once: alerts of one group.
 *
 * It is made when it is sent, maybe hours after the alerts fired and from
 * what was kept of them, so nothing in it refers to the rules of the file.
 * All is lent to the channel for the call.
 */

#define NOTIFICATION_MAX 100 /* alerts in one */

struct notice_label {
	const char *name; /* ended by NUL */
	const char *value; /* ended by NUL, and may hold NUL */
	size_t len; /* bytes in value, at most ALERT_LABEL_MAX */
};

/* One alert as it is told. */
struct notice {
	const char *fingerprint; /* 64 hexadecimal digits */
	const char *rule;
	enum alert_severity severity; /* the highest so far */
	bool is_firing; /* else it is resolved */
	const struct notice_label *labels; /* without rule and severity */
	size_t n_labels;
	struct buf title, body; /* text; body is empty if there is none */
	struct buf record; /* JSON; empty: there is none, or it was too long */
	int64_t starts_at, ends_at; /* ms; ends_at is 0 while it fires */
	/* What there is to know besides: "no data", "timeout", "flapping",
	 * "acked by ann: on it", ... or "".  It may hold what people wrote. */
	const char *reason;
};

enum notification_cause {
	NOTIFICATION_NEW, /* alerts fire, or grew worse */
	NOTIFICATION_RESOLVED, /* some are, or all */
	NOTIFICATION_REPEAT, /* nothing has changed since the last one */
	NOTIFICATION_ACKED, /* somebody has taken alerts on */
	NOTIFICATION_DIGEST, /* of several groups, for there were too many */
	NOTIFICATION_UNDELIVERED, /* another receiver could not be told */
	NOTIFICATION_TEST /* somebody tries the receiver */
};

extern const char *const notification_causes[]; /* "new" ..., then NULL */

struct notification {
	const char *receiver; /* its name */
	const char *id; /* 64 hexadecimal digits, the same in every try */
	/* 64 hexadecimal digits: of the group, from its first alert until all
	 * are resolved; the next alert begins another thread. */
	const char *thread;
	bool is_first; /* of the thread */
	enum notification_cause cause;
	bool is_firing; /* any of the alerts */
	enum alert_severity severity; /* the highest of those that fire, or of
				       * all if none does */
	const char *group; /* its labels, as a JSON object */
	const struct notice *notices; /* those that fire come first */
	size_t n; /* from 1 to NOTIFICATION_MAX */
	uint64_t n_left_out; /* alerts of the group beyond them */
	int64_t created_at; /* ms; when there was something to tell */
	int64_t late_ms; /* how long ago that is, if it was tried before or is
			  * late for another reason; else 0 */
	const char *note; /* one line for people, or "" */
	struct buf json; /* all of it, as cdo-alerts.5 has it */
};

/*
 * Set what follows from the alerts: is_firing, severity; and json from all
 * the rest.
 */
void notification_finish(struct notification *n);

/* "firing" or "resolved". */
const char *notice_status(const struct notice *a);

#endif
