#ifndef QUALITY_REPORT_H
#define QUALITY_REPORT_H

#include "core/buf.h"
#include "quality/pool.h"

/*
 * report - scores as JSON: a record's entry in _cdo, a data set's summary.
 * Scores and points have two decimals at most, shares four.
 */

/* Append {"score":..,"dimensions":{..},"failed":[..]}; score is the record's,
 * q what it was made of. */
void report_record(struct buf *b, const struct outcomes *o,
    const struct quality *q, double score);

/* Append {"score":..,"errors":..,"warnings":..,"failed":[..]}.  Returns the
 * score, by quality_penalty. */
double report_penalty(struct buf *b, const struct outcomes *o);

/* Append a value as an example: of a string the first 100 bytes, of others, if
 * their JSON is longer than that, its start as a string; absent as nothing.
 * What was cut stays as it is when it is appended again. */
void report_value(struct buf *b, struct jval v);

/*
 * Append the summary of a data set, see cdo-score(1), without the brace at its
 * end.  label: members that stand first, as text with a comma behind each, or
 * "".  It can be read back: see summary_read.
 */
void report_summary(struct buf *b, const struct pool *t, const double *weights,
    const char *label);

#endif
