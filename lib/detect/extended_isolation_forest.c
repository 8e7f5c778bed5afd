/*
 * extended_isolation_forest - isolation_forest with slanted cuts: what lies
 * between clusters, in line with one in each column, is not taken for a part
 * of any.
 *
 * Each cut is a plane in a random direction through a random point of the box
 * around the rows; columns are divided by their standard deviation first, so
 * units do not matter.  Scores are those of isolation_forest.  A side of a
 * cut may be empty.  O(trees * sample * columns * log sample) to build,
 * O(trees * columns * log sample) a row; 8 bytes a node and column.
 *
 * Hariri, Carrasco Kind and Brunner 2019; full extension.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "core/xmem.h"
#include "detect/batch.h"
#include "detect/forest.h"
#include "detect/model.h"
#include "json/write.h"

#define UNIFORMS 12 /* whose sum, less 6, is normal enough for a direction */

/* Of a tree, that is an array in which children stand behind parents. */
struct node {
	uint32_t left; /* the right one stands behind it; 0: a leaf */
	double at; /* go right if the row times the normal is above; of a
		    * leaf, the length of the path */
};

struct forest {
	size_t columns, trees, sample;
	size_t stride; /* nodes of a tree, at most */
	size_t depth;
	double unit; /* the sum over the trees of the usual path */
	struct node *nodes; /* owned; trees * stride */
	double *normals; /* owned; columns of each node */
};

struct builder {
	const struct matrix *m;
	struct forest *f;
	struct node *nodes;
	double *normals;
	size_t n; /* nodes so far */
	uint64_t stream;
	const double *units; /* of the columns; 0: nothing varies */
};

static void
destroy(void *model)
{
	struct forest *f = model;

	if (!f)
		return;
	free(f->nodes);
	free(f->normals);
	free(f);
}

static struct forest *
forest_new(size_t columns, size_t trees, size_t sample, size_t stride)
{
	struct forest *f = xcalloc(1, sizeof(*f));

	f->columns = columns;
	f->trees = trees;
	f->sample = sample;
	f->stride = stride;
	f->depth = forest_depth(sample);
	f->unit = (double)trees * forest_mean_depth(sample);
	f->nodes = xcalloc(trees * f->stride, sizeof(*f->nodes));
	f->normals = xcalloc(trees * f->stride * columns, sizeof(*f->normals));
	return f;
}

static double
product(const double *x, const double *normal, size_t n)
{
	double sum = 0;

	for (size_t j = 0; j < n; j++)
		sum += x[j] * normal[j];
	return sum;
}

/* A direction, and a point of the box around the rows: the plane.  Returns
 * whether there is a box. */
static bool
choose(
    struct builder *b, const size_t *rows, size_t n, double *normal, double *at)
{
	bool any = false;

	*at = 0;
	for (size_t j = 0; j < b->m->columns; j++) {
		double low = INFINITY, high = -INFINITY, sum = -UNIFORMS / 2.;
		double point;

		for (size_t i = 0; i < n; i++) {
			double x = matrix_row(b->m, rows[i])[j];

			low = x < low ? x : low;
			high = x > high ? x : high;
		}
		for (int i = 0; i < UNIFORMS; i++)
			sum += random_unit(&b->stream);
		point = low + random_unit(&b->stream) * (high - low);
		normal[j] = b->units[j] > 0 ? sum / b->units[j] : 0;
		*at += point * normal[j];
		any |= low < high;
	}
	return any;
}

/* Rows that go left to the front.  Returns their number. */
static size_t
split(const struct builder *b, size_t *rows, size_t n, const double *normal,
    double at)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++) {
		size_t row = rows[i];

		if (product(matrix_row(b->m, row), normal, b->m->columns) > at)
			continue;
		rows[i] = rows[left];
		rows[left++] = row;
	}
	return left;
}

static void
grow(struct builder *b, size_t i, size_t *rows, size_t n, size_t depth)
{
	double *normal = b->normals + i * b->m->columns, at;
	size_t left, child;

	if (depth == b->f->depth || n < 2 || b->n + 2 > b->f->stride ||
	    !choose(b, rows, n, normal, &at)) {
		b->nodes[i].at = (double)depth + forest_mean_depth(n);
		return;
	}
	child = b->n;
	b->n += 2;
	b->nodes[i] = (struct node){(uint32_t)child, at};
	left = split(b, rows, n, normal, at);
	grow(b, child, rows, left, depth + 1);
	grow(b, child + 1, rows + left, n - left, depth + 1);
}

static void
build(struct forest *f, const struct matrix *m, size_t sample, uint64_t seed)
{
	struct forest_sampler s;
	double *units = xcalloc(m->columns, sizeof(*units));

	for (size_t j = 0; j < m->columns; j++)
		units[j] = matrix_deviation(m, j, matrix_mean(m, j));
	forest_sampler_init(&s, m->rows, sample);
	for (size_t t = 0; t < f->trees; t++) {
		struct builder b = {.m = m,
		    .f = f,
		    .nodes = f->nodes + t * f->stride,
		    .normals = f->normals + t * f->stride * f->columns,
		    .n = 1,
		    .stream = random_next(&seed),
		    .units = units};

		forest_draw(&s, &b.stream);
		grow(&b, 0, s.rows, sample, 0);
	}
	forest_sampler_release(&s);
	free(units);
}

static double
length(const struct forest *f, size_t tree, const double *x)
{
	const struct node *nodes = f->nodes + tree * f->stride;
	const double *normals = f->normals + tree * f->stride * f->columns;
	size_t i = 0;

	while (nodes[i].left > 0)
		i = nodes[i].left + (product(x, normals + i * f->columns,
					 f->columns) > nodes[i].at);
	return nodes[i].at;
}

static double
score(const void *model, const double *x)
{
	const struct forest *f = model;
	double sum = 0;

	for (size_t t = 0; t < f->trees; t++)
		sum += length(f, t, x);
	return forest_score(sum, f->unit);
}

struct work {
	const struct forest *f;
	const struct matrix *m;
	double *scores;
};

/* One tree after the other, so that it stays in the cache. */
static void
score_rows(void *arg, size_t from, size_t to)
{
	struct work *w = arg;

	memset(w->scores + from, 0, (to - from) * sizeof(*w->scores));
	for (size_t t = 0; t < w->f->trees; t++)
		for (size_t i = from; i < to; i++)
			w->scores[i] += length(w->f, t, matrix_row(w->m, i));
	for (size_t i = from; i < to; i++)
		w->scores[i] = forest_score(w->scores[i], w->f->unit);
}

static void *
fit(const struct matrix *m, const struct batch_options *o, double *scores)
{
	size_t sample = o->sample < m->rows ? o->sample : m->rows;
	struct forest *f = forest_new(m->columns, o->trees, sample, 2 * sample);
	struct work w = {f, m, scores};

	build(f, m, sample, o->seed);
	batch_share(o->jobs, m->rows, score_rows, &w);
	return f;
}

static size_t
count_nodes(const struct node *nodes)
{
	size_t n = 1;

	for (size_t i = 0; i < n; i++)
		if (nodes[i].left > 0 && nodes[i].left + 2 > n)
			n = nodes[i].left + 2;
	return n;
}

static void
save(const void *model, struct buf *b)
{
	const struct forest *f = model;
	double *x = xcalloc(f->stride, sizeof(*x));

	jwrite_count(b, "{\"sample\":", f->sample);
	buf_adds(b, ",\"trees\":[");
	for (size_t t = 0; t < f->trees; t++) {
		const struct node *nodes = f->nodes + t * f->stride;
		size_t n = count_nodes(nodes);

		for (size_t i = 0; i < n; i++)
			x[i] = nodes[i].left;
		model_add(b, t > 0 ? ",{\"left\":" : "{\"left\":", x, n);
		for (size_t i = 0; i < n; i++)
			x[i] = nodes[i].at;
		model_add(b, ",\"at\":", x, n);
		model_add(b,
		    ",\"normals\":", f->normals + t * f->stride * f->columns,
		    n * f->columns);
		buf_addc(b, '}');
	}
	buf_adds(b, "]}");
	free(x);
}

static bool
load_tree(struct jval v, struct forest *f, size_t tree)
{
	struct node *nodes = f->nodes + tree * f->stride;
	double *normals = f->normals + tree * f->stride * f->columns;
	size_t n = model_count(v, "left");
	double *left = model_get_new(v, "left", n);
	double *at = model_get_new(v, "at", n);
	bool is_good = n > 0 && n <= f->stride && left && at &&
		       model_get(v, "normals", normals, n * f->columns,
			   -DETECT_VALUE_MAX, DETECT_VALUE_MAX);

	for (size_t i = 0; is_good && i < n; i++) {
		is_good = left[i] == 0 ||
			  (left[i] > (double)i && left[i] <= (double)(n - 2));
		if (is_good)
			nodes[i] = (struct node){(uint32_t)left[i], at[i]};
	}
	free(left);
	free(at);
	return is_good;
}

static void *
load(struct jval v, size_t columns)
{
	struct jval trees;
	struct jiter it;
	struct forest *f;
	size_t sample, stride;
	bool is_good = true;

	if (!forest_read_head(v, &trees, &sample, &stride))
		return NULL;
	f = forest_new(columns, jval_count(trees), sample, stride);
	it = jval_iter(trees);
	for (size_t t = 0; is_good && jiter_next(&it); t++)
		is_good = load_tree(it.value, f, t);
	if (is_good)
		return f;
	destroy(f);
	return NULL;
}

const struct batch_method batch_extended_isolation_forest = {
    .name = "extended_isolation_forest",
    .about = "isolation_forest with slanted cuts; several clusters",
    .threshold = .6,
    .uses = BATCH_FOREST | BATCH_SEED,
    .fit = fit,
    .score = score,
    .save = save,
    .load = load,
    .destroy = destroy,
};
