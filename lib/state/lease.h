#ifndef STATE_LEASE_H
#define STATE_LEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "state/state.h"

/*
 * lease - one holder at a time, until it says so or its time is over.
 *
 * A lease that has expired is free, so nobody has to clean up after a process
 * that was killed.  Each new holder has a higher fencing number: what it
 * writes can be told from that of a holder before, who may not know yet that
 * its time is over.  The numbers go up even if the entry was lost, since none
 * is below the time, in ms, at which it was given.
 *
 * A clock that was set back makes no lease longer: whoever looks at it cuts
 * it to its own length from then on.
 */

#define LEASE_HOLDER 128 /* room for a holder, and its NUL */

struct lease {
	char holder[LEASE_HOLDER]; /* "": nobody */
	int64_t expires;
	int64_t length_ms;
	int64_t fence;
};

extern const struct state_kind lease_kind;

/*
 * Take it, or if it is holder's already, renew it for length_ms.
 * is_dead: the process that lease.holder names is known to have ended.
 * Returns whether it is holder's; the number is in fence.  If not, it is free
 * at expires at the latest.
 */
bool lease_take(struct lease *l, const char *holder, int64_t length_ms,
    bool is_dead, int64_t now);

/* Renew it, only if it is holder's still: nobody has taken it since. */
bool lease_renew(
    struct lease *l, const char *holder, int64_t length_ms, int64_t now);

/* Give it back.  Returns whether it was holder's. */
bool lease_drop(struct lease *l, const char *holder);

#endif
