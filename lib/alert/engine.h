#ifndef ALERT_ENGINE_H
#define ALERT_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "alert/alerts.h"
#include "alert/batch.h"
#include "alert/book.h"
#include "core/buf.h"
#include "stream/filter.h"

/*
 * engine - records through the rules, into a batch.
 *
 * It decides nothing, but looks into the book to see which records matter: a
 * record for which a rule does not hold does so only where there is an alert,
 * or where the rule has to know that data comes.
 * A rule that fails on a record (jq's error) says nothing about it, unless
 * on_error says otherwise.  The first failure of each rule is reported, and
 * at the end how many there were.
 * Memory: at most as many alerts as the rules' max, some 20 KiB each, and a
 * name of 100 bytes for each other set of labels until the batch is cleared.
 */

struct engine {
	struct alerts *alerts; /* lent */
	const struct book *book; /* lent; as of the last transaction */
	struct batch batch;
	bool strip; /* keep records without _cdo */
	bool is_partial; /* a rule failed, or had too many alerts */
	struct engine_rule *rules; /* owned, private */
	struct fields_view view; /* owned, private, as is scratch */
	struct buf scratch;
	uint64_t n_records; /* private */
};

/* Set up what is private; the first two are set. */
void engine_init(struct engine *e);

/* Free what it owns. */
void engine_release(struct engine *e);

/* The batch has been committed, and the book is new. */
void engine_renew(struct engine *e);

/* Evaluate all rules. */
void engine_record(struct engine *e, const struct record *r);

/* Time to commit, because of the memory? */
bool engine_is_full(const struct engine *e);

/* Report the totals of what went wrong. */
void engine_end(struct engine *e);

#endif
