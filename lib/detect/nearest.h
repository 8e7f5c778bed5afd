#ifndef DETECT_NEAREST_H
#define DETECT_NEAREST_H

#include "detect/batch.h"
#include "detect/neighbours.h"

/*
 * nearest - models that keep all rows to look for neighbours among them: what
 * knn, local_outlier_factor and dbscan have in common.
 */

struct nearest {
	size_t columns;
	struct neighbours *tree; /* owned; NULL: no rows */
	size_t k; /* neighbours to look at, at most those there are */
};

/* Append the members of a model, without braces. */
void nearest_save(const struct nearest *n, struct buf *b);

/* Read them; returns whether they are there, n to be released in any case. */
bool nearest_load(struct nearest *n, struct jval v, size_t columns);

void nearest_release(struct nearest *n);

#endif
