#ifndef QUALITY_ANNOTATED_H
#define QUALITY_ANNOTATED_H

#include "quality/pool.h"
#include "json/value.h"

/*
 * annotated - what cdo-validate -a has left in _cdo.validate: the outcome of
 * each check (see rules/marks), and the words of those that failed, from which
 * the names of the checks are learned.
 */

/* Room for the record at hand.  {0} is empty. */
struct annotated {
	struct outcomes outcomes; /* the result; lent from here */
	struct jval
	    *values; /* owned; at which it failed, one a check, or absent */

	/* private */
	struct buf marks, results, grades;
	size_t n_values;
};

/*
 * Read the record's annotation; without one, outcomes are none.
 * Returns false if there is one that makes no sense, or comes from too many
 * sets of checks.
 */
bool annotated_read(
    struct annotated *a, struct rosters *rosters, struct jval root);

void annotated_release(struct annotated *a);

#endif
