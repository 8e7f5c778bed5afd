#ifndef HTTP_ORIGIN_PRIVATE_H
#define HTTP_ORIGIN_PRIVATE_H

#include <pthread.h>

#include "core/map.h"
#include "http/origin.h"
#include "state/budget.h"
#include "state/holder.h"

/* Private to origin: what it is, and how it is kept in the store. */

struct machines {
	struct breaker breaker;
	struct budget budget;
	struct rate rate;
};

#define N_MACHINES 3

struct origins {
	struct store *store; /* NULL: alone */
	pthread_mutex_t lock; /* for all that follows, and the store */
	bool is_alone;
	struct map by_name; /* to struct origin, owned */
	char self[HOLDER_SIZE];
};

struct origin {
	struct origins *all;
	char *keys[N_MACHINES]; /* owned */
	struct origin_rules rules;
	struct machines now; /* as last seen, and changed */
	bool is_known; /* it was read once */
	int64_t seen_at; /* monotonic */

	/* What was not told yet. */
	int64_t n_good; /* successes */
	int64_t given; /* tokens of the budget that they give */

	bool is_probing; /* a call of this process is the breaker's probe */
	pthread_t prober; /* in that thread */

	/* Turns that are reserved, ms since 1970. */
	int64_t *turns; /* owned */
	size_t n_turns, next_turn;
	int64_t full_us; /* what the reservation left in the bucket */
};

/* Which machines a step has changed. */
enum { ORIGIN_BREAKER = 1, ORIGIN_BUDGET = 2, ORIGIN_RATE = 4 };

/* Change the machines.  Returns which are to be kept.  It may be called
 * several times, each time on what is kept. */
typedef unsigned origin_step(struct machines *m, int64_t now, void *arg);

/*
 * Read what is kept, tell what was not told, run the step (NULL: none), keep
 * what changed: in one transaction, or alone.  Under the lock.
 */
void origin_run(struct origin *o, origin_step *step, void *arg);

/* Only read: returns 0 with *m filled, or an EX_ status with the reason
 * appended to why.  Under the lock. */
int origin_read(
    struct origin *o, struct machines *m, int64_t *now, struct buf *why);

#endif
