#ifndef DETECT_FOREST_H
#define DETECT_FOREST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/value.h"

/*
 * forest - what isolation forests have in common: samples, path lengths and
 * the score that comes of them (Liu, Ting and Zhou 2008).
 */

#define FOREST_TREES 10000 /* at most */
#define FOREST_SAMPLE 65536 /* rows of a tree, at most */

/* The mean depth of an unsuccessful search in a binary tree of n. */
double forest_mean_depth(size_t n);

/* The depth to which trees of n rows are grown: log2 n, rounded up. */
size_t forest_depth(size_t n);

/* 2^-(sum / unit): the sum of the path lengths in all trees, and the one that
 * is usual.  0.5 where nothing can be said, as there is one row only. */
double forest_score(double sum, double unit);

/*
 * Read what stands before the trees of a saved forest: the array of them, the
 * rows of each, and the most nodes that any has, which are no more than there
 * are.  Returns whether it makes sense.
 */
bool forest_read_head(
    struct jval model, struct jval *trees, size_t *sample, size_t *stride);

/* Draws samples of rows, each time different ones. */
struct forest_sampler {
	size_t n, sample;
	size_t *all; /* owned, private */
	size_t *rows; /* owned; those that were drawn */
};

/* sample: of n rows, at most n. */
void forest_sampler_init(struct forest_sampler *s, size_t n, size_t sample);
void forest_draw(struct forest_sampler *s, uint64_t *stream);
void forest_sampler_release(struct forest_sampler *s);

#endif
