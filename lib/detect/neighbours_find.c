#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/neighbours_private.h"

#define FEW ((size_t)64) /* columns, for which the stack has room */

struct search {
	const struct neighbours *t;
	const double *q; /* where to look from, padded */
	double limit; /* squares beyond it do not count */
	/* find: the best so far, a heap whose first is the farthest */
	struct neighbour *best;
	size_t k, n, except;
	/* within */
	bool (*each)(void *arg, size_t row, double square);
	void *arg;
	bool is_over;
};

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
		if (s->n < s->k)
			return;
		for (size_t i = s->k / 2; i-- > 0;)
			sink(s->best, s->n, i);
	} else if (is_farther(&s->best[0], &x)) {
		s->best[0] = x;
		sink(s->best, s->n, 0);
	}
	s->limit = s->best[0].square;
}

/* The row at place i of the tree.  Returns whether to go on. */
static bool
take_one(struct search *s, size_t i, double square)
{
	size_t row = s->t->order[i];

	if (square > s->limit)
		return true;
	if (!s->best)
		return s->each(s->arg, row, square);
	if (row != s->except)
		keep(s, (struct neighbour){square, row});
	return true;
}

/* The rows of a leaf. */
static void
look(struct search *s, const struct part *p)
{
	const struct neighbours *t = s->t;
	double squares[SCAN_ROWS];
	size_t n = p->to - p->from;
	unsigned halves =
	    t->scan->squares(t->blocks + p->block * t->columns * SCAN_ROWS,
		s->q, t->columns, s->limit, squares);
	size_t from = halves & 1 ? 0 : SCAN_ROWS / 2;
	size_t to = halves & 2 ? SCAN_ROWS : SCAN_ROWS / 2;

	for (size_t i = from; i < to && i < n; i++) {
		if (!take_one(s, p->from + i, squares[i])) {
			s->is_over = true;
			return;
		}
	}
}

static double
distance_to(const struct neighbours *t, const double *q, size_t part)
{
	const double *low = t->bounds + part * 2 * t->padded;

	return t->scan->to_box(low, low + t->padded, q, t->padded);
}

/* The part is at the distance square. */
static void
visit(struct search *s, size_t part, double square)
{
	size_t near = 2 * part + 1, far = near + 1;
	double d_near, d_far;

	if (s->is_over || square > s->limit)
		return;
	if (s->t->parts[part].is_leaf) {
		look(s, &s->t->parts[part]);
		return;
	}
	d_near = distance_to(s->t, s->q, near);
	d_far = distance_to(s->t, s->q, far);
	if (d_far < d_near) {
		visit(s, far, d_far);
		visit(s, near, d_near);
	} else {
		visit(s, near, d_near);
		visit(s, far, d_far);
	}
}

/* x with zeros behind it: in room, if that is enough, else in new memory. */
static double *
pad(const struct neighbours *t, const double *x, double *room)
{
	double *q = t->padded <= FEW ? room : xcalloc(t->padded, sizeof(*q));

	memcpy(q, x, t->columns * sizeof(*q));
	for (size_t j = t->columns; j < t->padded; j++)
		q[j] = 0;
	return q;
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
	double room[FEW], *q;
	struct search s = {
	    .t = t, .limit = INFINITY, .best = out, .k = k, .except = except};

	if (k == 0 || !out)
		return 0;
	s.q = q = pad(t, x, room);
	visit(&s, 0, 0);
	if (q != room)
		free(q);
	qsort(out, s.n, sizeof(*out), compare);
	return s.n;
}

void
neighbours_within(const struct neighbours *t, const double *x, double radius,
    bool (*each)(void *arg, size_t row, double square), void *arg)
{
	double room[FEW], *q = pad(t, x, room);
	struct search s = {
	    .t = t, .q = q, .limit = radius * radius, .each = each, .arg = arg};

	visit(&s, 0, 0);
	if (q != room)
		free(q);
}

/* What neighbours_take is about. */
struct taking {
	struct neighbours *t;
	const double *q;
	double limit;
	void (*each)(void *arg, size_t row);
	void *arg;
};

static void
take_leaf(const struct taking *g, struct part *p)
{
	struct neighbours *t = g->t;
	double squares[SCAN_ROWS];
	size_t n = p->to - p->from;
	unsigned halves =
	    t->scan->squares(t->blocks + p->block * t->columns * SCAN_ROWS,
		g->q, t->columns, g->limit, squares);

	for (size_t i = 0; i < n; i++) {
		bool *is_taken = &t->is_taken[p->from + i];

		if (!(halves & (i < SCAN_ROWS / 2 ? 1 : 2)) || *is_taken ||
		    squares[i] > g->limit)
			continue;
		*is_taken = true;
		p->left--;
		g->each(g->arg, t->order[p->from + i]);
	}
}

static void
take(const struct taking *g, size_t part)
{
	struct part *p = &g->t->parts[part];
	size_t child = 2 * part + 1;

	if (p->left == 0 || distance_to(g->t, g->q, part) > g->limit)
		return;
	if (p->is_leaf) {
		take_leaf(g, p);
		return;
	}
	take(g, child);
	take(g, child + 1);
	p->left = g->t->parts[child].left + g->t->parts[child + 1].left;
}

void
neighbours_take(struct neighbours *t, const double *x, double radius,
    void (*each)(void *arg, size_t row), void *arg)
{
	double room[FEW], *q = pad(t, x, room);
	struct taking g = {t, q, radius * radius, each, arg};

	if (!t->is_taken)
		t->is_taken = xcalloc(t->rows, sizeof(*t->is_taken));
	take(&g, 0);
	if (q != room)
		free(q);
}
