#ifndef DETECT_HISTORY_H
#define DETECT_HISTORY_H

#include "detect/detect.h"

/*
 * history - the last values of a series, next to each other in memory, so
 * that any run of them is an array; a NaN stands where a gap was.
 *
 * Memory: up to 16 bytes for each of max values.
 */

struct history {
	size_t max; /* values to keep, 1 or more; set this, {0} but for it */
	double *values; /* owned; those kept are the last before end */
	size_t end; /* private */
	size_t cap; /* private */
};

/* How many values are kept; and they, oldest first: lent until the next add. */
size_t history_n(const struct history *h);
const double *history_at(const struct history *h);

/* Add the value of in, behind a NaN if there was a gap. */
void history_add(struct history *h, const struct detect_input *in);

/*
 * The last values and that of in, length of them in all, into out.
 * Returns false if there are too few, or a gap among them.
 */
bool history_tail(const struct history *h, const struct detect_input *in,
    size_t length, double *out);

void history_pack(struct history *h, struct pack *p);

/* Free the contents.  Safe to call twice. */
void history_release(struct history *h);

/*
 * Functions of struct detect_method, for models on the heap that begin with a
 * struct history, and learn nothing else: what came, came, odd or not, as the
 * next row goes on from it.
 */
void history_destroy(void *model);
void history_update(void *model, const struct detect_input *in, bool is_odd);
void history_pack_model(void *model, struct pack *p);

#endif
