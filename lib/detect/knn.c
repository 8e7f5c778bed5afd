/*
 * knn, local_outlier_factor: how far the nearest rows are.
 *
 * knn: the distance to the k-th nearest other row (Ramaswamy, Rastogi and
 * Shim 2000).  local_outlier_factor: how much denser the k nearest rows lie
 * than the row itself; about 1 within a cluster of any density.  Exactly k
 * neighbours, those of lower numbers first where distances tie; the density
 * is 1 / (mean reachability distance + 1e-10), so that duplicates have one
 * (Breunig and others 2000; the constant is scikit-learn's).
 *
 * Distances are Euclidean: columns of different units should be scaled.
 * O(n log n) for few columns, towards O(n^2) for many; 16 bytes times k a
 * row for local_outlier_factor, O(k) a thread for knn.
 */
#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "detect/batch.h"
#include "detect/neighbours.h"

struct work {
	const struct matrix *m;
	const struct neighbours *tree;
	size_t k; /* at most the number of other rows */
	double *scores;
	struct neighbour *found; /* k of each row */
	double *density; /* of each row */
};

static void
work_init(struct work *w, const struct matrix *m, const struct neighbours *tree,
    const struct batch_options *o, double *scores)
{
	*w = (struct work){.m = m,
	    .tree = tree,
	    .k = o->neighbours < m->rows ? o->neighbours : m->rows - 1,
	    .scores = scores};
}

static void
find_last(void *arg, size_t from, size_t to)
{
	struct work *w = arg;
	struct neighbour *found = xcalloc(w->k + 1, sizeof(*found));

	for (size_t i = from; i < to; i++) {
		size_t row = neighbours_order(w->tree)[i];
		size_t n = neighbours_find(
		    w->tree, matrix_row(w->m, row), w->k, row, found);

		w->scores[row] = n > 0 ? sqrt(found[n - 1].square) : 0;
	}
	free(found);
}

static void
score_knn(const struct matrix *m, const struct batch_options *o, double *scores)
{
	struct neighbours *tree = neighbours_new(m);
	struct work w;

	work_init(&w, m, tree, o, scores);
	batch_share(o->jobs, m->rows, find_last, &w);
	neighbours_free(tree);
}

static void
find_all(void *arg, size_t from, size_t to)
{
	struct work *w = arg;

	for (size_t i = from; i < to; i++) {
		size_t row = neighbours_order(w->tree)[i];

		neighbours_find(w->tree, matrix_row(w->m, row), w->k, row,
		    w->found + row * w->k);
	}
}

static void
find_density(void *arg, size_t from, size_t to)
{
	struct work *w = arg;

	for (size_t row = from; row < to; row++) {
		const struct neighbour *f = w->found + row * w->k;
		double sum = 0;

		for (size_t i = 0; i < w->k; i++) {
			const struct neighbour *theirs =
			    w->found + f[i].row * w->k;

			sum += sqrt(fmax(f[i].square, theirs[w->k - 1].square));
		}
		w->density[row] = 1 / (sum / (double)w->k + 1e-10);
	}
}

static void
find_factor(void *arg, size_t from, size_t to)
{
	struct work *w = arg;

	for (size_t row = from; row < to; row++) {
		const struct neighbour *f = w->found + row * w->k;
		double sum = 0;

		for (size_t i = 0; i < w->k; i++)
			sum += w->density[f[i].row];
		w->scores[row] = sum / (double)w->k / w->density[row];
	}
}

static void
score_lof(const struct matrix *m, const struct batch_options *o, double *scores)
{
	struct neighbours *tree = neighbours_new(m);
	struct work w;

	work_init(&w, m, tree, o, scores);
	if (w.k == 0) {
		scores[0] = 1;
	} else {
		w.found = xcalloc(m->rows * w.k, sizeof(*w.found));
		w.density = xcalloc(m->rows, sizeof(*w.density));
		batch_share(o->jobs, m->rows, find_all, &w);
		batch_share(o->jobs, m->rows, find_density, &w);
		batch_share(o->jobs, m->rows, find_factor, &w);
	}
	free(w.found);
	free(w.density);
	neighbours_free(tree);
}

const struct batch_method batch_knn = {
    .name = "knn",
    .about = "distance to the k-th nearest; local anomalies",
    .threshold = NAN,
    .uses = BATCH_NEIGHBOURS,
    .neighbours = 5,
    .score = score_knn,
};

const struct batch_method batch_local_outlier_factor = {
    .name = "local_outlier_factor",
    .about = "sparser than its neighbours; clusters of any density",
    .threshold = 1.5,
    .uses = BATCH_NEIGHBOURS,
    .neighbours = 20,
    .score = score_lof,
};
