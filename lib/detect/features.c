#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/xmem.h"
#include "detect/features.h"
#include "detect/matrix.h"

/* The window of a column. */
struct window {
	double *ring; /* owned; in the order of time, from at on */
	double *sorted; /* owned */
	size_t n, at;
};

struct features {
	size_t columns, size;
	struct window *windows; /* owned */
};

struct features *
features_new(size_t columns, size_t window)
{
	struct features *f = xcalloc(1, sizeof(*f));

	f->columns = columns;
	f->size = window;
	f->windows = xcalloc(columns, sizeof(*f->windows));
	for (size_t i = 0; i < columns; i++) {
		f->windows[i].ring = xcalloc(window, sizeof(double));
		f->windows[i].sorted = xcalloc(window, sizeof(double));
	}
	return f;
}

void
features_free(struct features *f)
{
	for (size_t i = 0; f && i < f->columns; i++) {
		free(f->windows[i].ring);
		free(f->windows[i].sorted);
	}
	if (f)
		free(f->windows);
	free(f);
}

/* Where x stands, or would stand, among the sorted. */
static size_t
find(const double *sorted, size_t n, double x)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (sorted[mid] < x)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void
push(struct window *w, size_t size, double x)
{
	size_t i;

	if (w->n == size) {
		i = find(w->sorted, w->n--, w->ring[w->at]);
		memmove(w->sorted + i, w->sorted + i + 1,
		    (w->n - i) * sizeof(*w->sorted));
	}
	i = find(w->sorted, w->n, x);
	memmove(
	    w->sorted + i + 1, w->sorted + i, (w->n - i) * sizeof(*w->sorted));
	w->sorted[i] = x;
	w->n++;
	w->ring[w->at] = x;
	w->at = (w->at + 1) % size;
}

static double
quantile(const struct window *w, double q)
{
	double at = q * (double)(w->n - 1);
	size_t k = (size_t)at;
	double next = k + 1 < w->n ? w->sorted[k + 1] : w->sorted[k];

	return w->sorted[k] + (at - (double)k) * (next - w->sorted[k]);
}

static void
describe(const struct window *w, double *out)
{
	struct matrix m = {w->sorted, w->n, 1};

	out[FEATURE_MEAN] = matrix_mean(&m, 0);
	out[FEATURE_DEVIATION] = matrix_deviation(&m, 0, out[FEATURE_MEAN]);
	out[FEATURE_LOW] = w->sorted[0];
	out[FEATURE_HIGH] = w->sorted[w->n - 1];
	out[FEATURE_MEDIAN] = quantile(w, .5);
	out[FEATURE_QUARTILE_1] = quantile(w, .25);
	out[FEATURE_QUARTILE_3] = quantile(w, .75);
}

void
features_next(struct features *f, const double *x, double *out)
{
	for (size_t i = 0; i < f->columns; i++, out += FEATURES) {
		struct window *w = &f->windows[i];

		for (size_t k = 0; k < FEATURES; k++)
			out[k] = NAN;
		if (isnan(x[i]))
			continue;
		push(w, f->size, x[i]);
		if (w->n == f->size)
			describe(w, out);
		out[FEATURE_VALUE] = x[i];
	}
}

char *
features_name(const char *column, size_t feature)
{
	static const char *const names[FEATURES] = {
	    "", "mean", "sd", "min", "max", "median", "q1", "q3"};
	struct buf b = {0};

	if (feature == FEATURE_VALUE)
		buf_adds(&b, column);
	else
		buf_addf(&b, "%s(%s)", names[feature], column);
	buf_addc(&b, '\0');
	return b.data;
}
