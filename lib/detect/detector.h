#ifndef DETECT_DETECTOR_H
#define DETECT_DETECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detect/detect.h"

/*
 * detector - a stream of rows: scored first, learned after.
 *
 * Anomalies do not teach the models, or a burst of them would pass for normal
 * soon; with two exceptions.  When DETECT_PERSIST rows in a row are anomalies,
 * from that one on they are learned: the world has changed.  And a score of
 * DETECT_SCORE_MAX, which is what a window without any spread gives to all
 * but its own value, says nothing of how much values vary: it is learned.
 */

#define DETECT_PERSIST 5

struct detector {
	const struct detect_method *method; /* lent */
	const struct detect_options *options; /* lent */
	void **models; /* owned */
	size_t streak; /* anomalies since the last row that was none */
};

struct verdict {
	double score; /* the largest of all models; NaN: none had one */
	size_t column; /* the one it comes from */
	bool is_anomaly;
	bool is_warming_up; /* no score, as too little was learned */
	bool has_cluster; /* cluster says something */
	int32_t cluster; /* from 0; -1: none */
};

/* Set up.  Cannot fail.  Pair with detector_release. */
void detector_init(struct detector *d, const struct detect_method *method,
    const struct detect_options *options);

/* Free the contents.  Safe to call twice. */
void detector_release(struct detector *d);

/*
 * Score a row, and learn it or not.
 * x: options->columns numbers; NaN: missing, what needs it is left out;
 *    numbers beyond DETECT_VALUE_MAX are set to that.
 * parts: out, as many; the score of a column that was left out is NaN.
 */
struct verdict detector_next(
    struct detector *d, double *x, struct detect_part *parts);

#endif
