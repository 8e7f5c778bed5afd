#ifndef QUALITY_QUALITY_H
#define QUALITY_QUALITY_H

#include <stdint.h>

#include "rules/view.h"

/*
 * quality - scores out of counts of checks: numbers in, numbers out.
 *
 * A check that was made counts by its severity: an error or a critical one
 * four times as much as a warning, an info not at all.  In each dimension d,
 *
 *	s_d = 1 - sum(weight of failed) / sum(weight of made)
 *
 * and the score is 100 sum(W_d s_d) / sum(W_d), over the dimensions in which
 * a check was made.  The formula is ours; ISO/IEC 25024 gives only the
 * ratios.  Scores are from 0 to 100, or NaN if nothing was assessed.  Nothing
 * is rounded here but by quality_round.
 */

#define QUALITY_CAP 49.0 /* a record with a critical failure gets no more */

struct quality {
	/* Checks, by the weight of their severity. */
	uint64_t made[DIMENSION_COUNT], failed[DIMENSION_COUNT];
};

/* W_d of every dimension; they need not add up to anything. */
extern const double quality_weights[DIMENSION_COUNT];

/* How much a check of that severity counts: 0, 1, 4 or 4. */
unsigned quality_of_severity(enum severity s);

/* Count checks of one kind. */
void quality_add(struct quality *q, const struct check *check, uint64_t made,
    uint64_t failed);

/* What came out of the n checks of one record; outcomes: n of enum outcome. */
struct quality quality_of_record(
    const struct check *checks, size_t n, const uint8_t *outcomes);

/* 100 s_d, or NaN if no check was made. */
double quality_dimension(const struct quality *q, enum dimension d);

/* The score, weights by dimension; or NaN. */
double quality_score(const struct quality *q, const double *weights);

/* The score of a record whose worst failure is that grave, if any failed. */
double quality_cap(double score, size_t n_failed, enum severity worst);

/*
 * By how much the score would rise if failed checks, counted in q, of that
 * dimension and severity had passed.
 */
double quality_points(const struct quality *q, const double *weights,
    enum dimension d, enum severity s, uint64_t failed);

/* max(0, 100 - 20 errors - 5 warnings). */
double quality_penalty(uint64_t errors, uint64_t warnings);

/* x to that many decimals, halves away from 0; NaN stays. */
double quality_round(double x, int decimals);

#endif
