#ifndef ALERT_GROUP_H
#define ALERT_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "alert/instance.h"
#include "state/state.h"

/*
 * group - what a receiver was told last of the alerts that go to it together,
 * and whether there is something to tell now.
 */

#define GROUP_TOLD_MAX ((size_t)100000)
#define GROUP_MAYBE INT64_C(-1)

struct group {
	char receiver[ALERT_NAME_MAX];
	struct buf labels; /* JSON: those of group_by */
	/* What it knows to fire: pairs of instance_hash and severity, which is
	 * GROUP_MAYBE if nobody knows whether it does. */
	struct state_list told;
	int64_t told_at; /* the last notification that it took; 0: none */
	int64_t made_at; /* the last notification that was made */
	int64_t thread_at; /* when the thread began; 0: there is none */
	int64_t generation; /* notifications made */
};

extern const struct state_kind group_kind;

/* The timers of a route. */
struct group_timers {
	int64_t wait_ms, interval_ms, repeat_ms;
};

/* An alert of the group, as far as it matters here. */
struct group_member {
	int64_t hash, severity;
	int64_t starts_at;
	bool is_firing;
	bool is_acked;
	bool is_news; /* of the ack nobody has heard */
};

/* What waits to be sent to the receiver already, if anything does. */
struct group_pending {
	bool is_there;
	const int64_t *told; /* as in group, once it is sent */
	size_t n_told;
	const int64_t *ended; /* hashes of the resolved ones in it */
	size_t n_ended;
};

enum decision {
	GROUP_NOTHING,
	GROUP_WAIT, /* there will be something at due */
	GROUP_FIRST,
	GROUP_NEW,
	GROUP_WORSE,
	GROUP_RESOLVED, /* all of it */
	GROUP_SOME_RESOLVED,
	GROUP_ACKED,
	GROUP_REPEAT
};

extern const char *const group_decisions[]; /* in words, then NULL */

/*
 * Decide, in the order of enum decision.  slack_ms: timers that would be over
 * within it are.
 * due: out, when to ask again; STORE_NEVER if only something new changes it.
 */
enum decision group_decide(const struct group *g,
    const struct group_timers *timers, const struct group_pending *pending,
    const struct group_member *members, size_t n, int64_t slack_ms, int64_t now,
    int64_t *due);

/* Does it know that the alert fires? */
bool group_knows(const struct group *g, int64_t hash);

/*
 * The receiver took it: told are n pairs of alerts that fire, ended the hashes
 * of those that do not.  What it knew of others, which were kept from being
 * told, it still knows.
 */
void group_told(struct group *g, const int64_t *told, size_t n_pairs,
    const int64_t *ended, size_t n_ended, int64_t now);

/* It may know that the alert fires: that is told again if it still does, and
 * so is its end. */
void group_may_know(struct group *g, int64_t hash);

/* The clock may have gone back: no timer runs from what is still to come. */
void group_come_back(struct group *g, int64_t now);

/* Forget all that it knows, but of the n alerts with these hashes. */
void group_keep(struct group *g, const int64_t *hashes, size_t n);

#endif
