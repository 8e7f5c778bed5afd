#ifndef DETECT_ANNOTATE_H
#define DETECT_ANNOTATE_H

#include <stdbool.h>

#include "core/buf.h"
#include "detect/detector.h"

/*
 * annotate - a verdict as JSON: {"method":"z_score","score":4.2,
 * "threshold":3,"anomaly":true,"expected":20.5,"warming_up":true,
 * "missing":[".t"],"why":[{"field":".t","share":1,"expected":20.5,
 * "low":18,"high":23}]}; the last four, "late":true and "resting":true only
 * where they apply.
 */

struct detect_row {
	const char *method;
	double threshold; /* NaN: none, a share of the rows was asked for */
	size_t columns;
	/* columns of each: */
	const char *const *names;
	double *x; /* NaN: missing */
	/* What there is to say, of columns or what was made of them: */
	struct detect_part *parts; /* n_parts; NULL: nothing */
	const char *const *part_names;
	size_t n_parts;
	const char *no_time; /* the field that should have its time; or NULL */

	/* private, owned: text that is mostly that of the row before, */
	struct buf head; /* with the method, */
	struct buf limit; /* with the threshold, */
	double limit_of; /* of this one */
};

/* Append what v says of the row; explain: with why, largest share first.  All
 * rows that row is used for have one method. */
void detect_annotate(struct buf *b, struct detect_row *row,
    const struct verdict *v, bool explain);

/* Free what is owned.  Safe to call twice. */
void detect_row_release(struct detect_row *row);

#endif
