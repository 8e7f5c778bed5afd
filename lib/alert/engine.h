#ifndef ALERT_ENGINE_H
#define ALERT_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "alert/alerts.h"
#include "alert/notifier.h"
#include "core/buf.h"
#include "stream/filter.h"

/*
 * engine - records through the rules: which alerts fire, which are resolved.
 *
 * A rule that fails on a record (jq's error) says nothing about it: no alert
 * begins or ends.  The first failure of each rule is reported, and at the end
 * how many there were.
 * Memory: at most ENGINE_MAX alerts a rule that are pending or firing.
 */

#define ENGINE_MAX 1000

struct engine {
	struct alerts *alerts; /* lent */
	struct notifier *notifier; /* lent; is told of every change */
	bool strip; /* keep records without _cdo */
	bool is_partial; /* a rule failed, or had too many alerts */
	struct engine_rule *rules; /* owned, private */
	struct fields_view view; /* owned, private, as is scratch */
	struct buf scratch;
};

/* Set up what is private; the first two are set. */
void engine_init(struct engine *e);

/* Free what it owns.  Alerts that still fire are not resolved. */
void engine_release(struct engine *e);

/* Evaluate all rules; events are appended to out. */
void engine_record(struct engine *e, const struct record *r, struct buf *out);

/* Report the totals of what went wrong. */
void engine_end(struct engine *e);

#endif
