#ifndef METRICS_SUMMARY_H
#define METRICS_SUMMARY_H

#include "core/map.h"
#include "metrics/series.h"
#include "stream/filter.h"
#include "json/fields.h"
#include "json/grouping.h"

/*
 * summary - a filter: records in, in the end an object for each field of each
 * group of them, with what its numbers are.
 *
 * Groups come in the order in which they were met.  Beyond max_groups the
 * records of further ones are counted together, as the group null.  Memory: a
 * series for each field of each group.
 */

struct summary {
	/* set these */
	struct grouping fields; /* whose numbers */
	struct grouping by; /* groups; none: all records are one */
	size_t max_groups;
	struct jpath time; /* of a record, if has_time: for the rate */
	bool has_time;
	bool is_log; /* only events of runs (obs/run) count */

	/* private */
	struct map groups; /* of owned struct summary_group, by key */
	struct summary_group *others, *last;
	struct buf key, last_key;
	bool is_full;
	struct fields all;
	struct fields_view view;
	size_t *slots; /* of the fields, then of the groups, then of the time */
};

/* Run n files through it.  Returns the exit status. */
int summary_run(struct summary *s, struct filter *f, int n, char *const *files);

void summary_release(struct summary *s);

#endif
