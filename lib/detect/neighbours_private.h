#ifndef DETECT_NEIGHBOURS_PRIVATE_H
#define DETECT_NEIGHBOURS_PRIVATE_H

#include <stdint.h>

#include "detect/neighbours.h"
#include "detect/scan.h"

/* A part of the rows, from..to in the tree's order.  Its children stand at
 * 2 i + 1 and 2 i + 2. */
struct part {
	uint32_t from, to;
	uint32_t left; /* rows that were not taken yet */
	uint32_t block; /* of a leaf */
	bool is_leaf;
};

struct neighbours {
	size_t rows, columns, padded; /* columns as scan.h wants them */
	size_t *order; /* owned; the number of the row that stands there */
	double *blocks; /* owned; the rows of the leaves, as scan.h has it */
	size_t n_blocks;
	struct part *parts; /* owned */
	double *bounds; /* owned; of each part: padded low, padded high */
	bool *is_taken; /* owned; of the places in order; NULL: none */
	const struct scan *scan; /* static */
};

#endif
