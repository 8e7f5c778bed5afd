#ifndef DETECT_JUDGE_PRIVATE_H
#define DETECT_JUDGE_PRIVATE_H

#include "detect/judge.h"

/* The record's key, in scratch; any will do if there is none. */
void judge_find_key(
    const struct judge *j, struct buf *scratch, struct jval root);

/* The numbers of the record, into row.x; NaN: missing. */
void judge_read_row(struct judge *j, struct jval root);

/* The row as methods of batch.h get it: row.x, or its features, of the window
 * that is at *series, made if it is NULL.  Lent. */
const double *judge_widen(struct judge *j, struct features **series);

/* Put the verdict on the row x of that fit into v, whose score is there: with
 * what is to be explained. */
void judge_explain(struct judge *j, const struct fitted *fit, const double *x,
    struct verdict *v);

/*
 * Add the row at row.x to the plot, if there is one.
 * key: of the record; ms: its time, or DETECT_NO_TIME.  parts: of the columns,
 * or NULL, each step-th of them.
 */
void judge_draw(struct judge *j, const struct buf *key, int64_t ms,
    const struct detect_part *parts, size_t step, const struct verdict *v);

/* Let f gather all records first, or judge them by models. */
void judge_start_batch(struct judge *j, struct filter *f);
void judge_start_models(struct judge *j, struct filter *f);

/* Set up for rows of judge_width, and for their names. */
void judge_name_features(struct judge *j);

/* Free what is theirs. */
void judge_release_batch(struct judge *j);

/* The columns of the methods of batch.h. */
size_t judge_width(const struct judge *j);

#endif
