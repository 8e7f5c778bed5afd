#ifndef RULES_VERDICT_H
#define RULES_VERDICT_H

#include <stdatomic.h>

#include "rules/marks.h"
#include "rules/stats.h"
#include "stream/filter.h"

/*
 * verdict - a filter that splits good records from bad, and what it says in
 * the end.
 */

struct verdict {
	const struct rules *rules; /* lent */
	bool annotates; /* pass all of them, with the findings */
	bool tells_status; /* exit 1 if one was rejected, or a gate fails */
	const char *rejects; /* file where those go, or NULL */
	const char *summary; /* file for one object with all counts, or NULL */
	const char *state; /* where rules keep what they remember, or NULL */
	uint64_t max_errors; /* of a record; the others are counted */

	/* private */
	struct marks marks;
	struct rules_stats total;
	int status; /* of the state */
	struct memory *memory;
	struct verdict_work *last; /* the worker's own, kept for the end */
	size_t n_marks; /* control lines that are not yet written */
	bool is_due; /* such a line was written */
	atomic_bool has_checkpoints;
};

/*
 * Run n files through the filter, whose options are set: jobs becomes 1 if the
 * rules need that.  Rejects and summary are created, or emptied, first.
 *
 * In the end tell by diag how many were rejected and why: as warnings on a
 * terminal, or if nobody keeps them, else for -v; which gates do not hold, and
 * which fields no record had.
 * Returns the exit status.
 */
int verdict_run(struct verdict *d, struct filter *f, int n, char *const *files);

/* Private: the telling; returns whether all is well.  And the summary, to fd,
 * which is closed. */
bool verdict_tell(const struct verdict *d, const struct filter *f);
void verdict_summarize(const struct verdict *d, const struct filter *f, int fd);

#endif
