#ifndef DETECT_DETECTOR_H
#define DETECT_DETECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detect/detect.h"
#include "detect/rest.h"
#include "detect/window.h"

/*
 * detector - a stream of rows: scored first, learned after.
 *
 * Anomalies do not teach the models, or a burst of them would pass for normal
 * soon; with two exceptions.  When DETECT_PERSIST rows in a row are anomalies,
 * from that one on they are learned: the world has changed.  And a score of
 * DETECT_SCORE_MAX, which is what a window without any spread gives to all
 * but its own value, says nothing of how much values vary: it is learned.
 * What decides is the score before direction and rest.  How odd a row was is
 * remembered in any case (DETECT_RAW): it is rare, but it did happen.
 *
 * Scores of DETECT_PEAKS are divided by what the peaks before them, one in
 * DETECT_REST rows, make of it: the root of 1 and a quarter of their mean
 * square.  A series that often jumps has to jump higher.
 *
 * With times: a row older than the newest one is late, it is not scored and
 * not learned.  But of DETECT_LATE late ones in a row the last is none: it was
 * the newest that had a wrong time, and with it all would be late for ever.
 * What goes by time goes on from there.  Rows further apart than DETECT_GAP
 * times what is usual have a gap between them: what rests on the rows just
 * before starts over.
 */

#define DETECT_PERSIST 5
#define DETECT_REST 150 /* rows */
#define DETECT_GAP 10
#define DETECT_LATE 20

struct detector {
	const struct detect_method *method; /* lent */
	const struct detect_options *options; /* lent */
	void **models; /* owned */
	struct window *pasts; /* owned; of DETECT_RAW: a model's numbers */
	struct rest rest;
	size_t streak; /* anomalies since the last row that was none */
	int64_t n; /* rows */
	int64_t newest; /* time of a row, or DETECT_NO_TIME */
	size_t n_late; /* late rows since the last that was none */
	double step; /* ms between rows, about */
};

struct verdict {
	double score; /* the largest of all models; NaN: none had one */
	size_t column; /* the one it comes from */
	bool is_anomaly;
	bool is_warming_up; /* no score, as too little was learned */
	bool has_parts; /* what is to say of columns is known, but not said */
	bool has_no_model; /* no score, as none was fitted for the key */
	bool has_cluster; /* cluster says something */
	int32_t cluster; /* from 0; -1: none */
	bool is_late; /* no score, as the row is older than another */
	bool is_resting; /* no anomaly, as there was one just before */
};

/* Bytes that one takes at most, for rows of so many columns, about. */
size_t detector_bytes(
    const struct detect_method *method, size_t columns, size_t window);

/* Set up.  Cannot fail.  Pair with detector_release. */
void detector_init(struct detector *d, const struct detect_method *method,
    const struct detect_options *options);

/* Free the contents.  Safe to call twice. */
void detector_release(struct detector *d);

/*
 * Score a row, and learn it or not.
 * x: options->columns numbers; NaN: missing, what needs it is left out;
 *    numbers beyond DETECT_VALUE_MAX are set to that.
 * ms: its time, or DETECT_NO_TIME.
 * parts: out, as many; the score of a column that was left out is NaN.
 */
struct verdict detector_next(
    struct detector *d, double *x, int64_t ms, struct detect_part *parts);

/* Save, load into a new one, or show: see pack.h. */
void detector_pack(struct detector *d, struct pack *p);

#endif
