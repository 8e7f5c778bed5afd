#ifndef DETECT_DETECT_H
#define DETECT_DETECT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * detect - anomaly detection on rows of numbers: one file an algorithm, all
 * of them behind struct detect_method.
 *
 * A row is an array of doubles, a column a field of the records; what the
 * numbers mean, and where they come from, is not known here.  A method makes
 * models.  A model looks at one column, or at all of them if the method is
 * joint; it scores a row by the rows that it was taught before, and is taught
 * it or not, as struct detector (detector.h) decides.
 *
 * A higher score is more anomalous, always; a row is an anomaly if its score
 * is above the threshold.  Scores are from 0 to DETECT_SCORE_MAX, or NaN if
 * too little was learned yet.  Numbers given to models are finite and within
 * DETECT_VALUE_MAX, so squares and their sums do not overflow; differences
 * below 1 / DETECT_VALUE_MAX are taken for none, as their squares would be.
 */

#define DETECT_SCORE_MAX 1e6
#define DETECT_VALUE_MAX 1e150
#define DETECT_WARM_UP 20 /* rows; see detect_warm_up */
#define DETECT_WINDOW_MIN 4
#define DETECT_WINDOW_MAX 1000000

struct detect_options {
	size_t columns; /* of a row, 1 or more */
	size_t window; /* last rows to remember */
	double threshold;
};

/* What is said of one column: in the column's unit, but the score. */
struct detect_part {
	double score; /* its own; NaN: none */
	double expected; /* the value that would score lowest */
	double low, high; /* values from low to high are no anomaly */
};

struct detect_method {
	const char *name;
	const char *about; /* what it is for, under 60 characters */
	double threshold; /* the default */
	size_t window; /* the default */
	bool is_joint; /* a model sees all columns; else one a model */
	/* Make a model; options live longer.  Never NULL. */
	void *(*create)(const struct detect_options *o);
	/* Free a model; NULL is fine. */
	void (*destroy)(void *model);
	/* Score x, a row as wide as the model is; parts: out, as many.
	 * Returns the score, or NaN, parts untouched, while warming up. */
	double (*score)(
	    const void *model, const double *x, struct detect_part *parts);
	/* Teach the model the row x. */
	void (*update)(void *model, const double *x);
};

extern const struct detect_method detect_z_score, detect_iqr;
extern const struct detect_method *const detect_methods[]; /* ends with NULL */

/* The method of that name, or NULL. */
const struct detect_method *detect_find(const char *name);

/* Rows that a model learns before it scores: DETECT_WARM_UP, or the window
 * if that is smaller. */
size_t detect_warm_up(const struct detect_options *o);

/* distance / unit as a score: DETECT_SCORE_MAX at most, also if unit is 0;
 * 0 if the distance, never negative, is too small to count. */
double detect_ratio(double distance, double unit);

/* Room for one more value: the next capacity, window at most. */
size_t detect_grow(size_t cap, size_t window);

#endif
