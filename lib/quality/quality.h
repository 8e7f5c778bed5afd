#ifndef QUALITY_QUALITY_H
#define QUALITY_QUALITY_H

#include <stddef.h>
#include <stdint.h>

#include "rules/rules.h"

/*
 * quality - scores out of counts of checks: numbers in, numbers out.
 *
 * A check that was made counts by its severity: an error or a critical one
 * four times as much as a warning, an info not at all.  One that failed has
 * lost all of that; one that passed with a grade, as ages between fresh and
 * stale do, what the grade leaves.  In each dimension d,
 *
 *	s_d = 1 - sum(lost) / sum(weight of made)
 *
 * and the score is 100 sum(W_d s_d) / sum(W_d), over the dimensions in which
 * a check was made.  The formula is ours; ISO/IEC 25024 gives only the
 * ratios.  Scores are from 0 to 100, or NaN if nothing was assessed.  Nothing
 * is rounded here but by quality_round.
 */

#define QUALITY_CAP 49 /* the most after a critical failure */
#define QUALITY_WEIGHT_MAX 1e6
#define QUALITY_WHOLE 100 /* what one check of weight 1 can lose */

struct quality {
	/* Checks by the weight of their severity, in 1/QUALITY_WHOLE: whole
	 * numbers, exact up to 2^53, which cannot overflow beyond. */
	double made[DIMENSION_COUNT], lost[DIMENSION_COUNT];
};

/* W_d of every dimension; they need not add up to anything. */
extern const double quality_weights[DIMENSION_COUNT];

/*
 * Set weights by a list, "completeness=40,validity=60", or by the JSON file of
 * that name, {"completeness":40,"validity":60}; dimensions that it does not
 * name have their usual one.  Returns 0, or EX_USAGE, EX_NOINPUT, EX_IOERR or
 * EX_CONFIG after a diagnostic.
 */
int quality_read_weights(const char *text, double weights[DIMENSION_COUNT]);

/* How much a check of that severity counts: 0, 1, 4 or 4. */
unsigned quality_of_severity(enum severity s);

/* Count checks of one kind: how many were made, and what they lost, in
 * 1/QUALITY_WHOLE of a check. */
void quality_add(struct quality *q, enum severity s, enum dimension d,
    uint64_t made, uint64_t lost);

/* 100 s_d, or NaN if no check was made. */
double quality_dimension(const struct quality *q, enum dimension d);

/* The score, weights by dimension; or NaN. */
double quality_score(const struct quality *q, const double *weights);

/* The score of a record whose worst failure is that grave, if any failed. */
double quality_cap(double score, size_t n_failed, enum severity worst);

/*
 * By how much the score would rise if checks of that dimension and severity,
 * counted in q, had not lost what they lost, in 1/QUALITY_WHOLE.
 */
double quality_points(const struct quality *q, const double *weights,
    enum dimension d, enum severity s, uint64_t lost);

/* max(0, 100 - 20 errors - 5 warnings). */
double quality_penalty(uint64_t errors, uint64_t warnings);

/* x to that many decimals, halves away from 0; NaN stays. */
double quality_round(double x, int decimals);

#endif
