/*
 * half_space_trees - how empty is the part of space in which the row lies:
 * trees of random halves, filled by the last window of rows; as a surprise.
 *
 * Tan, Ting and Liu 2011 (Fast anomaly detection for streaming data): 25
 * trees, here of depth 8, windows of 250 rows.  The first window tells where
 * the values lie, and teaches; after each, what was counted takes the place
 * of what is judged by.  A row's mass in a tree is 2^depth times the count of
 * the first node on its way that holds fewer than a tenth of a window, or of
 * its leaf; what is odd is minus the log2 of the mean mass, above that of a
 * full one.  The cut that comes last tells which column it was.  O(trees *
 * depth) a row; 270 KiB, and 8 bytes a number of the first window.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "core/xmem.h"
#include "detect/detect.h"
#include "detect/maths.h"

#define TREES 25
#define DEPTH 8
#define NODES ((1 << (DEPTH + 1)) - 1) /* children of i: 2 i + 1, 2 i + 2 */
#define INNER ((1 << DEPTH) - 1)

struct tree {
	size_t columns[INNER];
	double cuts[INNER];
	double judged[NODES], counted[NODES]; /* rows */
};

struct model {
	const struct detect_options *options; /* lent */
	double *first; /* owned; the first window, row by row */
	size_t n; /* rows in the window that fills */
	bool is_ready; /* there are trees */
	struct tree *trees; /* owned */
};

static void *
create(const struct detect_options *o)
{
	struct model *m = xcalloc(1, sizeof(*m));

	m->options = o;
	m->first = xcalloc(o->window * o->columns, sizeof(*m->first));
	m->trees = xcalloc(TREES, sizeof(*m->trees));
	return m;
}

static void
destroy(void *model)
{
	struct model *m = model;

	if (!m)
		return;
	free(m->first);
	free(m->trees);
	free(m);
}

/* Cut the space between low and high, the node's own, in half below node. */
static void
grow(struct tree *t, size_t node, double *low, double *high, size_t columns,
    uint64_t *random)
{
	size_t j;
	double l, h, cut;

	if (node >= INNER)
		return;
	j = (size_t)random_below(random, columns);
	l = low[j];
	h = high[j];
	cut = l + (h - l) / 2;
	t->columns[node] = j;
	t->cuts[node] = cut;
	high[j] = cut;
	grow(t, 2 * node + 1, low, high, columns, random);
	high[j] = h;
	low[j] = cut;
	grow(t, 2 * node + 2, low, high, columns, random);
	low[j] = l;
}

/* The space of a tree: around a random place within the column's range, twice
 * as wide as the farther side of the range. */
static void
choose(const struct model *m, double *low, double *high, uint64_t *random)
{
	size_t d = m->options->columns;

	for (size_t j = 0; j < d; j++) {
		double least = m->first[j], most = least, at, wide;

		for (size_t i = 1; i < m->n; i++) {
			least = fmin(least, m->first[i * d + j]);
			most = fmax(most, m->first[i * d + j]);
		}
		if (!(most > least)) /* it may vary some time */
			most = least + fmax(fabs(least) / 10, 1e-3);
		at = random_unit(random);
		wide = 2 * fmax(at, 1 - at) * (most - least);
		at = least + at * (most - least);
		low[j] = at - wide;
		high[j] = at + wide;
	}
}

static void
count(struct tree *t, const double *x)
{
	size_t node = 0;

	t->counted[0]++;
	while (node < INNER) {
		node = 2 * node + 1 + (x[t->columns[node]] >= t->cuts[node]);
		t->counted[node]++;
	}
}

/* The window is full: judge by it from now on. */
static void
turn(struct model *m)
{
	for (size_t i = 0; i < TREES; i++) {
		struct tree *t = &m->trees[i];

		memcpy(t->judged, t->counted, sizeof(t->judged));
		memset(t->counted, 0, sizeof(t->counted));
	}
	m->n = 0;
}

static void
plant(struct model *m)
{
	size_t d = m->options->columns;
	double *low = xcalloc(d, sizeof(*low));
	double *high = xcalloc(d, sizeof(*high));
	uint64_t random = m->options->seed;

	for (size_t i = 0; i < TREES; i++) {
		choose(m, low, high, &random);
		grow(&m->trees[i], 0, low, high, d, &random);
		for (size_t k = 0; k < m->n; k++)
			count(&m->trees[i], m->first + k * d);
	}
	free(low);
	free(high);
	m->is_ready = true;
	turn(m);
}

/* The mass where x lies; column: out, in which the last cut was. */
static double
mass(const struct model *m, const struct tree *t, const double *x,
    size_t *column)
{
	double few = (double)m->options->window / 10, by = 1;
	size_t node = 0;

	*column = t->columns[0];

	while (node < INNER && t->judged[node] > few) {
		*column = t->columns[node];
		node = 2 * node + 1 + (x[*column] >= t->cuts[node]);
		by *= 2;
	}
	return t->judged[node] * by;
}

static double
score(void *model, const struct detect_input *in, struct detect_part *parts)
{
	const struct model *m = model;
	double most = (double)m->options->window * (1 << DEPTH), sum = 0;

	if (!m->is_ready)
		return NAN;
	for (size_t j = 0; j < m->options->columns; j++)
		parts[j].score = 0;
	for (size_t i = 0; i < TREES; i++) {
		size_t column;

		sum += mass(m, &m->trees[i], in->x, &column);
		parts[column].score++;
	}
	return maths_log(most / (sum / TREES + 1)) / 0.6931471805599453;
}

static void
update(void *model, const struct detect_input *in, bool is_odd)
{
	struct model *m = model;
	size_t d = m->options->columns;

	(void)is_odd;
	if (!m->is_ready)
		memcpy(m->first + m->n * d, in->x, d * sizeof(*in->x));
	for (size_t i = 0; m->is_ready && i < TREES; i++)
		count(&m->trees[i], in->x);
	if (++m->n < m->options->window)
		return;
	if (m->is_ready)
		turn(m);
	else
		plant(m);
}

static void
pack_tree(struct model *m, struct tree *t, struct pack *p)
{
	for (size_t i = 0; i < INNER && !p->is_bad; i++)
		pack_size(
		    p, "column", &t->columns[i], 0, m->options->columns - 1);
	pack_doubles(p, "cuts", t->cuts, INNER);
	pack_doubles(p, "judged", t->judged, NODES);
	pack_doubles(p, "counted", t->counted, NODES);
}

static void
pack(void *model, struct pack *p)
{
	struct model *m = model;

	pack_size(p, "rows", &m->n, 0, m->options->window - 1);
	pack_flag(p, "is_ready", &m->is_ready);
	if (!m->is_ready)
		pack_doubles(p, "first", m->first, m->n * m->options->columns);
	for (size_t i = 0; p->mode != PACK_SHOW && m->is_ready && i < TREES;
	     i++)
		pack_tree(m, &m->trees[i], p);
}

const struct detect_method detect_half_space_trees = {
    .name = "half_space_trees",
    .about = "in an empty part of space; several fields, very fast",
    .threshold = 2,
    .window = 250,
    .traits =
	DETECT_JOINT | DETECT_RAW | DETECT_PEAKS | DETECT_BLIND | DETECT_SEEDED,
    .bytes = 310000,
    .bytes_a_value = 8,
    .create = create,
    .destroy = destroy,
    .score = score,
    .update = update,
    .pack = pack,
};
