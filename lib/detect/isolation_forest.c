/*
 * isolation_forest - how few random cuts it takes to be alone.
 *
 * Each tree cuts a sample of rows at a random place of a random column, and
 * again, to the depth log2 of the sample.  The score is 2^(-E/c): E the mean
 * depth at which the row ends, c that of an unsuccessful search in a binary
 * tree of as many rows.  0.5 is usual, towards 1 is an anomaly.
 *
 * A tree is an array of nodes in which a leaf leads to itself, so every row
 * takes the same number of steps without a branch, and eight rows go down at
 * once.  O(trees * sample * log sample) to build, O(trees * log sample) a row;
 * 24 bytes a node.
 *
 * Liu, Ting and Zhou 2008.
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

#define AT_ONCE 8 /* rows that go down a tree together */
#define BLOCK ((size_t)1024) /* rows that meet one tree after the other */

struct node {
	double cut; /* go right if x[column] >= cut; INFINITY in a leaf */
	uint32_t left; /* the right one stands behind it; a leaf: itself */
	uint32_t column;
};

struct forest {
	size_t columns;
	size_t trees, sample, depth;
	size_t stride; /* nodes of a tree, at most */
	double unit; /* the sum over the trees of the usual path */
	struct node *nodes; /* owned; trees * stride */
	double *lengths; /* owned; of the paths to them */
};

/* A tree that is being built. */
struct builder {
	const struct matrix *m;
	size_t depth;
	struct node *nodes;
	double *lengths;
	size_t n; /* nodes so far */
	uint64_t stream;
	size_t *columns; /* in any order */
};

/* The range of a column over rows. */
static void
range(const struct builder *b, const size_t *rows, size_t n, size_t column,
    double *low, double *high)
{
	*low = INFINITY;
	*high = -INFINITY;
	for (size_t i = 0; i < n; i++) {
		double x = matrix_row(b->m, rows[i])[column];

		*low = fmin(*low, x);
		*high = fmax(*high, x);
	}
}

/* Choose a column in which the rows differ, and a place in it.  Returns
 * whether there is one. */
static bool
choose(struct builder *b, const size_t *rows, size_t n, struct node *node)
{
	size_t d = b->m->columns;

	for (size_t i = 0; i < d; i++) {
		size_t j = i + random_below(&b->stream, d - i);
		size_t column = b->columns[j];
		double low, high;

		b->columns[j] = b->columns[i];
		b->columns[i] = column;

		range(b, rows, n, column, &low, &high);
		if (!(low < high))
			continue;
		node->column = (uint32_t)column;
		node->cut = low + random_unit(&b->stream) * (high - low);
		if (node->cut <= low) /* the left side may not be empty */
			node->cut = nextafter(low, high);
		return true;
	}
	return false;
}

/* Rows that go left to the front.  Returns their number. */
static size_t
split(const struct builder *b, size_t *rows, size_t n, const struct node *node)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++) {
		size_t row = rows[i];

		if (matrix_row(b->m, row)[node->column] >= node->cut)
			continue;
		rows[i] = rows[left];
		rows[left++] = row;
	}
	return left;
}

static void
grow(struct builder *b, size_t at, size_t *rows, size_t n, size_t depth)
{
	struct node node = {INFINITY, (uint32_t)at, 0};
	size_t left;

	b->lengths[at] = (double)depth + forest_mean_depth(n);
	if (depth < b->depth && n > 1 && choose(b, rows, n, &node)) {
		node.left = (uint32_t)b->n;
		b->n += 2;
		left = split(b, rows, n, &node);
		grow(b, node.left, rows, left, depth + 1);
		grow(b, node.left + 1, rows + left, n - left, depth + 1);
	}
	b->nodes[at] = node;
}

static struct forest *
forest_new(size_t columns, size_t trees, size_t sample, size_t stride)
{
	struct forest *f = xcalloc(1, sizeof(*f));

	f->columns = columns;
	f->trees = trees;
	f->sample = sample;
	f->depth = forest_depth(sample);
	f->stride = stride;
	f->unit = (double)trees * forest_mean_depth(sample);
	f->nodes = xcalloc(trees * f->stride, sizeof(*f->nodes));
	f->lengths = xcalloc(trees * f->stride, sizeof(*f->lengths));
	return f;
}

static void
destroy(void *model)
{
	struct forest *f = model;

	if (!f)
		return;
	free(f->nodes);
	free(f->lengths);
	free(f);
}

static void
build(struct forest *f, const struct matrix *m, size_t sample, uint64_t seed)
{
	struct forest_sampler s;
	size_t *columns = xcalloc(m->columns, sizeof(*columns));

	forest_sampler_init(&s, m->rows, sample);
	for (size_t i = 0; i < m->columns; i++)
		columns[i] = i;
	for (size_t t = 0; t < f->trees; t++) {
		struct builder b = {.m = m,
		    .depth = f->depth,
		    .nodes = f->nodes + t * f->stride,
		    .lengths = f->lengths + t * f->stride,
		    .n = 1,
		    .stream = random_next(&seed),
		    .columns = columns};

		forest_draw(&s, &b.stream);
		grow(&b, 0, s.rows, sample, 0);
	}
	forest_sampler_release(&s);
	free(columns);
}

/* Add the path lengths of n rows, up to AT_ONCE, in one tree. */
static void
descend(const struct forest *f, size_t tree, const double *x, size_t n,
    double *sums)
{
	const struct node *nodes = f->nodes + tree * f->stride;
	uint32_t at[AT_ONCE] = {0};

	for (size_t step = 0; step < f->depth; step++) {
		for (size_t i = 0; i < n; i++) {
			const struct node *node = &nodes[at[i]];

			at[i] = node->left +
				(x[i * f->columns + node->column] >= node->cut);
		}
	}
	for (size_t i = 0; i < n; i++)
		sums[i] += f->lengths[tree * f->stride + at[i]];
}

struct work {
	const struct forest *f;
	const struct matrix *m;
	double *scores;
};

static void
score_rows(void *arg, size_t from, size_t to)
{
	struct work *w = arg;
	const struct forest *f = w->f;

	for (size_t row = from; row < to; row += BLOCK) {
		size_t end = row + BLOCK < to ? row + BLOCK : to;

		memset(w->scores + row, 0, (end - row) * sizeof(*w->scores));
		for (size_t t = 0; t < f->trees; t++) {
			size_t i = row;

			for (; i + AT_ONCE <= end; i += AT_ONCE)
				descend(f, t, matrix_row(w->m, i), AT_ONCE,
				    w->scores + i);
			descend(
			    f, t, matrix_row(w->m, i), end - i, w->scores + i);
		}
		for (size_t i = row; i < end; i++)
			w->scores[i] = forest_score(w->scores[i], f->unit);
	}
}

static double
score(const void *model, const double *x)
{
	const struct forest *f = model;
	double sum = 0;

	for (size_t t = 0; t < f->trees; t++)
		descend(f, t, x, 1, &sum);
	return forest_score(sum, f->unit);
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

/* The nodes of a tree that are in use: a child stands behind its parent. */
static size_t
count_nodes(const struct node *nodes)
{
	size_t n = 1;

	for (size_t i = 0; i < n; i++)
		if (nodes[i].left != i && nodes[i].left + 2 > n)
			n = nodes[i].left + 2;
	return n;
}

static void
save_tree(const struct forest *f, size_t tree, double *x, struct buf *b)
{
	const struct node *nodes = f->nodes + tree * f->stride;
	size_t n = count_nodes(nodes);

	for (size_t i = 0; i < n; i++)
		x[i] = nodes[i].left;
	model_add(b, tree > 0 ? ",{\"left\":" : "{\"left\":", x, n);
	for (size_t i = 0; i < n; i++)
		x[i] = nodes[i].column;
	model_add(b, ",\"column\":", x, n);
	for (size_t i = 0; i < n; i++)
		x[i] = nodes[i].left == i ? 0 : nodes[i].cut;
	model_add(b, ",\"cut\":", x, n);
	model_add(b, ",\"length\":", f->lengths + tree * f->stride, n);
	buf_addc(b, '}');
}

static void
save(const void *model, struct buf *b)
{
	const struct forest *f = model;
	double *x = xcalloc(f->stride, sizeof(*x));

	jwrite_count(b, "{\"sample\":", f->sample);
	buf_adds(b, ",\"trees\":[");
	for (size_t t = 0; t < f->trees; t++)
		save_tree(f, t, x, b);
	buf_adds(b, "]}");
	free(x);
}

static bool
load_tree(struct jval v, struct forest *f, size_t tree)
{
	struct node *nodes = f->nodes + tree * f->stride;
	double *lengths = f->lengths + tree * f->stride;
	size_t n = model_count(v, "left");
	double *left = model_get_new(v, "left", n);
	double *column = model_get_new(v, "column", n);
	double *cut = model_get_new(v, "cut", n);
	bool is_good = n > 0 && n < f->stride + 1 && left && column && cut &&
		       model_get(v, "length", lengths, n, 0, 1e6);

	for (size_t i = 0; is_good && i < n; i++) {
		bool is_leaf = left[i] == (double)i;

		is_good = (is_leaf || (left[i] > (double)i &&
					  left[i] <= (double)(n - 2))) &&
			  column[i] >= 0 && column[i] < (double)f->columns;
		if (is_good)
			nodes[i] = (struct node){is_leaf ? INFINITY : cut[i],
			    (uint32_t)left[i], (uint32_t)column[i]};
	}
	free(left);
	free(column);
	free(cut);
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

const struct batch_method batch_isolation_forest = {
    .name = "isolation_forest",
    .about = "few random cuts isolate it; a good first choice",
    .threshold = .6,
    .uses = BATCH_FOREST | BATCH_SEED,
    .fit = fit,
    .score = score,
    .save = save,
    .load = load,
    .destroy = destroy,
};
