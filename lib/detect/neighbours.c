#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/neighbours.h"

#define LEAF 16 /* rows in a part that is not split any more */

/* A part of the rows, from..to in the tree's order.  Its children stand at
 * 2 i + 1 and 2 i + 2. */
struct part {
	uint32_t from, to;
	bool is_leaf;
};

struct neighbours {
	size_t rows, columns;
	size_t *order; /* owned; the number of the row that stands there */
	double *x; /* owned; the rows in that order */
	struct part *parts; /* owned */
	double *bounds; /* owned; of each part: columns times low, high */
};

struct search {
	const struct neighbours *t;
	const double *x;
	/* find: the best so far, a heap whose first is the farthest */
	struct neighbour *best;
	size_t k, n, except;
	/* within */
	double square;
	bool (*each)(void *arg, size_t row, double square);
	void *arg;
	bool is_over;
};

static void
set_bounds(struct neighbours *t, size_t part)
{
	const struct part *p = &t->parts[part];
	double *b = t->bounds + part * 2 * t->columns;

	for (size_t j = 0; j < t->columns; j++) {
		b[2 * j] = INFINITY;
		b[2 * j + 1] = -INFINITY;
	}
	for (size_t i = p->from; i < p->to; i++) {
		const double *x = t->x + t->order[i] * t->columns;

		for (size_t j = 0; j < t->columns; j++) {
			if (x[j] < b[2 * j])
				b[2 * j] = x[j];
			if (x[j] > b[2 * j + 1])
				b[2 * j + 1] = x[j];
		}
	}
}

/* The column in which the part is widest. */
static size_t
widest(const struct neighbours *t, size_t part)
{
	const double *b = t->bounds + part * 2 * t->columns;
	size_t best = 0;

	for (size_t j = 1; j < t->columns; j++)
		if (b[2 * j + 1] - b[2 * j] > b[2 * best + 1] - b[2 * best])
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
    struct neighbours *t, size_t from, size_t to, size_t mid, size_t column)
{
	size_t *o = t->order;
	const double *x = t->x + column;
	size_t d = t->columns;

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

static void
split(struct neighbours *t, size_t part)
{
	struct part *p = &t->parts[part];
	size_t mid = p->from + (p->to - p->from) / 2;

	set_bounds(t, part);
	p->is_leaf = p->to - p->from <= LEAF;
	if (p->is_leaf)
		return;
	select_middle(t, p->from, p->to, mid, widest(t, part));
	t->parts[2 * part + 1] = (struct part){p->from, (uint32_t)mid, false};
	t->parts[2 * part + 2] = (struct part){(uint32_t)mid, p->to, false};
	split(t, 2 * part + 1);
	split(t, 2 * part + 2);
}

/* Parts of a tree that is halved down to LEAF rows. */
static size_t
count_parts(size_t rows)
{
	size_t n = 1;

	for (; rows > LEAF; rows -= rows / 2)
		n = 2 * n + 1;
	return n;
}

/* Put the rows themselves into the order: each cycle of it by itself. */
static void
arrange(struct neighbours *t)
{
	double *sorted = xcalloc(t->rows * t->columns, sizeof(*sorted));

	for (size_t i = 0; i < t->rows; i++)
		memcpy(sorted + i * t->columns, t->x + t->order[i] * t->columns,
		    t->columns * sizeof(*sorted));
	free(t->x);
	t->x = sorted;
}

struct neighbours *
neighbours_new(const struct matrix *m)
{
	struct neighbours *t = xcalloc(1, sizeof(*t));
	size_t n = m->rows * m->columns, parts = count_parts(m->rows);

	t->rows = m->rows;
	t->columns = m->columns;
	t->order = xcalloc(t->rows, sizeof(*t->order));
	t->x = xcalloc(n, sizeof(*t->x));
	memcpy(t->x, m->x, n * sizeof(*t->x));
	for (size_t i = 0; i < t->rows; i++)
		t->order[i] = i;
	t->parts = xcalloc(parts, sizeof(*t->parts));
	t->bounds = xcalloc(parts * 2 * t->columns, sizeof(*t->bounds));
	t->parts[0].to = (uint32_t)t->rows;
	split(t, 0);
	arrange(t);
	return t;
}

void
neighbours_free(struct neighbours *t)
{
	if (!t)
		return;
	free(t->order);
	free(t->x);
	free(t->parts);
	free(t->bounds);
	free(t);
}

const size_t *
neighbours_order(const struct neighbours *t)
{
	return t->order;
}

/* The square of the distance from x to the part's bounds. */
static double
distance_to(const struct neighbours *t, const double *x, size_t part)
{
	const double *b = t->bounds + part * 2 * t->columns;
	double sum = 0;

	for (size_t j = 0; j < t->columns; j++) {
		double low = b[2 * j] - x[j], high = x[j] - b[2 * j + 1];
		double d = low > high ? low : high;

		d = d > 0 ? d : 0;
		sum += d * d;
	}
	return sum;
}

static double
distance(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t j = 0; j < n; j++)
		sum += (a[j] - b[j]) * (a[j] - b[j]);
	return sum;
}

static bool
is_farther(const struct neighbour *a, const struct neighbour *b)
{
	return a->square > b->square ||
	       (a->square == b->square && a->row > b->row);
}

/* Let the one at i sink to its place in the heap. */
static void
sink(struct neighbour *heap, size_t n, size_t i)
{
	struct neighbour x = heap[i];

	for (size_t child; (child = 2 * i + 1) < n; i = child) {
		if (child + 1 < n && is_farther(&heap[child + 1], &heap[child]))
			child++;
		if (!is_farther(&heap[child], &x))
			break;
		heap[i] = heap[child];
	}
	heap[i] = x;
}

static void
keep(struct search *s, struct neighbour x)
{
	if (s->n < s->k) {
		s->best[s->n++] = x;
		if (s->n == s->k)
			for (size_t i = s->k / 2; i-- > 0;)
				sink(s->best, s->n, i);
	} else if (is_farther(&s->best[0], &x)) {
		s->best[0] = x;
		sink(s->best, s->n, 0);
	}
}

static void
look(struct search *s, size_t part)
{
	const struct neighbours *t = s->t;

	for (size_t i = t->parts[part].from; i < t->parts[part].to; i++) {
		struct neighbour x = {
		    distance(t->x + i * t->columns, s->x, t->columns),
		    t->order[i]};

		if (s->best) {
			if (x.row != s->except)
				keep(s, x);
		} else if (x.square <= s->square &&
			   !s->each(s->arg, x.row, x.square)) {
			s->is_over = true;
			return;
		}
	}
}

/* Can the part at this distance hold any that counts? */
static bool
is_near(const struct search *s, double square)
{
	if (!s->best)
		return square <= s->square;
	return s->n < s->k || square <= s->best[0].square;
}

/* The part is at the distance square. */
static void
visit(struct search *s, size_t part, double square)
{
	size_t near = 2 * part + 1, far = near + 1;
	double d_near, d_far;

	if (s->is_over || !is_near(s, square))
		return;
	if (s->t->parts[part].is_leaf) {
		look(s, part);
		return;
	}
	d_near = distance_to(s->t, s->x, near);
	d_far = distance_to(s->t, s->x, far);
	if (d_far < d_near) {
		visit(s, far, d_far);
		visit(s, near, d_near);
	} else {
		visit(s, near, d_near);
		visit(s, far, d_far);
	}
}

static int
compare(const void *a, const void *b)
{
	const struct neighbour *x = a, *y = b;

	return is_farther(x, y) - is_farther(y, x);
}

size_t
neighbours_find(const struct neighbours *t, const double *x, size_t k,
    size_t except, struct neighbour *out)
{
	struct search s = {
	    .t = t, .x = x, .best = out, .k = k, .except = except};

	if (k == 0 || !out)
		return 0;
	visit(&s, 0, 0);
	qsort(out, s.n, sizeof(*out), compare);
	return s.n;
}

void
neighbours_within(const struct neighbours *t, const double *x, double radius,
    bool (*each)(void *arg, size_t row, double square), void *arg)
{
	struct search s = {.t = t,
	    .x = x,
	    .square = radius * radius,
	    .each = each,
	    .arg = arg};

	visit(&s, 0, 0);
}
