#ifndef STATE_BREAKERS_H
#define STATE_BREAKERS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "state/breaker.h"
#include "store/store.h"

/*
 * breakers - all circuit breakers of a store: look at them, set them by hand.
 *
 * A name is what state_add_key made a key of: that of cdo-retry --breaker, or
 * the origin of what cdo-fetch calls.  With each goes the budget of retries
 * of the same name.
 *
 * What returns int returns 0, or an EX_ status with the reason appended to
 * why.
 */

struct breakers_entry {
	char *name; /* owned */
	bool is_sound; /* or all but the name is zeros: it cannot be read */
	struct breaker breaker;
	int64_t budget; /* tokens left, see budget */
	int64_t now; /* as of when */
};

struct breakers {
	struct breakers_entry *v;
	size_t n;
};

/* Read them, in the order of their keys; only the one called name unless that
 * is NULL.  *list is to be released in any case. */
int breakers_read(
    struct store *s, const char *name, struct breakers *list, struct buf *why);

void breakers_release(struct breakers *list);

/* Append one as a line of NDJSON; as a line for people. */
void breakers_write(struct buf *b, const struct breakers_entry *e);
void breakers_tell(struct buf *b, const struct breakers_entry *e);

/* Set one by hand for ms, whether there is one yet or not. */
int breakers_set(struct store *s, const char *name, enum breaker_hand hand,
    int64_t ms, struct buf *why);

/* Forget all that one knows, and fill its budget. */
int breakers_reset(struct store *s, const char *name, struct buf *why);

#endif
