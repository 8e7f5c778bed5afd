#ifndef RULES_ORDERED_VALUE_H
#define RULES_ORDERED_VALUE_H

#include "rules/ordered.h"

/* The values that order and sequence compare, and the words for them. */

enum step { STEP_FORWARD, STEP_TOLERATED, STEP_BACK };

/* The number, or the moment that a date-time is.  Returns whether it is one,
 * or says what is wrong. */
bool ordered_read(struct jval v, struct seen_value *x, struct buf *words);

/* The same for an integer in the range of int64_t. */
bool ordered_read_integer(
    struct jval v, struct seen_value *x, struct buf *words);

/* Which way is it from the furthest one so far to x?  Says so if it is back. */
enum step ordered_step(const struct ordered_rule *r, const struct seen_value *x,
    const struct seen_value *furthest, struct buf *words);

/* Does x come one step after last?  Says so if not. */
bool ordered_follows(const struct ordered_rule *r, const struct seen_value *x,
    const struct seen_value *last, struct buf *words);

/* Say which key was there already. */
void ordered_say_seen(const struct ordered_rule *r, const struct rules_view *v,
    struct buf *words);

#endif
