#ifndef ALERT_BATCH_H
#define ALERT_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "alert/alerts.h"
#include "alert/book.h"
#include "core/map.h"

/*
 * batch - what a stretch of records says about alerts, until it is committed.
 *
 * It can be applied to a book again if somebody else was faster, so nothing
 * is decided here.  Records of the same labels in a row with the same outcome
 * are one observation.
 */

#define BATCH_MAX 4096 /* observations, before is_full */

/* One set of labels of a rule. */
struct subject {
	char fingerprint[SHA256_HEX];
	struct buf labels; /* JSON; owned */
	struct observation *v; /* owned */
	size_t n, cap;
	int64_t need; /* records that make it fire, as far as was known */
};

struct batch_rule {
	const struct alert_rule *rule; /* lent */
	struct map subjects; /* by identity, in JSON */
	size_t n_new; /* subjects that the book did not know */
	uint64_t n_left_out; /* records that had no room */
};

struct batch {
	struct batch_rule *rules; /* owned */
	size_t n_rules;
	size_t n; /* observations */
	bool has_news; /* something in it should be told soon */
};

void batch_init(struct batch *b, const struct alerts *a);

/* Forget what was said. */
void batch_clear(struct batch *b);

void batch_release(struct batch *b);

/*
 * Apply it all; events go to book->events.  The alert that stands for those
 * without room fires or not as well.
 */
void batch_apply(const struct batch *b, struct book *book, int64_t now);

/* What the file says of the alert's time; of our own alerts, or those whose
 * rule is gone, what is usual. */
const struct instance_rule *batch_life(
    const struct alerts *a, const struct instance *i);

#endif
