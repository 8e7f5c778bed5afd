/* lib/detect: what the last values of a series look like. */
#include <math.h>
#include <stdlib.h>

#include "core/random.h"
#include "detect/features.h"
#include "unit.h"

#define NEAR 1e-12

static bool
is_near(double got, double want)
{
	bool near = fabs(got - want) <= NEAR * fmax(1, fabs(want));

	if (!near)
		printf("# got %.17g, not %.17g\n", got, want);
	return near;
}

static void
test_worked(void)
{
	static const double x[] = {4, 1, 7, 7, 2, 9, -3, 5};
	/* numpy, of five at a time: mean, std, min, max, median, percentile of
	 * 25 and 75 */
	static const double want[][FEATURES - 1] = {
	    {4.2, 2.48193472919817, 1, 7, 4, 2, 7},
	    {5.2, 3.12409987036266, 1, 9, 7, 2, 7},
	    {4.4, 4.36348484585429, -3, 9, 7, 2, 7},
	    {4, 4.19523539268061, -3, 9, 5, 2, 7}};
	struct features *f = features_new(1, 5);
	double out[FEATURES];

	test("features: of five values, as numpy has them");
	for (size_t i = 0; i < 8; i++) {
		features_next(f, &x[i], out);
		ok(out[FEATURE_VALUE] == x[i]);
		for (size_t k = 1; k < FEATURES; k++)
			ok(i < 4 ? isnan(out[k])
				 : is_near(out[k], want[i - 4][k - 1]));
	}
	features_free(f);
	features_free(NULL);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The value at that share of the way, as it is defined. */
static double
quantile(const double *sorted, size_t n, double q)
{
	double at = q * (double)(n - 1);
	size_t k = (size_t)floor(at), next = (size_t)ceil(at);

	return sorted[k] + (at - floor(at)) * (sorted[next] - sorted[k]);
}

/* The features of n values, by their definition. */
static void
describe(const double *x, size_t n, double *out)
{
	double sorted[64], square = 0;

	memcpy(sorted, x, n * sizeof(*x));
	qsort(sorted, n, sizeof(*x), compare);
	out[FEATURE_VALUE] = x[n - 1];
	out[FEATURE_MEAN] = 0;
	for (size_t i = 0; i < n; i++)
		out[FEATURE_MEAN] += x[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		square += pow(x[i] - out[FEATURE_MEAN], 2);
	out[FEATURE_DEVIATION] = sqrt(square / (double)n);
	out[FEATURE_LOW] = sorted[0];
	out[FEATURE_HIGH] = sorted[n - 1];
	out[FEATURE_MEDIAN] = quantile(sorted, n, .5);
	out[FEATURE_QUARTILE_1] = quantile(sorted, n, .25);
	out[FEATURE_QUARTILE_3] = quantile(sorted, n, .75);
}

/* Two columns with ties; every seventh value of the second one is missing. */
static void
test_window(size_t window)
{
	double seen[2][400], want[FEATURES], out[2 * FEATURES], x[2];
	struct features *f = features_new(2, window);
	size_t n[2] = {0, 0};
	uint64_t stream = window;
	bool same = true;

	for (size_t i = 0; i < 400; i++) {
		x[0] = (double)random_below(&stream, 20);
		x[1] = i % 7 == 3 ? (double)NAN
				  : (double)random_below(&stream, 1000000);
		features_next(f, x, out);
		for (size_t j = 0; j < 2; j++) {
			const double *got = out + j * FEATURES;

			if (!isnan(x[j]))
				seen[j][n[j]++] = x[j];
			same &= isnan(got[FEATURE_VALUE]) == isnan(x[j]);
			if (isnan(x[j]) || n[j] < window) {
				same &= isnan(got[FEATURE_MEAN]);
				continue;
			}
			describe(seen[j] + n[j] - window, window, want);
			for (size_t k = 0; k < FEATURES; k++)
				same &= is_near(got[k], want[k]);
		}
	}
	ok(same && n[1] < n[0]);
	features_free(f);
}

static bool
is_named(size_t feature, const char *want)
{
	char *name = features_name(".x", feature);
	bool same = is(name, strlen(name), want);

	free(name);
	return same;
}

int
main(void)
{
	test_worked();
	test("features: by definition, in windows of many sizes");
	for (size_t window = 1; window <= 9; window++)
		test_window(window);
	test_window(64);
	test("features: names");
	ok(is_named(FEATURE_VALUE, ".x"));
	ok(is_named(FEATURE_DEVIATION, "sd(.x)"));
	ok(is_named(FEATURE_QUARTILE_3, "q3(.x)"));
	return done();
}
