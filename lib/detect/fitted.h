#ifndef DETECT_FITTED_H
#define DETECT_FITTED_H

#include <stdbool.h>
#include <stddef.h>

#include "detect/batch.h"

/*
 * fitted - a method of batch.h that learned its model from some rows, and all
 * that it takes to score others like them: how columns are scaled, the
 * threshold, and the values that are usual in each column.
 */

struct fitted {
	const struct batch_method *method;
	size_t columns;
	size_t rows; /* it learned from */
	double threshold; /* scores above it are anomalies; may be set */
	void *model; /* owned */
	double *means, *units; /* owned; of the columns; NULL: not scaled */
	double *grid; /* owned, private: values of the columns, as the model
		       * sees them; NULL: none yet */
};

/*
 * Learn from all rows of m, and score them.
 * x: those rows, scaled in place if is_scaled says so: columns are centred
 * and divided by their standard deviation (divisor n), those without spread
 * become 0.  scores: out, m->rows.
 */
void fitted_fit(struct fitted *f, const struct batch_method *method,
    const struct matrix *m, double *x, bool is_scaled,
    const struct batch_options *o, double *scores);

/* Remember what values the columns have, for fitted_explain: m as it was
 * left by fitted_fit. */
void fitted_remember(struct fitted *f, const struct matrix *m);

/* Score a row that it did not learn from.  room: columns numbers. */
double fitted_score(const struct fitted *f, const double *x, double *room);

/*
 * Say of each column how much of the score of x it accounts for, the value
 * that was expected, and the range in which there would be no anomaly: open
 * ends are infinite; NaN, if whatever stood in this column it were one.
 * Where the method does not know, values that are usual in the column are put
 * in the place of its own, some hundred times.
 * parts: out, columns.
 */
void fitted_explain(
    const struct fitted *f, const double *x, struct detect_part *parts);

/* Append it as a JSON object; the method is not in. */
void fitted_save(const struct fitted *f, struct buf *b);

/* Read that.  Returns whether it is one; f is to be released in any case. */
bool fitted_load(struct fitted *f, const struct batch_method *method,
    size_t columns, struct jval v);

/* Safe to call twice. */
void fitted_release(struct fitted *f);

#endif
