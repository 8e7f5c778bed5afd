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
 * 16 bytes a node.
 *
 * Liu, Ting and Zhou 2008.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "core/xmem.h"
#include "detect/batch.h"

#define AT_ONCE 8 /* rows that go down a tree together */

struct node {
	double cut; /* go right if x[column] >= cut; INFINITY in a leaf */
	uint32_t left; /* the right one stands behind it; a leaf: itself */
	uint32_t column;
};

struct forest {
	const struct matrix *m;
	double *scores;
	size_t trees, sample, depth;
	size_t stride; /* nodes of a tree, at most */
	struct node *nodes; /* owned; trees * stride */
	double *lengths; /* owned; of the paths to them */
	uint64_t seed;
};

/* A tree that is being built. */
struct builder {
	const struct forest *f;
	struct node *nodes;
	double *lengths;
	size_t n; /* nodes so far */
	uint64_t stream;
	size_t *rows; /* of the sample */
	size_t *columns; /* in any order */
};

/* The mean depth of an unsuccessful search in a tree of n. */
static double
mean_depth(size_t n)
{
	double h = 0;

	if (n < 2)
		return 0;
	for (size_t i = 1; i < n && i < 1000; i++)
		h += 1 / (double)i;
	if (n > 1000) /* Euler, Maclaurin */
		h = log((double)(n - 1)) + 0.57721566490153286 +
		    1 / (2 * (double)(n - 1));
	return 2 * h - 2 * (double)(n - 1) / (double)n;
}

/* The range of a column over rows. */
static void
range(const struct builder *b, const size_t *rows, size_t n, size_t column,
    double *low, double *high)
{
	*low = INFINITY;
	*high = -INFINITY;
	for (size_t i = 0; i < n; i++) {
		double x = matrix_row(b->f->m, rows[i])[column];

		*low = fmin(*low, x);
		*high = fmax(*high, x);
	}
}

/* Choose a column in which the rows differ, and a place in it.  Returns
 * whether there is one. */
static bool
choose(struct builder *b, const size_t *rows, size_t n, struct node *node)
{
	size_t d = b->f->m->columns;

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

		if (matrix_row(b->f->m, row)[node->column] >= node->cut)
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

	b->lengths[at] = (double)depth + mean_depth(n);
	if (depth < b->f->depth && n > 1 && choose(b, rows, n, &node)) {
		node.left = (uint32_t)b->n;
		b->n += 2;
		left = split(b, rows, n, &node);
		grow(b, node.left, rows, left, depth + 1);
		grow(b, node.left + 1, rows + left, n - left, depth + 1);
	}
	b->nodes[at] = node;
}

/* Draw sample different rows (Fisher and Yates). */
static void
draw(struct builder *b, size_t *all)
{
	size_t n = b->f->m->rows;

	for (size_t i = 0; i < b->f->sample; i++) {
		size_t j = i + random_below(&b->stream, n - i), row = all[j];

		all[j] = all[i];
		all[i] = row;
		b->rows[i] = row;
	}
}

static void
build(struct forest *f)
{
	uint64_t stream = f->seed;
	size_t *all = xcalloc(f->m->rows, sizeof(*all));
	size_t *rows = xcalloc(f->sample, sizeof(*rows));
	size_t *columns = xcalloc(f->m->columns, sizeof(*columns));

	for (size_t i = 0; i < f->m->rows; i++)
		all[i] = i;
	for (size_t i = 0; i < f->m->columns; i++)
		columns[i] = i;
	for (size_t t = 0; t < f->trees; t++) {
		struct builder b = {.f = f,
		    .nodes = f->nodes + t * f->stride,
		    .lengths = f->lengths + t * f->stride,
		    .n = 1,
		    .stream = random_next(&stream),
		    .rows = rows,
		    .columns = columns};

		draw(&b, all);
		grow(&b, 0, rows, f->sample, 0);
	}
	free(all);
	free(rows);
	free(columns);
}

/* Add the path lengths of n rows, up to AT_ONCE, in one tree. */
static void
descend(const struct forest *f, size_t tree, size_t row, size_t n, double *sums)
{
	const struct node *nodes = f->nodes + tree * f->stride;
	const double *x = matrix_row(f->m, row);
	uint32_t at[AT_ONCE] = {0};

	for (size_t step = 0; step < f->depth; step++) {
		for (size_t i = 0; i < n; i++) {
			const struct node *node = &nodes[at[i]];

			at[i] =
			    node->left +
			    (x[i * f->m->columns + node->column] >= node->cut);
		}
	}
	for (size_t i = 0; i < n; i++)
		sums[i] += f->lengths[tree * f->stride + at[i]];
}

static void
score_rows(void *arg, size_t from, size_t to)
{
	struct forest *f = arg;
	double unit = (double)f->trees * mean_depth(f->sample);

	for (size_t row = from; row < to; row += 128 * AT_ONCE) {
		size_t end =
		    row + 128 * AT_ONCE < to ? row + 128 * AT_ONCE : to;

		memset(f->scores + row, 0, (end - row) * sizeof(*f->scores));
		for (size_t t = 0; t < f->trees; t++) {
			size_t i = row;

			for (; i + AT_ONCE <= end; i += AT_ONCE)
				descend(f, t, i, AT_ONCE, f->scores + i);
			descend(f, t, i, end - i, f->scores + i);
		}
		for (size_t i = row; i < end; i++)
			f->scores[i] =
			    unit > 0 ? exp2(-f->scores[i] / unit) : .5;
	}
}

static void
score(const struct matrix *m, const struct batch_options *o, double *scores)
{
	struct forest f = {.m = m,
	    .scores = scores,
	    .trees = o->trees,
	    .sample = o->sample < m->rows ? o->sample : m->rows,
	    .seed = o->seed};

	f.depth = (size_t)ceil(log2((double)f.sample));
	f.stride = 2 * f.sample;
	f.nodes = xcalloc(f.trees * f.stride, sizeof(*f.nodes));
	f.lengths = xcalloc(f.trees * f.stride, sizeof(*f.lengths));
	build(&f);
	batch_share(o->jobs, m->rows, score_rows, &f);
	free(f.nodes);
	free(f.lengths);
}

const struct batch_method batch_isolation_forest = {
    .name = "isolation_forest",
    .about = "few random cuts isolate it; a good first choice",
    .threshold = .6,
    .uses = BATCH_FOREST,
    .score = score,
};
