#ifndef DETECT_BANDS_H
#define DETECT_BANDS_H

#include "detect/batch.h"

/*
 * bands - models that know a band of usual values for each column: what
 * z_score, robust_z and iqr have in common.
 *
 * The score of a row is the largest distance of its values outside their
 * bands, each in a unit of its column; columns whose unit is 0 are left out.
 */

struct band {
	double expected; /* these in the unit of the column */
	double low, high; /* no distance between them */
	double unit; /* not negative */
};

struct bands {
	size_t n; /* columns */
	struct band *of; /* owned */
};

/* All 0. */
struct bands *bands_new(size_t columns);

/* Score all rows of m. */
void bands_score_all(
    const struct bands *b, const struct matrix *m, double *scores);

/*
 * Fit: have find say what is usual in each column, and score the rows.
 * find: x, the n values of a column, may be changed.
 */
void *bands_fit(const struct matrix *m, double *scores,
    struct band (*find)(double *x, size_t n));

/* The rest of struct batch_method. */
double bands_score(const void *model, const double *x);
void bands_explain(const void *model, const double *x, double threshold,
    struct detect_part *parts);
void bands_save(const void *model, struct buf *b);
void *bands_load(struct jval v, size_t columns);
void bands_destroy(void *model);

#define BANDS_METHOD \
	.score = bands_score, .explain = bands_explain, .save = bands_save, \
	.load = bands_load, .destroy = bands_destroy

#endif
