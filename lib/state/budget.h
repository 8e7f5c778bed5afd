#ifndef STATE_BUDGET_H
#define STATE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "state/state.h"

/*
 * budget - how many retries an origin gets, from all processes together.
 *
 * A bucket of 100 tokens, full at first.  A retry costs 5, one after a
 * timeout 10; a success at the first try gives 1, a success after a retry
 * gives back what that retry cost.  100 an hour come by themselves, so that a
 * long outage starves nobody for good.  What costs more than there is is not
 * to be done.
 */

#define BUDGET_FULL 100
#define BUDGET_RETRY 5
#define BUDGET_TIMEOUT 10
#define BUDGET_HOURLY 100

struct budget {
	int64_t spent; /* tokens that are missing */
	int64_t filled_at; /* when the last one came by itself */
};

extern const struct state_kind budget_kind;

/* Take the tokens for a retry.  Returns whether there were enough. */
bool budget_take(struct budget *b, int64_t cost, int64_t now);

/* A success: after a retry of that cost, or at the first try (0). */
void budget_give(struct budget *b, int64_t cost, int64_t now);

/* Tokens that there are. */
int64_t budget_left(const struct budget *b, int64_t now);

#endif
