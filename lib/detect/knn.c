/*
 * knn - the distance to the k-th nearest other row: anomalies that are local,
 * far from their own cluster but not from all.
 *
 * Distances are Euclidean, in the unit of the columns: those of different
 * units should be scaled.  O(n log n) for few columns, towards O(n^2) for
 * many; a copy of the rows.
 *
 * Ramaswamy, Rastogi and Shim 2000.
 */
#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "detect/nearest.h"

struct work {
	const struct nearest *model;
	const struct matrix *m;
	double *scores;
};

static void
destroy(void *model)
{
	if (model)
		nearest_release(model);
	free(model);
}

static double
distance(const struct nearest *n, const double *x, size_t except,
    struct neighbour *room)
{
	size_t found = neighbours_find(n->tree, x, n->k, except, room);

	return found > 0 ? sqrt(room[found - 1].square) : 0;
}

static void
score_rows(void *arg, size_t from, size_t to)
{
	struct work *w = arg;
	struct neighbour *room = xcalloc(w->model->k + 1, sizeof(*room));

	for (size_t i = from; i < to; i++) {
		size_t row = neighbours_order(w->model->tree)[i];

		w->scores[row] =
		    distance(w->model, matrix_row(w->m, row), row, room);
	}
	free(room);
}

static void *
fit(const struct matrix *m, const struct batch_options *o, double *scores)
{
	struct nearest *n = xcalloc(1, sizeof(*n));
	struct work w = {n, m, scores};

	n->columns = m->columns;
	n->tree = neighbours_new(m);
	n->k = o->neighbours < m->rows ? o->neighbours : m->rows - 1;
	batch_share(o->jobs, m->rows, score_rows, &w);
	return n;
}

static double
score(const void *model, const double *x)
{
	const struct nearest *n = model;
	struct neighbour *room = xcalloc(n->k + 1, sizeof(*room));
	double d = distance(n, x, NEIGHBOURS_NONE, room);

	free(room);
	return d;
}

static void
save(const void *model, struct buf *b)
{
	buf_addc(b, '{');
	nearest_save(model, b);
	buf_addc(b, '}');
}

static void *
load(struct jval v, size_t columns)
{
	struct nearest *n = xcalloc(1, sizeof(*n));

	if (nearest_load(n, v, columns) && n->tree)
		return n;
	destroy(n);
	return NULL;
}

const struct batch_method batch_knn = {
    .name = "knn",
    .about = "distance to the k-th nearest; local anomalies",
    .threshold = NAN,
    .uses = BATCH_NEIGHBOURS,
    .neighbours = 5,
    .fit = fit,
    .score = score,
    .save = save,
    .load = load,
    .destroy = destroy,
};
