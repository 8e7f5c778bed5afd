/*
 * one_class_svm - how far outside of the border that holds most of the rows,
 * where rows are as alike as exp(-gamma |x - y|^2) says: above 0 it is
 * outside, by any amount up to rho.
 *
 * nu is about the share of the rows that the border leaves outside.  gamma is
 * 1 / (columns * variance of all values), as scikit-learn's "scale".
 * Distances are Euclidean: columns of different units should be scaled.
 *
 * The dual: weights from 0 to 1 whose sum is nu * rows, found by sequential
 * minimal optimisation, two at a time, chosen by what the step gains.  It
 * starts from the first rows, and ends when the conditions of optimality are
 * met to the tolerance, all as libsvm does; so the answer is that of libsvm,
 * to the tolerance and better than its single precision.  At least nu *
 * rows^2 * columns; 48 MiB and 8 bytes a number.
 *
 * Schoelkopf and others 2001; Fan, Chen and Lin 2005.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/batch.h"
#include "detect/kernel.h"
#include "detect/maths.h"
#include "detect/model.h"
#include "json/write.h"

#define LEAST_CURVE 1e-12 /* of a step, where two rows are equal */
#define NONE ((size_t)-1)

struct model {
	size_t columns, n; /* rows that have a weight */
	double gamma, rho;
	double *weights, *x; /* owned; n, n * columns */
};

static void
destroy(void *model)
{
	struct model *m = model;

	if (!m)
		return;
	free(m->weights);
	free(m->x);
	free(m);
}

static double
score(const void *model, const double *x)
{
	const struct model *m = model;
	double sum = 0;

	for (size_t i = 0; i < m->n; i++) {
		const double *y = m->x + i * m->columns;
		double square = 0;

		for (size_t j = 0; j < m->columns; j++)
			square += (x[j] - y[j]) * (x[j] - y[j]);
		sum += m->weights[i] * maths_exp(-m->gamma * square);
	}
	return m->rho - sum;
}

/* The problem as it is being solved. */
struct work {
	struct kernel *kernel;
	size_t n;
	double *weights; /* from 0 to 1 */
	double *sums; /* of the kernel with the weights: the gradient */
	size_t started; /* weights that are not 0 at first */
};

static void
sum_up(void *arg, size_t from, size_t to)
{
	struct work *w = arg;

	kernel_sum(w->kernel, w->weights, w->started, from, to, w->sums);
}

static void
begin(struct work *w, double nu, unsigned jobs)
{
	double total = nu * (double)w->n;
	size_t whole = (size_t)total;

	for (size_t i = 0; i < whole && i < w->n; i++)
		w->weights[i] = 1;
	if (whole < w->n)
		w->weights[whole] = total - (double)whole;
	w->started = whole < w->n ? whole + 1 : w->n;
	batch_share(jobs, w->n, sum_up, w);
}

/* The row that most wants more weight; NONE: all have all. */
static size_t
find_up(const struct work *w)
{
	size_t best = NONE;

	for (size_t t = 0; t < w->n; t++)
		if (w->weights[t] < 1 &&
		    (best == NONE || w->sums[t] < w->sums[best]))
			best = t;
	return best;
}

/* The row that gains most by giving weight to the row up; gap: out, how much
 * the conditions are violated.  NONE: nobody gains. */
static size_t
find_down(const struct work *w, size_t up, const double *row, double *gap)
{
	double most = 0, largest = -INFINITY;
	size_t best = NONE;

	for (size_t t = 0; t < w->n; t++) {
		double slope = w->sums[t] - w->sums[up], curve, gain;

		if (!(w->weights[t] > 0))
			continue;
		largest = slope > largest ? slope : largest;
		if (!(slope > 0))
			continue;
		curve = 2 - 2 * row[t];
		gain =
		    slope * slope / (curve > LEAST_CURVE ? curve : LEAST_CURVE);
		if (gain > most) {
			most = gain;
			best = t;
		}
	}
	*gap = largest;
	return best;
}

/* Move weight from down to up, as much as gains or as there is. */
static void
step(struct work *w, size_t up, size_t down, const double *row_up)
{
	const double *row_down = kernel_row(w->kernel, down);
	double curve = 2 - 2 * row_up[down];
	double move = (w->sums[down] - w->sums[up]) /
		      (curve > LEAST_CURVE ? curve : LEAST_CURVE);

	if (move >= w->weights[down] || move >= 1 - w->weights[up]) {
		move = fmin(w->weights[down], 1 - w->weights[up]);
		/* the one that comes to its end is exactly there */
		if (w->weights[down] <= 1 - w->weights[up]) {
			w->weights[up] += move;
			w->weights[down] = 0;
		} else {
			w->weights[down] -= move;
			w->weights[up] = 1;
		}
	} else {
		w->weights[up] += move;
		w->weights[down] -= move;
	}
	for (size_t t = 0; t < w->n; t++)
		w->sums[t] += move * (row_up[t] - row_down[t]);
}

static void
solve(struct work *w, double tolerance)
{
	/* as many as libsvm would do at most; far more than it takes */
	size_t most = w->n > 100000 ? 100 * w->n : 10000000;

	for (size_t i = 0; i < most; i++) {
		size_t up = find_up(w), down;
		const double *row;
		double gap;

		if (up == NONE)
			return;
		row = kernel_row(w->kernel, up);
		down = find_down(w, up, row, &gap);
		if (down == NONE || gap < tolerance)
			return;
		step(w, up, down, row);
	}
}

/* Where the border is: the sums of the rows on it, or between those inside
 * and outside. */
static double
find_rho(const struct work *w)
{
	double low = -INFINITY, high = INFINITY, sum = 0;
	size_t n = 0;

	for (size_t t = 0; t < w->n; t++) {
		if (w->weights[t] >= 1) {
			low = fmax(low, w->sums[t]);
		} else if (w->weights[t] <= 0) {
			high = fmin(high, w->sums[t]);
		} else {
			sum += w->sums[t];
			n++;
		}
	}
	if (n > 0)
		return sum / (double)n;
	if (isinf(low) || isinf(high))
		return isinf(low) ? high : low;
	return (low + high) / 2;
}

/* 1 / (columns * variance of all values). */
static double
find_gamma(const struct matrix *m)
{
	struct matrix all = {m->x, m->rows * m->columns, 1};
	double deviation = matrix_deviation(&all, 0, matrix_mean(&all, 0));

	return deviation > 0 ? 1 / ((double)m->columns * deviation * deviation)
			     : 1;
}

/* Keep the rows that have a weight. */
static void
keep_rows(struct model *model, const struct work *w, const struct matrix *m)
{
	size_t d = m->columns;

	for (size_t i = 0; i < w->n; i++)
		model->n += w->weights[i] > 0;
	model->weights = xcalloc(model->n, sizeof(*model->weights));
	model->x = xcalloc(model->n * d, sizeof(*model->x));
	for (size_t i = 0, at = 0; i < w->n; i++) {
		if (!(w->weights[i] > 0))
			continue;
		memcpy(
		    model->x + at * d, matrix_row(m, i), d * sizeof(*model->x));
		model->weights[at++] = w->weights[i];
	}
}

static void *
fit(const struct matrix *m, const struct batch_options *o, double *scores)
{
	struct model *model = xcalloc(1, sizeof(*model));
	struct work w = {.n = m->rows, .sums = scores};

	model->columns = m->columns;
	model->gamma = find_gamma(m);
	w.kernel = kernel_new(m, model->gamma);
	w.weights = xcalloc(m->rows, sizeof(*w.weights));
	begin(&w, o->nu, o->jobs);
	solve(&w, o->tolerance);
	model->rho = find_rho(&w);
	keep_rows(model, &w, m);
	for (size_t i = 0; i < m->rows; i++)
		scores[i] = model->rho - scores[i];
	kernel_free(w.kernel);
	free(w.weights);
	return model;
}

static void
save(const void *model, struct buf *b)
{
	const struct model *m = model;

	jwrite_number(b, "{\"gamma\":", m->gamma);
	jwrite_number(b, ",\"rho\":", m->rho);
	model_add(b, ",\"weights\":", m->weights, m->n);
	model_add(b, ",\"rows\":", m->x, m->n * m->columns);
	buf_addc(b, '}');
}

static void *
load(struct jval v, size_t columns)
{
	struct model *m = xcalloc(1, sizeof(*m));

	m->columns = columns;
	m->n = model_count(v, "weights");
	m->weights = model_get_new(v, "weights", m->n);
	m->x = model_get_new(v, "rows", m->n * columns);
	if (m->n > 0 && m->weights && m->x &&
	    model_get_one(v, "gamma", 0, 1e308, &m->gamma) &&
	    model_get_one(v, "rho", -1e308, 1e308, &m->rho))
		return m;
	destroy(m);
	return NULL;
}

const struct batch_method batch_one_class_svm = {
    .name = "one_class_svm",
    .about = "outside a smooth border around most; up to 20000 rows",
    .threshold = NAN,
    .uses = BATCH_NU,
    .fit = fit,
    .score = score,
    .save = save,
    .load = load,
    .destroy = destroy,
};
