/*
 * elliptic_envelope - the squared distance from the centre in the metric of
 * the covariance, as mahalanobis, but both of the half of the rows that lies
 * closest together: anomalies do not hide themselves by stretching it.
 *
 * The minimum covariance determinant, by FastMCD: from random starts of
 * columns + 1 rows, steps to the (rows + columns + 1) / 2 rows that are
 * nearest by what the last ones say; first within up to five parts of 300
 * rows, then with the best of these within all parts, then within all rows.
 * What it finds is made consistent with normal data by the median of the
 * distances, and once estimated again by the rows within the 0.975 quantile
 * of chi-squared.
 *
 * Where half of the rows lie in fewer dimensions than there are, directions
 * in which they do not vary are left out (pseudo-inverse).  About 50 passes
 * of rows * columns^2; 8 bytes a row beside the scores.
 *
 * Rousseeuw and Van Driessen 1999; the correction of Croux and Haesbroeck
 * 1999 in scikit-learn's form.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "core/xmem.h"
#include "detect/chi_squared.h"
#include "detect/ellipse.h"
#include "detect/select.h"

#define PARTS 5
#define PART 300 /* rows */
#define STARTS 500
#define BEST 10 /* of the starts go on */
#define FEW_STEPS 2
#define MANY 50000 /* rows: only the best of the best goes all the way */
#define STEPS 100 /* until nothing changes; it takes about ten */

/* A guess: where the centre is, and the metric. */
struct guess {
	struct ellipse *e; /* owned */
	size_t rank; /* of its covariance */
	double log_det; /* of that, in as many dimensions */
};

/* Is it smaller: of fewer dimensions, or of a smaller determinant? */
static bool
is_smaller(const struct guess *a, const struct guess *b)
{
	return a->rank != b->rank ? a->rank < b->rank : a->log_det < b->log_det;
}

struct work {
	const struct matrix *m;
	unsigned jobs;
	size_t half; /* rows to cover, of all */
	double *distances; /* room for all rows */
	size_t *rows;
	uint64_t stream;
};

/* Estimate by n of the rows at which. */
static void
estimate(const struct matrix *m, const size_t *which, size_t n, struct guess *g)
{
	matrix_covariance(m, which, n, g->e->centre, g->e->inverse);
	g->rank = matrix_invert(
	    g->e->inverse, m->columns, g->e->inverse, &g->log_det);
}

/* The rows of m that are nearest: n of them. */
static void
nearest(
    struct work *w, const struct matrix *m, const struct ellipse *e, size_t n)
{
	size_t count = 0;
	double cut;

	ellipse_score_all(e, m, w->jobs, w->distances);
	cut = select_find(w->distances, m->rows, n - 1);
	for (size_t i = 0; i < m->rows; i++)
		if (w->distances[i] < cut)
			w->rows[count++] = i;
	for (size_t i = 0; i < m->rows && count < n; i++)
		if (w->distances[i] == cut)
			w->rows[count++] = i;
}

/* Up to n steps within m, until the determinant does not fall any more. */
static void
improve(struct work *w, const struct matrix *m, struct guess *g, int n)
{
	size_t half =
	    (size_t)((double)m->rows * ((double)w->half / (double)w->m->rows));
	struct guess before = {.rank = m->columns + 1};

	if (half <= m->columns)
		half = m->columns < m->rows ? m->columns + 1 : m->rows;
	for (int i = 0; i < n && is_smaller(g, &before); i++) {
		if (i > 0)
			before = *g;
		nearest(w, m, g->e, half);
		estimate(m, w->rows, half, g);
	}
}

static void
draw(struct work *w, size_t *rows, size_t n, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t j = i + random_below(&w->stream, n - i), row = rows[j];

		rows[j] = rows[i];
		rows[i] = row;
	}
}

/* Start from columns + 1 random rows of m, and more as long as they do not
 * span all. */
static void
start(struct work *w, const struct matrix *m, struct guess *g)
{
	size_t n = m->columns + 1 < m->rows ? m->columns + 1 : m->rows;

	for (size_t i = 0; i < m->rows; i++)
		w->rows[i] = i;
	draw(w, w->rows, m->rows, m->rows);
	estimate(m, w->rows, n, g);
	while (g->rank < m->columns && n < m->rows) {
		n = 2 * n < m->rows ? 2 * n : m->rows;
		estimate(m, w->rows, n, g);
	}
}

/* Keep g among the n best at best, of which there are *count. */
static void
keep(struct guess *best, size_t *count, size_t n, struct guess g)
{
	size_t i;

	if (*count < n) {
		i = (*count)++;
	} else if (is_smaller(&g, &best[n - 1])) {
		i = n - 1;
		ellipse_destroy(best[i].e);
	} else {
		ellipse_destroy(g.e);
		return;
	}
	for (; i > 0 && is_smaller(&g, &best[i - 1]); i--)
		best[i] = best[i - 1];
	best[i] = g;
}

/* The BEST of so many starts within m.  Returns how many there are. */
static size_t
try(struct work *w, const struct matrix *m, size_t starts, struct guess *best)
{
	size_t n = 0;

	for (size_t i = 0; i < starts; i++) {
		struct guess g = {.e = ellipse_new(m->columns)};

		start(w, m, &g);
		improve(w, m, &g, FEW_STEPS);
		keep(best, &n, BEST, g);
	}
	return n;
}

/* Improve n guesses within m; the best ones come first. */
static size_t
improve_all(struct work *w, const struct matrix *m, struct guess *all, size_t n,
    int steps)
{
	struct guess *old = xcalloc(n, sizeof(*old));
	size_t count = 0;

	memcpy(old, all, n * sizeof(*old));
	for (size_t i = 0; i < n; i++) {
		improve(w, m, &old[i], steps);
		keep(all, &count, BEST, old[i]);
	}
	free(old);
	return count;
}

/* Guesses from parts of random rows; the rows of all parts are at x. */
static size_t
try_parts(struct work *w, double *x, struct guess *all)
{
	size_t d = w->m->columns;
	size_t parts = w->m->rows / PART < PARTS ? w->m->rows / PART : PARTS;
	size_t n = 0;

	for (size_t i = 0; i < w->m->rows; i++)
		w->rows[i] = i;
	draw(w, w->rows, w->m->rows, parts * PART);
	for (size_t i = 0; i < parts * PART; i++)
		memcpy(x + i * d, matrix_row(w->m, w->rows[i]), d * sizeof(*x));
	for (size_t i = 0; i < parts; i++)
		n += try(w, &(struct matrix){x + i * PART * d, PART, d},
		    STARTS / parts, all + n);
	return improve_all(
	    w, &(struct matrix){x, parts * PART, d}, all, n, FEW_STEPS);
}

/* The rows that are nearest to each other. */
static struct guess
find(struct work *w)
{
	double *x;
	struct guess all[PARTS * BEST];
	size_t n;

	if (w->m->rows < 2 * PART) {
		n = try(w, w->m, STARTS, all);
	} else {
		x = xcalloc(PARTS * PART * w->m->columns, sizeof(*x));
		n = try_parts(w, x, all);
		free(x);
		n = improve_all(
		    w, w->m, all, n, w->m->rows > MANY ? FEW_STEPS : STEPS);
	}
	for (size_t i = 1; i < n; i++)
		ellipse_destroy(all[i].e);
	improve(w, w->m, &all[0], STEPS);
	return all[0];
}

/* Estimate once more, by all rows that are not outside. */
static void
reweight(struct work *w, struct guess *g)
{
	double d = (double)w->m->columns, cut;
	size_t n = 0;

	ellipse_score_all(g->e, w->m, w->jobs, w->distances);
	cut = select_quantile(w->distances, w->m->rows, .5) /
	      chi_squared_quantile(d, .5) * chi_squared_quantile(d, .975);
	for (size_t i = 0; i < w->m->rows; i++)
		if (w->distances[i] <= cut)
			w->rows[n++] = i;
	estimate(w->m, w->rows, n, g);
}

static void *
fit(const struct matrix *m, const struct batch_options *o, double *scores)
{
	struct work w = {.m = m,
	    .jobs = o->jobs,
	    .half = (m->rows + m->columns + 1) / 2,
	    .distances = scores,
	    .stream = o->seed};
	struct guess g;

	if (w.half > m->rows)
		w.half = m->rows;
	w.rows = xcalloc(m->rows, sizeof(*w.rows));
	g = find(&w);
	reweight(&w, &g);
	free(w.rows);
	ellipse_score_all(g.e, m, o->jobs, scores);
	return g.e;
}

const struct batch_method batch_elliptic_envelope = {
    .name = "elliptic_envelope",
    .about = "off the densest half of the rows; robust mahalanobis",
    .uses = BATCH_SEED,
    .fit = fit,
    ELLIPSE_METHOD,
};
