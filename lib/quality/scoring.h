#ifndef QUALITY_SCORING_H
#define QUALITY_SCORING_H

#include <stdio.h>

#include "quality/groups.h"
#include "quality/profile.h"
#include "stream/filter.h"

/*
 * scoring - the filter of cdo-score: records in; records with their score out,
 * or summaries.
 *
 * The outcomes of the checks come from rules, evaluated here; or, without
 * rules, from what cdo-validate -a has left in the records.
 */

struct scoring {
	/* set these */
	const struct rules *rules; /* lent; NULL: take the annotations */
	double weights[DIMENSION_COUNT];
	bool has_weights; /* somebody has set them */
	bool is_summary; /* no records, but an object about all of them */
	bool is_merge; /* input are summaries; likewise */
	bool is_penalty;
	bool profiles, sketches; /* in the summary */
	bool tells_status; /* exit 1 where least is not reached */
	double least; /* of a record to pass; below 0: all pass */
	uint64_t window; /* records in a summary; 0: all */
	int64_t window_ms; /* or time in it; 0: all */
	struct jpath time; /* of the record, if has_time; else the clock */
	bool has_time;
	struct groups groups; /* labels, max */
	const char *report; /* file, or NULL */

	/* private */
	struct rosters rosters;
	struct roster *roster; /* of the rules */
	struct marks marks;
	struct profile profile;
	bool has_profile;
	struct scoring_window {
		uint64_t first, n; /* records */
		int64_t number; /* since 1970 */
		bool is_open;
	} at;
	struct buf summaries; /* written so far, for the report: the first */
	uint64_t n_summaries, n_more; /* there; and not */
	uint64_t n_below; /* records or summaries */
	uint64_t n_unsound; /* annotations or summaries */
	uint64_t n_assessed; /* records with an annotation, without rules */
	uint64_t n_timeless; /* records, for a window of time */
};

/* Run n files through the filter, whose jobs may become 1.  Returns the exit
 * status. */
int scoring_run(struct scoring *s, struct filter *f, int n, char *const *files);

void scoring_release(struct scoring *s);

/* Private: does the record belong to another window than those before?  Opens
 * the first one. */
bool scoring_is_next(struct scoring *s, struct jval root);

/* Private: write the summaries of all groups by w, and forget them. */
void scoring_close(struct scoring *s, struct worker *w);

/* Private: tell something that is wrong with a record, the first few in full;
 * the exit status is EX_DATAERR. */
void scoring_fault(struct scoring *s, struct worker *w, const struct record *r,
    const char *why);

#endif
