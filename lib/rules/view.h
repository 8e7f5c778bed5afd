#ifndef RULES_VIEW_H
#define RULES_VIEW_H

#include "core/buf.h"
#include "rules/rules.h"
#include "json/value.h"

/* view - records checked by rules. */

enum outcome { OUTCOME_SKIPPED, OUTCOME_PASSED, OUTCOME_FAILED };

/* What one thread needs, and what came out for the record at hand. */
struct rules_view {
	struct fields_view fields;
	struct jval root; /* of the record at hand */
	struct jval bare; /* the same without _cdo, for schemas */
	uint8_t *outcomes; /* enum outcome, one a check */
	/* How well it passed, one a check that did, in percent: from 1 to
	 * 99 only for ages between fresh and stale. */
	uint8_t *grades;
	size_t n_failed; /* checks, of any severity */
	size_t n_skipped; /* checks */
	enum severity worst; /* of those; only if n_failed > 0 */
	/* And in how many records so far was */
	uint64_t *skipped; /* a check skipped, */
	uint64_t *missing; /* a field absent or null? */
	size_t n; /* private: checks */
	struct rules_work *work; /* owned, private */
};

void rules_view_init(struct rules_view *v, const struct rules *rules);
void rules_view_release(struct rules_view *v);

/* Evaluate all checks on a record. */
void rules_check(
    const struct rules *rules, struct rules_view *v, struct jval root);

/* Is the record in the view to be rejected? */
static inline bool
rules_reject(const struct rules_view *v)
{
	return v->n_failed > 0 && v->worst >= SEVERITY_ERROR;
}

/* Could a rule not be judged, because it remembers all that it may? */
bool rules_is_full(const struct rules *rules, const struct rules_view *v);

/* How many errors there is room for, and how many found none. */
struct rules_room {
	uint64_t n, n_more;
};

/*
 * Append what a failed check has to say: {"rule":..,"path":..,"keyword":..,
 * "severity":..,"message":..,"schema":..,"value":..}.  The value is cut to 200
 * bytes of its JSON text.  A schema may have many errors: they are joined by
 * commas.  What there is no room for is only counted.
 */
void rules_write_errors(const struct rules *rules, const struct rules_view *v,
    size_t check, struct rules_room *room, struct buf *out);

#endif
