#ifndef QUALITY_REPORT_H
#define QUALITY_REPORT_H

#include "core/buf.h"
#include "quality/evidence.h"
#include "quality/pool.h"

/*
 * report - scores as JSON: a record's entry in _cdo, a data set's summary.
 * Scores and points have two decimals at most, shares four.
 */

/* Append {"score":..,"dimensions":{..},"failed":[..]}; score is the record's,
 * q what it was made of. */
void report_record(struct buf *b, const struct rules *rules,
    const struct rules_view *v, const struct quality *q, double score);

/* Append {"score":..,"errors":..,"warnings":..,"failed":[..]}.  Returns the
 * score, by quality_penalty. */
double report_penalty(
    struct buf *b, const struct rules *rules, const struct rules_view *v);

/* Append a value as an example: beyond 100 bytes of JSON, the start of that
 * as a string; absent as nothing. */
void report_value(struct buf *b, struct jval v);

struct report {
	const struct pool *pool;
	const double *weights; /* by dimension */
	/* Kinds are the numbers of the checks, and one more for malformed
	 * lines; texts are of report_value. */
	const struct evidence *evidence;
	const char *const *files; /* names, by the numbers in evidence */
};

/* Append the summary of a data set, see cdo-score(1). */
void report_summary(struct buf *b, const struct report *r);

#endif
