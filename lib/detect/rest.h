#ifndef DETECT_REST_H
#define DETECT_REST_H

#include <stdbool.h>

#include "json/pack.h"

/*
 * rest - one alert an incident: a score counts only if it is above all those
 * of a time before it; and how high such peaks usually are.
 *
 * Memory: the scores of that time of which none later is as high, REST_MAX
 * at most; with more, the lowest are forgotten.
 */

#define REST_MAX 1024

struct rest_peak {
	int64_t at;
	double score;
};

struct rest {
	struct rest_peak *peaks; /* private, owned; falling */
	size_t n, cap; /* private */
	double power; /* mean square of the peaks, lately */
	size_t n_peaks; /* that went into it */
};

/*
 * Is the score above all those of less than length before at?  at: row or
 * milliseconds, never less than in the call before.
 */
bool rest_is_peak(struct rest *r, int64_t at, int64_t length, double score);

/* Remember the score; and if it was a peak, how high. */
void rest_add(struct rest *r, int64_t at, double score, bool is_peak);

void rest_pack(struct rest *r, struct pack *p);

/* Free the contents.  Safe to call twice. */
void rest_release(struct rest *r);

#endif
