/*
 * knn_cad - how far the last 19 values, as a point, are from the 27 nearest
 * of the earlier such points: the sum of the distances, as a surprise, which
 * is what the conformal p-value of the paper comes to.
 *
 * Burnaev and Ishimtsev 2016 (Conformalized density- and distance-based
 * anomaly detection in time-series data).  The distance is Euclid's; theirs
 * is that of Mahalanobis.  O(window * 19) a value; 16 bytes a value of the
 * window.
 */
#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "detect/history.h"

#define LAGS 19
#define NEAREST 27

static void *
create(const struct detect_options *o)
{
	struct history *h = xcalloc(1, sizeof(*h));

	h->max = o->window > LAGS + NEAREST ? o->window : LAGS + NEAREST;
	return h;
}

/* The squared distance, or something above most if it is that; NaN: a gap. */
static double
distance(const double *x, const double *y, double most)
{
	double sum = 0;

	for (size_t i = LAGS; i-- > 0;) { /* the last ones differ most */
		sum += (x[i] - y[i]) * (x[i] - y[i]);
		if (sum > most)
			return sum;
	}
	return sum;
}

/* Keep d among the n smallest so far, ascending. */
static size_t
keep(double *best, size_t n, double d)
{
	size_t i;

	if (isnan(d) || (n == NEAREST && d >= best[n - 1]))
		return n;
	n += n < NEAREST;
	for (i = n - 1; i > 0 && best[i - 1] > d; i--)
		best[i] = best[i - 1];
	best[i] = d;
	return n;
}

static double
score(void *model, const struct detect_input *in, struct detect_part *part)
{
	const struct history *h = model;
	const double *old = history_at(h);
	size_t n = history_n(h), found = 0;
	double point[LAGS], best[NEAREST], sum = 0;

	(void)part;
	if (!history_tail(h, in, LAGS, point))
		return NAN;
	for (size_t i = 0; i + LAGS <= n; i++)
		found = keep(best, found,
		    distance(point, old + i,
			found < NEAREST ? INFINITY : best[found - 1]));
	if (found < NEAREST)
		return NAN;
	for (size_t i = 0; i < found; i++)
		sum += sqrt(best[i]);
	return sum;
}

const struct detect_method detect_knn_cad = {
    .name = "knn_cad",
    .about = "the last 19 values are far from what came before",
    .threshold = 2,
    .window = 1000,
    .traits = DETECT_RAW | DETECT_PEAKS | DETECT_SERIES | DETECT_BLIND,
    .bytes_a_value = 16,
    .create = create,
    .destroy = history_destroy,
    .score = score,
    .update = history_update,
    .pack = history_pack_model,
};
