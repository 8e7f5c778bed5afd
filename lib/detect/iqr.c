/*
 * iqr - distance outside the quartiles of the last values, in interquartile
 * ranges: 0 between the quartiles, above 1.5 outside Tukey's fence.
 *
 * Quartiles are interpolated linearly (type 7 of Hyndman and Fan 1996, what
 * numpy does).  The window is kept in order of time and in order of size; a
 * new value takes the place of the oldest in both.  O(log n) comparisons a
 * value and one move of at most n values; 16 bytes a value of the window.
 *
 * Tukey 1977 (the fence).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/detect.h"

struct model {
	const struct detect_options *options; /* lent */
	double *ring; /* owned; in order of time */
	double *sorted; /* owned; the same values, ascending */
	size_t cap;
	size_t n; /* values in each */
	size_t at; /* in ring, where the next one goes */
};

static void *
create(const struct detect_options *o)
{
	struct model *m = xcalloc(1, sizeof(*m));

	m->options = o;
	return m;
}

static void
destroy(void *model)
{
	struct model *m = model;

	if (!m)
		return;
	free(m->ring);
	free(m->sorted);
	free(m);
}

/* How many of the n ascending values are below x. */
static size_t
below(const double *sorted, size_t n, double x)
{
	size_t low = 0;

	while (n > 0) {
		size_t half = n / 2;

		if (sorted[low + half] < x) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return low;
}

/* Put x in, among the first n values. */
static void
insert(double *sorted, size_t n, double x)
{
	size_t to = below(sorted, n, x);

	memmove(sorted + to + 1, sorted + to, (n - to) * sizeof(*sorted));
	sorted[to] = x;
}

/* Put x in and old, which is there, out. */
static void
replace(double *sorted, size_t n, double old, double x)
{
	size_t from = below(sorted, n, old), to = below(sorted, n, x);

	if (to > from)
		memmove(sorted + from, sorted + from + 1,
		    (--to - from) * sizeof(*sorted));
	else
		memmove(sorted + to + 1, sorted + to,
		    (from - to) * sizeof(*sorted));
	sorted[to] = x;
}

static void
update(void *model, const double *x)
{
	struct model *m = model;
	size_t window = m->options->window;

	if (m->n == window) {
		replace(m->sorted, m->n, m->ring[m->at], *x);
	} else {
		if (m->n == m->cap) {
			m->cap = detect_grow(m->cap, window);
			m->ring = xrealloc(m->ring, m->cap, sizeof(*m->ring));
			m->sorted =
			    xrealloc(m->sorted, m->cap, sizeof(*m->sorted));
		}
		insert(m->sorted, m->n++, *x);
	}
	m->ring[m->at] = *x;
	m->at = m->at + 1 == window ? 0 : m->at + 1;
}

/* The value at a share of the way from the lowest to the highest. */
static double
quantile(const double *sorted, size_t n, double share)
{
	double at = share * (double)(n - 1);
	size_t i = (size_t)at;
	double part = at - (double)i;

	if (part == 0)
		return sorted[i];
	return sorted[i] + (sorted[i + 1] - sorted[i]) * part;
}

static double
score(const void *model, const double *x, struct detect_part *part)
{
	const struct model *m = model;
	double q1, q3, range;

	if (m->n < detect_warm_up(m->options))
		return NAN;
	q1 = quantile(m->sorted, m->n, 0.25);
	q3 = quantile(m->sorted, m->n, 0.75);
	range = q3 - q1;
	part->score = detect_ratio(fmax(0, fmax(q1 - *x, *x - q3)), range);
	part->expected = quantile(m->sorted, m->n, 0.5);
	part->low = q1 - m->options->threshold * range;
	part->high = q3 + m->options->threshold * range;
	return part->score;
}

const struct detect_method detect_iqr = {
    .name = "iqr",
    .about = "interquartile ranges outside the quartiles of the last values",
    .threshold = 1.5,
    .window = 100,
    .create = create,
    .destroy = destroy,
    .score = score,
    .update = update,
};
