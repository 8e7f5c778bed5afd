#ifndef ALERT_RECIPIENTS_H
#define ALERT_RECIPIENTS_H

#include "alert/channel.h"

/*
 * recipients - for channels that tell several people, one outcome each: who
 * has been told, or never will be, so that the next try is for the others.
 */

#define RECIPIENTS_MAX 50 /* so that attempt.done holds them */

struct recipients {
	json_t *done; /* private: those who are done with, hashed */
	struct attempt *attempt; /* lent */
	size_t n_delivered, n_temporary, n_permanent; /* in this try */
};

/* Begin a try: read what the last one left. */
void recipients_begin(struct recipients *r, struct attempt *t);

/* Is this one done with? */
bool recipients_has(const struct recipients *r, const char *name);

/* Note how it went with this one; why is told unless it is DELIVERED. */
void recipients_note(struct recipients *r, const char *name,
    enum delivery outcome, const char *why);

/*
 * End the try: keep who is done with.  Temporary if it is so for anybody,
 * else delivered if nobody refused.
 */
enum delivery recipients_end(struct recipients *r);

/* Read "to", an array of strings or one, at most RECIPIENTS_MAX; each must be
 * good, or that is a fault: "must be ".  Returns whether they are. */
bool recipients_check(struct alerts *a, const struct doc_place *at,
    const json_t *to, bool (*is_good)(const char *s), const char *what);

/* Name number i of "to", or NULL behind the last one.  Lent. */
const char *recipients_get(const json_t *to, size_t i);

#endif
