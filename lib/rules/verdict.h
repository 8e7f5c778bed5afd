#ifndef RULES_VERDICT_H
#define RULES_VERDICT_H

#include <stdatomic.h>

#include "rules/stats.h"
#include "stream/filter.h"

/*
 * verdict - a filter that splits good records from bad: its callbacks, and
 * what it says in the end.
 */

struct verdict {
	const struct rules *rules; /* lent */
	bool annotates; /* pass all of them, with the findings */
	bool keeps; /* write rejects to the filter's side */
	uint64_t max_errors; /* of a record; the others are counted */

	struct rules_stats total; /* when the filter is finished */
	atomic_bool has_checkpoints; /* private */
};

/*
 * Set the filter's callbacks and arg; jobs becomes 1 if the rules need that.
 * d: set up but for total.  Pair with verdict_release.
 */
void verdict_attach(struct verdict *d, struct filter *f);
void verdict_release(struct verdict *d);

/*
 * When the filter is finished, tell by diag how many were rejected and why: as
 * warnings on a terminal, or if nobody keeps them, else for -v.  And which
 * gates do not hold, and which fields no record had.
 * Returns whether nothing was rejected or malformed, and all gates that are
 * errors hold.
 */
bool verdict_tell(const struct verdict *d, const struct filter *f);

#endif
