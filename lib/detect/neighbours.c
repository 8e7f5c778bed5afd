#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/neighbours_private.h"

/* The tree while it is being built. */
struct builder {
	struct neighbours *t;
	const double *x; /* the rows, in their own order */
};

static void
set_bounds(const struct builder *b, size_t part)
{
	const struct neighbours *t = b->t;
	const struct part *p = &t->parts[part];
	double *low = t->bounds + part * 2 * t->padded, *high = low + t->padded;

	for (size_t j = 0; j < t->columns; j++) {
		low[j] = INFINITY;
		high[j] = -INFINITY;
	}
	for (size_t i = p->from; i < p->to; i++) {
		const double *x = b->x + t->order[i] * t->columns;

		for (size_t j = 0; j < t->columns; j++) {
			low[j] = x[j] < low[j] ? x[j] : low[j];
			high[j] = x[j] > high[j] ? x[j] : high[j];
		}
	}
}

/* The column in which the part is widest. */
static size_t
widest(const struct neighbours *t, size_t part)
{
	const double *low = t->bounds + part * 2 * t->padded;
	const double *high = low + t->padded;
	size_t best = 0;

	for (size_t j = 1; j < t->columns; j++)
		if (high[j] - low[j] > high[best] - low[best])
			best = j;
	return best;
}

static void
swap(size_t *a, size_t *b)
{
	size_t c = *a;

	*a = *b;
	*b = c;
}

/* Order from..to so that the row at mid is where it would be if sorted by
 * the column (Hoare's selection, Dijkstra's three parts). */
static void
select_middle(
    const struct builder *b, size_t from, size_t to, size_t mid, size_t column)
{
	size_t *o = b->t->order;
	const double *x = b->x + column;
	size_t d = b->t->columns;

	while (to - from > 1) {
		double pivot = x[o[from + (to - from) / 2] * d];
		size_t low = from, high = to; /* below, above the pivot */

		for (size_t i = from; i < high;) {
			double here = x[o[i] * d];

			if (here < pivot)
				swap(&o[i++], &o[low++]);
			else if (here > pivot)
				swap(&o[i], &o[--high]);
			else
				i++;
		}
		if (mid < low)
			to = low;
		else if (mid >= high)
			from = high;
		else
			return;
	}
}

/* Lay the rows of a leaf side by side, column by column; 0 behind the last. */
static void
fill_block(const struct builder *b, struct part *p)
{
	struct neighbours *t = b->t;
	double *block;

	p->block = (uint32_t)t->n_blocks++;
	block = t->blocks + p->block * t->columns * SCAN_ROWS;
	for (size_t i = p->from; i < p->to; i++) {
		const double *x = b->x + t->order[i] * t->columns;

		for (size_t j = 0; j < t->columns; j++)
			block[j * SCAN_ROWS + i - p->from] = x[j];
	}
}

static void
split(const struct builder *b, size_t part)
{
	struct neighbours *t = b->t;
	struct part *p = &t->parts[part];
	size_t mid = p->from + (p->to - p->from) / 2;

	set_bounds(b, part);
	p->left = p->to - p->from;
	p->is_leaf = p->left <= SCAN_ROWS;
	if (p->is_leaf) {
		fill_block(b, p);
		return;
	}
	select_middle(b, p->from, p->to, mid, widest(t, part));
	t->parts[2 * part + 1] =
	    (struct part){.from = p->from, .to = (uint32_t)mid};
	t->parts[2 * part + 2] =
	    (struct part){.from = (uint32_t)mid, .to = p->to};
	split(b, 2 * part + 1);
	split(b, 2 * part + 2);
}

/* The leaves at most of a tree that is halved down to SCAN_ROWS rows. */
static size_t
count_leaves(size_t rows)
{
	size_t n = 1;

	for (; rows > SCAN_ROWS; rows -= rows / 2)
		n *= 2;
	return n;
}

struct neighbours *
neighbours_new(const struct matrix *m)
{
	struct neighbours *t = xcalloc(1, sizeof(*t));
	struct builder b = {t, m->x};
	size_t leaves = count_leaves(m->rows), parts = 2 * leaves - 1;

	t->rows = m->rows;
	t->columns = m->columns;
	t->padded = scan_pad(m->columns);
	t->scan = scan_get();
	t->order = xcalloc(t->rows, sizeof(*t->order));
	for (size_t i = 0; i < t->rows; i++)
		t->order[i] = i;
	t->blocks = xcalloc(leaves * SCAN_ROWS, t->columns * sizeof(double));
	t->parts = xcalloc(parts, sizeof(*t->parts));
	t->bounds = xcalloc(parts * 2 * t->padded, sizeof(*t->bounds));
	t->parts[0].to = (uint32_t)t->rows;
	split(&b, 0);
	return t;
}

void
neighbours_free(struct neighbours *t)
{
	if (!t)
		return;
	free(t->order);
	free(t->blocks);
	free(t->parts);
	free(t->bounds);
	free(t->is_taken);
	free(t);
}

const size_t *
neighbours_order(const struct neighbours *t)
{
	return t->order;
}

size_t
neighbours_count(const struct neighbours *t)
{
	return t->rows;
}

static void
copy_part(const struct neighbours *t, size_t part, double *x)
{
	const struct part *p = &t->parts[part];
	const double *block = t->blocks + p->block * t->columns * SCAN_ROWS;

	if (!p->is_leaf) {
		copy_part(t, 2 * part + 1, x);
		copy_part(t, 2 * part + 2, x);
		return;
	}
	for (size_t i = p->from; i < p->to; i++)
		for (size_t j = 0; j < t->columns; j++)
			x[t->order[i] * t->columns + j] =
			    block[j * SCAN_ROWS + i - p->from];
}

void
neighbours_rows(const struct neighbours *t, double *x)
{
	copy_part(t, 0, x);
}
