#ifndef RETRY_GATE_H
#define RETRY_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "state/breaker.h"
#include "state/holder.h"
#include "store/store.h"

/*
 * gate - the breaker and the budget of retries that a name stands for, asked
 * before and told after each attempt.
 *
 * A store that fails is one warning, and from then on the gate is open.
 */

struct gate {
	struct store *store;
	const char *name; /* NULL: always open */
	int64_t until; /* when refused: ask again then */
	/* private */
	struct buf breaker, budget; /* keys; strings */
	char self[HOLDER_SIZE];
	bool is_probe, is_broken;
};

enum gate_verdict {
	GATE_GO,
	GATE_CLOSED, /* the breaker is open */
	GATE_SPENT /* the budget does not pay for a retry */
};

/* name and s are lent. */
void gate_init(struct gate *g, struct store *s, const char *name);

/* May an attempt begin?  GATE_GO or GATE_CLOSED. */
enum gate_verdict gate_ask(struct gate *g);

/* Say that the attempt goes on; call it every GATE_RENEW_MS. */
#define GATE_RENEW_MS 15000
void gate_renew(struct gate *g);

/*
 * Tell how the attempt ended.  cost: of the retries of this call so far that
 * a success pays back, in tokens (state/budget).
 */
void gate_tell(struct gate *g, enum breaker_outcome outcome, int64_t cost);

/* An attempt failed: tell it, and take the cost of a retry, if the breaker
 * did not open. */
enum gate_verdict gate_fail(struct gate *g, int64_t cost);

void gate_release(struct gate *g);

#endif
