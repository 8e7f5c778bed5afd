/*
 * local_outlier_factor - how much denser the k nearest rows lie than the row
 * itself; about 1 within a cluster of any density.
 *
 * Exactly k neighbours, those of lower numbers first where distances tie; the
 * density is 1 / (mean reachability distance + 1e-10), so that duplicates
 * have one (the constant is scikit-learn's).  Distances are Euclidean:
 * columns of different units should be scaled.  O(n log n) for few columns,
 * towards O(n^2) for many; a copy of the rows, and 16 bytes times k a row
 * while it learns.
 *
 * Breunig and others 2000.
 */
#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "detect/model.h"
#include "detect/nearest.h"

#define LEAST 1e-10 /* added to distances, so densities are finite */

struct model {
	struct nearest nearest;
	double *reach; /* owned; of each row: to the k-th, squared */
	double *density; /* owned; of each row */
};

struct work {
	struct model *model;
	const struct matrix *m;
	double *scores;
	struct neighbour *found; /* k of each row */
};

static void
destroy(void *model)
{
	struct model *m = model;

	if (!m)
		return;
	nearest_release(&m->nearest);
	free(m->reach);
	free(m->density);
	free(m);
}

static void
find_all(void *arg, size_t from, size_t to)
{
	struct work *w = arg;
	size_t k = w->model->nearest.k;

	for (size_t i = from; i < to; i++) {
		size_t row = neighbours_order(w->model->nearest.tree)[i];
		struct neighbour *found = w->found + row * k;

		neighbours_find(w->model->nearest.tree, matrix_row(w->m, row),
		    k, row, found);
		w->model->reach[row] = found[k - 1].square;
	}
}

/* The density of a row with these neighbours. */
static double
density(const struct model *m, const struct neighbour *found)
{
	size_t k = m->nearest.k;
	double sum = 0;

	for (size_t i = 0; i < k; i++)
		sum += sqrt(fmax(found[i].square, m->reach[found[i].row]));
	return 1 / (sum / (double)k + LEAST);
}

static double
factor(const struct model *m, const struct neighbour *found, double own_density)
{
	size_t k = m->nearest.k;
	double sum = 0;

	for (size_t i = 0; i < k; i++)
		sum += m->density[found[i].row];
	return sum / (double)k / own_density;
}

static void
find_density(void *arg, size_t from, size_t to)
{
	struct work *w = arg;
	size_t k = w->model->nearest.k;

	for (size_t row = from; row < to; row++)
		w->model->density[row] = density(w->model, w->found + row * k);
}

static void
find_factor(void *arg, size_t from, size_t to)
{
	struct work *w = arg;
	size_t k = w->model->nearest.k;

	for (size_t row = from; row < to; row++)
		w->scores[row] = factor(
		    w->model, w->found + row * k, w->model->density[row]);
}

static void *
fit(const struct matrix *m, const struct batch_options *o, double *scores)
{
	struct model *model = xcalloc(1, sizeof(*model));
	size_t k = o->neighbours < m->rows ? o->neighbours : m->rows - 1;
	struct work w = {.model = model, .m = m, .scores = scores};

	model->nearest = (struct nearest){m->columns, neighbours_new(m), k};
	model->reach = xcalloc(m->rows, sizeof(*model->reach));
	model->density = xcalloc(m->rows, sizeof(*model->density));
	if (k == 0) {
		scores[0] = 1;
		return model;
	}
	w.found = xcalloc(m->rows * k, sizeof(*w.found));
	batch_share(o->jobs, m->rows, find_all, &w);
	batch_share(o->jobs, m->rows, find_density, &w);
	batch_share(o->jobs, m->rows, find_factor, &w);
	free(w.found);
	return model;
}

static double
score(const void *model, const double *x)
{
	const struct model *m = model;
	size_t k = m->nearest.k;
	struct neighbour *found;
	double result;

	if (k == 0)
		return 1;
	found = xcalloc(k, sizeof(*found));
	neighbours_find(m->nearest.tree, x, k, NEIGHBOURS_NONE, found);
	result = factor(m, found, density(m, found));
	free(found);
	return result;
}

static void
save(const void *model, struct buf *b)
{
	const struct model *m = model;
	size_t rows = neighbours_count(m->nearest.tree);

	buf_addc(b, '{');
	nearest_save(&m->nearest, b);
	model_add(b, ",\"reach\":", m->reach, rows);
	model_add(b, ",\"density\":", m->density, rows);
	buf_addc(b, '}');
}

static void *
load(struct jval v, size_t columns)
{
	struct model *m = xcalloc(1, sizeof(*m));

	if (nearest_load(&m->nearest, v, columns) && m->nearest.tree) {
		size_t rows = neighbours_count(m->nearest.tree);

		m->reach = model_get_new(v, "reach", rows);
		m->density = model_get_new(v, "density", rows);
	}
	if (m->reach && m->density &&
	    m->nearest.k <= neighbours_count(m->nearest.tree))
		return m;
	destroy(m);
	return NULL;
}

const struct batch_method batch_local_outlier_factor = {
    .name = "local_outlier_factor",
    .about = "sparser than its neighbours; clusters of any density",
    .threshold = 1.5,
    .uses = BATCH_NEIGHBOURS,
    .neighbours = 20,
    .fit = fit,
    .score = score,
    .save = save,
    .load = load,
    .destroy = destroy,
};
