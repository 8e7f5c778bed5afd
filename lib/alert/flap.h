#ifndef ALERT_FLAP_H
#define ALERT_FLAP_H

#include <stdbool.h>
#include <stdint.h>

#include "state/state.h"

/*
 * flap - does something change too often to be told each time?
 *
 * The moments of the latest changes are kept, FLAP_MAX at most.
 */

#define FLAP_MAX 50

struct flap_rule {
	int64_t changes; /* that many ... 0: never */
	int64_t within_ms; /* ... in that time are too many */
};

/* Remember a change; those that are too old are forgotten. */
void flap_note(
    struct state_list *changes, const struct flap_rule *rule, int64_t now);

/*
 * Is it flapping?  It begins with the last of too many changes, and ends when
 * there was no change for within_ms / 2.  The clock may go back: changes that
 * lie in the future count as now.
 */
bool flap_is(const struct state_list *changes, const struct flap_rule *rule,
    int64_t now);

/* Is there a change in it that still matters? */
bool flap_is_recent(const struct state_list *changes,
    const struct flap_rule *rule, int64_t now);

#endif
