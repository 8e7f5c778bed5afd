#ifndef ALERT_HEARTBEAT_H
#define ALERT_HEARTBEAT_H

#include <stdbool.h>
#include <stdint.h>

#include "alert/instance.h"
#include "state/state.h"

/*
 * heartbeat - a job that has to report: who does not is down.
 *
 *	new -> up -> late -> down, and paused
 *
 * It is late once a report is missing, and down when the grace is over too;
 * a report of failure makes it down at once.  One that started has to end
 * within the grace.
 */

#define HEARTBEAT_LOG ((size_t)10240) /* bytes of output that are kept */
#define HEARTBEATS_MAX 1000
#define HEARTBEAT_RUN 64 /* room for the id of a run, and its NUL */

enum heartbeat_state {
	HEARTBEAT_NEW, /* it has not reported yet, and may still */
	HEARTBEAT_UP,
	HEARTBEAT_LATE,
	HEARTBEAT_DOWN,
	HEARTBEAT_PAUSED
};

extern const char *const heartbeat_states[]; /* "new" ..., then NULL */

struct heartbeat {
	char name[ALERT_NAME_MAX];
	int64_t severity;
	int64_t every_ms, grace_ms;
	int64_t state;
	int64_t made_at, changed_at;
	int64_t pinged_at; /* the last report that it is well; 0: none */
	int64_t started_at; /* of a run that has not ended; 0: none */
	char run[HEARTBEAT_RUN]; /* its id, or "" */
	int64_t took_ms; /* the last run; -1: nobody knows */
	int64_t exit; /* status of the last run; -1: none */
	struct buf log; /* a JSON string: the end of its output */
};

extern const struct state_kind heartbeat_kind;

enum ping { PING_OK, PING_START, PING_FAIL, PING_LOG };

struct ping_report {
	enum ping kind;
	const char *run; /* id, or "" */
	int64_t exit; /* or -1 */
	const char *log; /* output, log_len bytes; or NULL */
	size_t log_len;
};

/* Somebody expects it, from now on, or otherwise than before. */
void heartbeat_expect(struct heartbeat *h, int64_t every_ms, int64_t grace_ms,
    int64_t severity, int64_t now);

/* It reports.  Returns whether its state changed. */
bool heartbeat_ping(
    struct heartbeat *h, const struct ping_report *p, int64_t now);

/* Time has passed.  Returns whether its state changed. */
bool heartbeat_tick(struct heartbeat *h, int64_t now);

/* When it has to have reported next; STORE_NEVER if it is paused or down. */
int64_t heartbeat_due(const struct heartbeat *h);

#endif
