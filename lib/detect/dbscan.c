/*
 * dbscan - clusters of dense rows; what belongs to none is noise.
 *
 * A row is a core if min_points rows, itself among them, are at most eps
 * away.  Cores within eps of each other are of one cluster; clusters are
 * numbered by their first core.  Other rows within eps of a core are the
 * border of its cluster, of the first one if there are several.
 *
 * The score is the distance to the nearest core in units of eps: 0 for cores,
 * up to 1 for the border of a cluster, above 1 for noise; at most
 * DETECT_SCORE_MAX, also where there is no core at all.
 *
 * Without eps it is the median of the distances to the min_points-th row,
 * times 2: most rows are then in clusters.
 *
 * O(n log n) for few columns and small eps, towards O(n^2) else; two copies
 * of the rows and 20 bytes a row, no lists of neighbours are kept.
 *
 * Ester, Kriegel, Sander and Xu 1996.
 */
#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "detect/model.h"
#include "detect/nearest.h"
#include "json/write.h"

struct model {
	struct nearest cores; /* k: min_points */
	double radius;
	int32_t *clusters; /* owned; of the rows it was learned from */
};

struct work {
	struct model *model;
	const struct matrix *m;
	const struct neighbours *tree;
	size_t min_points;
	bool *is_core;
	size_t *core_rows; /* where the cores come from */
	double *scores;
};

static void
destroy(void *model)
{
	struct model *m = model;

	if (!m)
		return;
	nearest_release(&m->cores);
	free(m->clusters);
	free(m);
}

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

		neighbours_within(w->tree, matrix_row(w->m, row),
		    w->model->radius, count_one, &left);
		w->is_core[row] = left == 0;
	}
}

static double
score(const void *model, const double *x)
{
	const struct model *m = model;
	struct neighbour nearest;

	if (!m->cores.tree)
		return DETECT_SCORE_MAX;
	neighbours_find(m->cores.tree, x, 1, NEIGHBOURS_NONE, &nearest);
	return detect_ratio(sqrt(nearest.square), m->radius);
}

static void
find_nearest(void *arg, size_t from, size_t to)
{
	struct work *w = arg;

	for (size_t i = from; i < to; i++)
		w->scores[i] =
		    w->is_core[i] ? 0 : score(w->model, matrix_row(w->m, i));
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

/* Put the cores by themselves. */
static void
gather_cores(struct work *w)
{
	size_t d = w->m->columns, n = 0;
	double *x = xcalloc(w->m->rows * d, sizeof(*x));

	w->core_rows = xcalloc(w->m->rows, sizeof(*w->core_rows));
	for (size_t i = 0; i < w->m->rows; i++) {
		for (size_t j = 0; w->is_core[i] && j < d; j++)
			x[n * d + j] = matrix_row(w->m, i)[j];
		if (w->is_core[i])
			w->core_rows[n++] = i;
	}
	if (n > 0)
		w->model->cores.tree =
		    neighbours_new(&(struct matrix){x, n, d});
	free(x);
}

/* The cluster that grows: cores whose surroundings were not looked at. */
struct growth {
	struct work *w;
	size_t *waiting, n;
	int32_t cluster;
};

static void
join(void *arg, size_t core)
{
	struct growth *g = arg;

	g->w->model->clusters[g->w->core_rows[core]] = g->cluster;
	g->waiting[g->n++] = g->w->core_rows[core];
}

static void
number_cores(struct work *w)
{
	struct model *m = w->model;
	struct growth g = {.w = w};
	int32_t next = 0;

	g.waiting = xcalloc(w->m->rows, sizeof(*g.waiting));
	for (size_t i = 0; i < w->m->rows; i++) {
		if (!w->is_core[i] || m->clusters[i] >= 0)
			continue;
		g.cluster = next++;
		g.waiting[g.n++] = i;
		while (g.n > 0)
			neighbours_take(m->cores.tree,
			    matrix_row(w->m, g.waiting[--g.n]), m->radius, join,
			    &g);
	}
	free(g.waiting);
}

/* The lowest cluster within reach. */
struct lowest {
	const struct work *w;
	int32_t cluster;
};

static bool
lower(void *arg, size_t core, double square)
{
	struct lowest *l = arg;
	int32_t c = l->w->model->clusters[l->w->core_rows[core]];

	(void)square;
	if (l->cluster < 0 || c < l->cluster)
		l->cluster = c;
	return true;
}

static void
number_border(const struct work *w)
{
	for (size_t i = 0; i < w->m->rows; i++) {
		struct lowest l = {w, -1};

		if (w->is_core[i] || w->scores[i] > 1)
			continue;
		neighbours_within(w->model->cores.tree, matrix_row(w->m, i),
		    w->model->radius, lower, &l);
		w->model->clusters[i] = l.cluster;
	}
}

static void *
fit(const struct matrix *m, const struct batch_options *o, double *scores)
{
	struct model *model = xcalloc(1, sizeof(*model));
	struct neighbours *tree = neighbours_new(m);
	struct work w = {.model = model,
	    .m = m,
	    .tree = tree,
	    .min_points = o->neighbours,
	    .is_core = xcalloc(m->rows, sizeof(*w.is_core)),
	    .scores = scores};

	model->cores.columns = m->columns;
	model->cores.k = o->neighbours;
	model->clusters = xcalloc(m->rows, sizeof(*model->clusters));
	for (size_t i = 0; i < m->rows; i++)
		model->clusters[i] = -1;
	model->radius = o->radius > 0 ? o->radius : choose_radius(&w, o->jobs);
	batch_share(o->jobs, m->rows, find_cores, &w);
	neighbours_free(tree);
	gather_cores(&w);
	batch_share(o->jobs, m->rows, find_nearest, &w);
	if (model->cores.tree) {
		number_cores(&w);
		number_border(&w);
	}
	free(w.is_core);
	free(w.core_rows);
	return model;
}

static const int32_t *
clusters(const void *model)
{
	return ((const struct model *)model)->clusters;
}

static void
save(const void *model, struct buf *b)
{
	const struct model *m = model;

	jwrite_number(b, "{\"eps\":", m->radius);
	buf_addc(b, ',');
	nearest_save(&m->cores, b);
	buf_addc(b, '}');
}

static void *
load(struct jval v, size_t columns)
{
	struct model *m = xcalloc(1, sizeof(*m));

	if (nearest_load(&m->cores, v, columns) &&
	    model_get_one(v, "eps", 0, 1e300, &m->radius))
		return m;
	destroy(m);
	return NULL;
}

const struct batch_method batch_dbscan = {
    .name = "dbscan",
    .about = "belongs to no dense cluster",
    .threshold = 1,
    .uses = BATCH_NEIGHBOURS | BATCH_RADIUS,
    .neighbours = 5,
    .fit = fit,
    .score = score,
    .clusters = clusters,
    .save = save,
    .load = load,
    .destroy = destroy,
};
