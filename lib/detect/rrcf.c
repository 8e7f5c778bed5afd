/*
 * rrcf - how much a row changes the picture: robust random cut forests; as a
 * surprise.
 *
 * Guha, Mishra, Roy and Schrijvers 2016 (Robust random cut forest based
 * anomaly detection on streams): 40 trees over 256 rows, the mean of their
 * collusive displacements.  They are a sample of all rows in which the last
 * 2000 or so count most: one row in 8 takes the place of any other (Aggarwal
 * 2006, On biased reservoir sampling).  One column alone is looked at as the
 * last 2 of its values.  O(trees * depth * columns) a row; 2 MiB with one
 * column.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "core/xmem.h"
#include "detect/cut_tree.h"
#include "detect/detect.h"

#define TREES 40
#define SPARED 8 /* one row in so many is taken, once there are enough */
#define SHINGLE 2

struct model {
	const struct detect_options *options; /* lent */
	size_t dimensions, max;
	double *points; /* owned; max and one */
	size_t n, at; /* rows in the trees; where the next one goes */
	uint64_t random; /* stream */
	double last[SHINGLE - 1]; /* of one column, the newest last */
	size_t n_last;
	bool is_in; /* the row at at is in the trees, for the score alone */
	struct cut_tree trees[TREES];
};

static void *
create(const struct detect_options *o)
{
	struct model *m = xcalloc(1, sizeof(*m));
	uint64_t random = o->seed;

	m->options = o;
	m->dimensions = o->columns > 1 ? o->columns : SHINGLE;
	m->max = o->window;
	m->random = random_next(&random);
	m->points = xcalloc((m->max + 1) * m->dimensions, sizeof(*m->points));
	for (size_t i = 0; i < TREES; i++)
		cut_tree_init(&m->trees[i], m->dimensions, m->max + 1,
		    random_next(&random));
	return m;
}

static void
destroy(void *model)
{
	struct model *m = model;

	if (!m)
		return;
	for (size_t i = 0; i < TREES; i++)
		cut_tree_release(&m->trees[i]);
	free(m->points);
	free(m);
}

static double *
point(const struct model *m, size_t i)
{
	return m->points + i * m->dimensions;
}

/* Write the row, or the last values of the one column, to where the next one
 * goes.  Returns false if there are too few. */
static bool
place(struct model *m, const struct detect_input *in)
{
	double *x = point(m, m->at);
	size_t n = m->options->columns;

	if (n == 1 && (in->is_gap || m->n_last < SHINGLE - 1))
		return false;
	if (n == 1) {
		memcpy(x, m->last, sizeof(m->last));
		x[SHINGLE - 1] = *in->x;
	} else {
		memcpy(x, in->x, n * sizeof(*x));
	}
	return true;
}

/* The row that was scored alone goes again. */
static void
take_out(struct model *m)
{
	for (size_t i = 0; m->is_in && i < TREES; i++)
		cut_tree_remove(&m->trees[i], point(m, m->at));
	m->is_in = false;
}

static void
put_in(struct model *m)
{
	for (size_t i = 0; i < TREES; i++)
		cut_tree_add(&m->trees[i], point(m, m->at));
	m->is_in = true;
}

static double
score(void *model, const struct detect_input *in, struct detect_part *parts)
{
	struct model *m = model;
	double sum = 0;

	take_out(m);
	if (!place(m, in) || m->n < DETECT_WARM_UP)
		return NAN;
	put_in(m);
	for (size_t j = 0; j < m->options->columns; j++)
		parts[j].score = 0;
	for (size_t i = 0; i < TREES; i++) {
		size_t j;
		double d =
		    cut_tree_displacement(&m->trees[i], point(m, m->at), &j);

		parts[m->options->columns > 1 ? j : 0].score += d;
		sum += d;
	}
	return sum / TREES;
}

static void
move_on(struct model *m, const struct detect_input *in)
{
	if (m->options->columns > 1)
		return;
	if (in->is_gap)
		m->n_last = 0;
	memmove(m->last, m->last + 1, sizeof(m->last) - sizeof(*m->last));
	m->last[SHINGLE - 2] = *in->x;
	m->n_last += m->n_last < SHINGLE - 1;
}

/* A place for the next row: one that is not used yet, or another's. */
static void
make_room(struct model *m)
{
	size_t victim;

	if (m->n < m->max) {
		m->at = ++m->n;
		return;
	}
	victim = (size_t)random_below(&m->random, m->max);
	victim += victim >= m->at; /* any but the new one */
	m->at = victim;
	for (size_t i = 0; i < TREES; i++)
		cut_tree_remove(&m->trees[i], point(m, m->at));
}

static void
update(void *model, const struct detect_input *in, bool is_odd)
{
	struct model *m = model;
	bool is_taken =
	    !is_odd && (m->n < m->max || random_below(&m->random, SPARED) == 0);

	if (!is_taken)
		take_out(m);
	else if (!m->is_in && place(m, in))
		put_in(m);
	if (m->is_in)
		make_room(m);
	m->is_in = false;
	move_on(m, in);
}

/* A row that is in for its score alone is not saved: update comes first. */
static void
pack(void *model, struct pack *p)
{
	struct model *m = model;

	pack_size(p, "rows", &m->n, 0, m->max);
	pack_size(p, "at", &m->at, 0, m->max);
	pack_bits(p, "random", &m->random);
	pack_size(p, "n_last", &m->n_last, 0, SHINGLE - 1);
	pack_doubles(p, "last", m->last, SHINGLE - 1);
	pack_doubles(p, "points", m->points, (m->max + 1) * m->dimensions);
	for (size_t i = 0; i < TREES && !p->is_bad; i++) {
		cut_tree_pack(&m->trees[i], p);
		if (p->mode == PACK_LOAD && !p->is_bad &&
		    cut_tree_count(&m->trees[i]) != m->n)
			p->is_bad = true;
	}
}

const struct detect_method detect_rrcf = {
    .name = "rrcf",
    .about = "a row that changes the picture; several fields, few rows",
    .threshold = 2,
    .window = 256,
    .traits = DETECT_JOINT | DETECT_RAW | DETECT_PEAKS | DETECT_SERIES |
	      DETECT_BLIND | DETECT_SEEDED,
    .bytes_a_value = 2560,
    .create = create,
    .destroy = destroy,
    .score = score,
    .update = update,
    .pack = pack,
};
