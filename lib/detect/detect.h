#ifndef DETECT_DETECT_H
#define DETECT_DETECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/pack.h"

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
#define DETECT_NO_TIME INT64_MIN
#define DETECT_TIME_MAX ((int64_t)1 << 52) /* ms, and rows */
#define DETECT_AUTO 0 /* a period that is found in the data */

enum detect_direction { DETECT_BOTH, DETECT_UP, DETECT_DOWN };

struct detect_options {
	size_t columns; /* of a row, 1 or more */
	size_t window; /* last rows to remember */
	double threshold;
	enum detect_direction direction; /* which side can be an anomaly */
	uint64_t seed; /* of methods that draw random numbers */
	bool has_time; /* rows have a time */
	int64_t period_ms; /* of seasons, or DETECT_AUTO */
	/* An anomaly is told only if it scores above all in the time before
	 * it, in rows; or, if is_rest_ms, in milliseconds.  0: each is told. */
	int64_t rest;
	bool is_rest_ms;
	/* low and high of parts are asked for; else they may stay NaN */
	bool has_ranges;
};

/* A row. */
struct detect_input {
	const double *x; /* as many as the model sees */
	int64_t ms; /* since 1970, or DETECT_NO_TIME */
	bool is_gap; /* rows are missing between the last one and this */
	double limit; /* surprise that would be an anomaly, for ranges */
};

/* What is said of one column: in the column's unit, but the score. */
struct detect_part {
	double score; /* its own, or its part in a joint one; NaN: none */
	double expected; /* the value that would score lowest; NaN: unknown */
	double low, high; /* values from low to high are no anomaly; or NaN */
};

/* How a method's scores are meant, and what it is to be told. */
enum {
	DETECT_JOINT = 1, /* a model sees all columns; else one a model */
	/* Its score is any number that is larger for odder rows, 0 or more:
	 * its surprise (surprise.h) is what counts. */
	DETECT_RAW = 2,
	DETECT_DISTANCE = 4, /* raw, and the distance from what it expects */
	/* It lives off the rows just before: it is given all, in turn. */
	DETECT_SERIES = 8,
	/* Its score is a surprise; it is measured by its earlier peaks, and
	 * an incident is told once, unless the options say otherwise. */
	DETECT_PEAKS = 16,
	DETECT_TIMED = 32, /* rows must have a time */
	DETECT_SEEDED = 64,
	DETECT_SEASONS = 128, /* it has a period, if rows have a time */
	DETECT_BLIND = 256 /* it expects no value, so it has no direction */
};

struct detect_method {
	const char *name;
	const char *about; /* what it is for, under 60 characters */
	double threshold; /* the default */
	size_t window; /* the default; 0: it takes none */
	unsigned traits; /* DETECT_... */
	/* Of a model at most, and of each value in the window besides; of
	 * joint ones for a column, where there are two or more. */
	size_t bytes, bytes_a_value;
	/* Make a model; options live longer.  Never NULL. */
	void *(*create)(const struct detect_options *o);
	/* Free a model; NULL is fine. */
	void (*destroy)(void *model);
	/* Score a row; parts: out, as many as it has columns; what is not set
	 * there stays NaN.  Returns the score, or NaN, parts untouched, while
	 * warming up.  Nothing is learned, but what update is to use for the
	 * same row may be kept. */
	double (*score)(void *model, const struct detect_input *in,
	    struct detect_part *parts);
	/* Teach the model the row.  is_odd, of DETECT_SERIES only: it is an
	 * anomaly; it moves on what is needed for the next row, and is counted
	 * as odd, but what is expected stays as it is. */
	void (*update)(void *model, const struct detect_input *in, bool is_odd);
	/* Save, load into a new model, or show.  After a load that p calls
	 * bad the model may only be destroyed. */
	void (*pack)(void *model, struct pack *p);
};

extern const struct detect_method detect_auto, detect_ewma, detect_seasonal,
    detect_context, detect_knn_cad, detect_matrix_profile,
    detect_spectral_residual, detect_half_space_trees, detect_rrcf,
    detect_z_score, detect_robust_z, detect_iqr;
extern const struct detect_method *const detect_methods[]; /* ends with NULL */

/* The method of that name, or NULL. */
const struct detect_method *detect_find(const char *name);

/* Rows that a model learns before it scores: DETECT_WARM_UP, or the window
 * if that is smaller. */
size_t detect_warm_up(const struct detect_options *o);

/* distance / unit as a score: DETECT_SCORE_MAX at most, also if unit is 0;
 * 0 if the distance, never negative, is too small to count. */
double detect_ratio(double distance, double unit);

/* The distance of a value that is by above what was expected; NaN if that is
 * on the side that was not asked for. */
double detect_distance(const struct detect_options *o, double by);

/* Room for one more value: the next capacity, window at most. */
size_t detect_grow(size_t cap, size_t window);

#endif
