#ifndef DETECT_ELLIPSE_H
#define DETECT_ELLIPSE_H

#include "detect/batch.h"

/*
 * ellipse - models that know a centre and a metric: what mahalanobis,
 * elliptic_envelope and pca have in common.
 *
 * The score of a row is its squared distance from the centre; without a unit.
 * Of a column, what it would take off the score to have the value that the
 * others suggest.
 */

struct ellipse {
	size_t n; /* columns */
	double *centre; /* owned; n */
	double *inverse; /* owned; n * n: of the covariance, symmetric */
};

/* All 0. */
struct ellipse *ellipse_new(size_t columns);

/* Score all rows of m, in up to jobs threads. */
void ellipse_score_all(const struct ellipse *e, const struct matrix *m,
    unsigned jobs, double *scores);

/*
 * The threshold of such methods: the 0.999 quantile of chi-squared with a
 * degree of freedom for each column, which one in a thousand rows of normal
 * data passes.
 */
double ellipse_threshold(size_t columns);

/* The rest of struct batch_method. */
double ellipse_score(const void *model, const double *x);
void ellipse_explain(const void *model, const double *x, double threshold,
    struct detect_part *parts);
void ellipse_save(const void *model, struct buf *b);
void *ellipse_load(struct jval v, size_t columns);
void ellipse_destroy(void *model);

#define ELLIPSE_METHOD \
	.threshold_for = ellipse_threshold, .score = ellipse_score, \
	.explain = ellipse_explain, .save = ellipse_save, \
	.load = ellipse_load, .destroy = ellipse_destroy

#endif
