/*
 * dbscan - clusters of dense rows; what belongs to none is noise.
 *
 * A row is a core if min_points rows, itself among them, are at most eps
 * away.  The score is the distance to the nearest core in units of eps: 0 for
 * cores, up to 1 for the border of a cluster, above 1 for noise; at most
 * DETECT_SCORE_MAX, also where there is no core at all.
 *
 * Without eps it is the median of the distances to the min_points-th row,
 * times 2: most rows are then in clusters.
 *
 * O(n log n) for few columns and small eps, towards O(n^2) else; 16 bytes a
 * row, no lists of neighbours are kept.
 *
 * Ester, Kriegel, Sander and Xu 1996.
 */
#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "detect/batch.h"
#include "detect/neighbours.h"

struct work {
	const struct matrix *m;
	const struct neighbours *tree, *cores;
	size_t min_points;
	double radius;
	bool *is_core;
	double *scores;
};

static bool
count_one(void *arg, size_t row, double square)
{
	size_t *left = arg;

	(void)row;
	(void)square;
	return --*left > 0;
}

static void
find_cores(void *arg, size_t from, size_t to)
{
	struct work *w = arg;

	for (size_t i = from; i < to; i++) {
		size_t row = neighbours_order(w->tree)[i];
		size_t left = w->min_points;

		neighbours_within(w->tree, matrix_row(w->m, row), w->radius,
		    count_one, &left);
		w->is_core[row] = left == 0;
	}
}

static void
find_nearest(void *arg, size_t from, size_t to)
{
	struct work *w = arg;
	struct neighbour nearest;

	for (size_t i = from; i < to; i++) {
		if (w->is_core[i]) {
			w->scores[i] = 0;
			continue;
		}
		if (neighbours_find(w->cores, matrix_row(w->m, i), 1,
			NEIGHBOURS_NONE, &nearest) == 0)
			w->scores[i] = DETECT_SCORE_MAX;
		else
			w->scores[i] =
			    detect_ratio(sqrt(nearest.square), w->radius);
	}
}

static void
find_distances(void *arg, size_t from, size_t to)
{
	struct work *w = arg;
	struct neighbour *found = xcalloc(w->min_points, sizeof(*found));

	for (size_t i = from; i < to; i++) {
		size_t row = neighbours_order(w->tree)[i];
		size_t n = neighbours_find(w->tree, matrix_row(w->m, row),
		    w->min_points, NEIGHBOURS_NONE, found);

		w->scores[row] = sqrt(found[n - 1].square);
	}
	free(found);
}

static double
choose_radius(struct work *w, unsigned jobs)
{
	batch_share(jobs, w->m->rows, find_distances, w);
	return 2 * batch_cut(w->scores, w->m->rows, (w->m->rows + 1) / 2);
}

/* The cores by themselves; NULL if there is none. */
static struct neighbours *
gather(const struct work *w)
{
	size_t d = w->m->columns, n = 0;
	double *x = xcalloc(w->m->rows * d, sizeof(*x));
	struct neighbours *t = NULL;

	for (size_t i = 0; i < w->m->rows; i++)
		for (size_t j = 0; w->is_core[i] && j < d; j++)
			x[n++] = matrix_row(w->m, i)[j];
	if (n > 0)
		t = neighbours_new(&(struct matrix){x, n / d, d});
	free(x);
	return t;
}

static void
score(const struct matrix *m, const struct batch_options *o, double *scores)
{
	struct neighbours *tree = neighbours_new(m), *cores;
	struct work w = {.m = m,
	    .tree = tree,
	    .min_points = o->neighbours,
	    .radius = o->radius,
	    .is_core = xcalloc(m->rows, sizeof(*w.is_core)),
	    .scores = scores};

	if (!(w.radius > 0))
		w.radius = choose_radius(&w, o->jobs);
	batch_share(o->jobs, m->rows, find_cores, &w);
	w.cores = cores = gather(&w);
	if (cores)
		batch_share(o->jobs, m->rows, find_nearest, &w);
	for (size_t i = 0; !cores && i < m->rows; i++)
		scores[i] = DETECT_SCORE_MAX;
	free(w.is_core);
	neighbours_free(cores);
	neighbours_free(tree);
}

const struct batch_method batch_dbscan = {
    .name = "dbscan",
    .about = "belongs to no dense cluster",
    .threshold = 1,
    .uses = BATCH_NEIGHBOURS | BATCH_RADIUS,
    .neighbours = 5,
    .score = score,
};
