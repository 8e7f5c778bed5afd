#ifndef DETECT_CUT_TREE_H
#define DETECT_CUT_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/pack.h"

/*
 * cut_tree - a robust random cut tree (Guha, Mishra, Roy and Schrijvers 2016):
 * points in some dimensions, split by cuts that are the likelier in a
 * dimension the wider the points are spread in it.  Points come and go, and
 * the tree is always one that could have been grown from those it holds.
 *
 * Equal points share a leaf.  O(depth * dimensions) a change.
 */

#define CUT_NONE UINT32_MAX

struct cut_node {
	uint32_t parent; /* or CUT_NONE */
	uint32_t children[2]; /* both CUT_NONE: a leaf */
	uint32_t n; /* points below */
	uint32_t dimension; /* of the cut; in children[0] x is at most cut */
	double cut;
};

struct cut_tree {
	size_t dimensions, max; /* points at most */
	uint32_t root; /* or CUT_NONE */
	uint32_t free; /* first unused node, chained by parent */
	uint64_t random; /* stream */
	struct cut_node *nodes; /* owned; 2 * max */
	double *boxes; /* owned; of each node: lows, then highs */
};

void cut_tree_init(
    struct cut_tree *t, size_t dimensions, size_t max, uint64_t seed);

/* How many points are in it. */
size_t cut_tree_count(const struct cut_tree *t);

/* Add a point, fewer than max are in it. */
void cut_tree_add(struct cut_tree *t, const double *x);

/* Remove a point that is in it. */
void cut_tree_remove(struct cut_tree *t, const double *x);

/*
 * The collusive displacement of a point that is in it: how many points move
 * up, for each that is removed, when it and those that are like it go, at
 * most.  dimension: out, of the cut that parts them from those; 0 if there is
 * none.
 */
double cut_tree_displacement(
    const struct cut_tree *t, const double *x, size_t *dimension);

/* Save, load or show; loading checks that it is a tree. */
void cut_tree_pack(struct cut_tree *t, struct pack *p);

void cut_tree_release(struct cut_tree *t);

#endif
