/* lib/detect: what the methods for series are made of, against values worked
 * by hand or the plain way; what all of them promise. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "core/random.h"
#include "detect/cut_tree.h"
#include "detect/detectors.h"
#include "detect/maths.h"
#include "detect/saved.h"
#include "detect/season.h"
#include "detect/surprise.h"
#include "unit.h"

#define STEP 3600000 /* ms */

static bool
is_near(double got, double want)
{
	bool near = fabs(got - want) <= 1e-12 * fmax(1, fabs(want));

	if (!near)
		printf("# got %.17g, not %.17g\n", got, want);
	return near;
}

static void
test_maths(void)
{
	uint64_t seed = 1;

	test("maths: logarithm and exponential are those of the libm, nearly");
	ok(maths_log(1) == 0 && maths_exp(0) == 1);
	for (size_t i = 0; i < 100000; i++) {
		double x = ldexp(random_unit(&seed) + 0.5,
		    (int)random_below(&seed, 2000) - 1000);
		double y = (random_unit(&seed) - 0.5) * 1400;

		ok(fabs(maths_log(x) - log(x)) <=
		    4e-16 * fmax(1, fabs(log(x))));
		ok(fabs(maths_exp(y) / exp(y) - 1) <= 4e-16);
	}
	ok(isfinite(maths_log(DBL_MIN)) && isfinite(maths_exp(1e9)));
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *x, size_t n)
{
	qsort(x, n, sizeof(*x), compare);
	return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

static void
test_window(void)
{
	struct window w = {.max = 30};
	double all[500], copy[30];
	uint64_t seed = 2;

	test("window: quantiles and deviations of the last, with many ties");
	for (size_t i = 0; i < 500; i++) {
		size_t n = i + 1 < 30 ? i + 1 : 30;
		double m;

		all[i] = (double)random_below(&seed, 20);
		window_add(&w, all[i]);
		ok(w.n == n);
		memcpy(copy, all + i + 1 - n, n * sizeof(*copy));
		m = median(copy, n);
		ok(window_quantile(&w, 0.5) == m);
		for (size_t j = 0; j < n; j++)
			copy[j] = fabs(copy[j] - m);
		ok(window_deviation(&w, m) == median(copy, n));
	}
	window_release(&w);
	window_release(&w);
}

static void
test_surprise(void)
{
	struct window w = {.max = 200};

	test("surprise: -log10 of the share that is as large; a tail beyond");
	for (size_t i = 1; i <= 99; i++) {
		ok(isnan(surprise_of(&w, 1)) == (i <= SURPRISE_WARM_UP));
		window_add(&w, (double)i);
	}
	ok(isnan(surprise_of(&w, NAN)));
	/* 49 of 99 are at least 50.5: (49 + 1/2) / (99 + 1) */
	ok(is_near(surprise_of(&w, 50.5), 0.305394801066432));
	/* none; and the root of 9900 / 99 */
	ok(is_near(surprise_of(&w, 9900), 2.301029995663981 + 1));
	ok(surprise_of(&w, 0) < 0.003 && surprise_of(&w, -5) >= 0);
	ok(fabs(surprise_limit(&w, surprise_of(&w, 9900)) - 9900) < 1e-8);
	ok(surprise_limit(&w, surprise_of(&w, 80)) == 80);
	ok(isfinite(surprise_limit(&w, 1e6)));
	window_release(&w);

	test("surprise: the largest may be too small to be a measure");
	w.max = 200;
	for (size_t i = 1; i <= 99; i++)
		window_add(&w, (double)i * 5e-324);
	ok(is_near(surprise_of(&w, 1e10), 2.301029995663981));
	ok(surprise_limit(&w, 9) == 99 * 5e-324);
	window_release(&w);
}

static void
test_rest(void)
{
	struct rest r = {0};
	static const struct {
		int64_t at;
		double score;
		bool is_peak;
	} worked[] = {{1, 3, true}, {2, 2, false}, {3, 3, false}, {4, 4, true},
	    {8, 2, false}, {14, 1, false}, {15, 2.5, true}, {40, 0, true}};

	test("rest: above all of the time before; the mean square of peaks");
	for (size_t i = 0; i < sizeof(worked) / sizeof(*worked); i++) {
		bool is_peak =
		    rest_is_peak(&r, worked[i].at, 10, worked[i].score);

		ok(is_peak == worked[i].is_peak);
		rest_add(&r, worked[i].at, worked[i].score, is_peak);
	}
	ok(is_near(r.power, (9 + 16 + 6.25) / 3)); /* 0 is no peak */
	for (int64_t i = 0; i < 5000; i++) /* falling: all are kept, or most */
		rest_add(&r, 100 + i, (double)(5000 - i), false);
	ok(r.n <= REST_MAX && !rest_is_peak(&r, 5100, 10000, 4999));
	rest_release(&r);
	rest_release(&r);
}

/* The raw score of the last of n values an hour apart. */
static double
last_of(const struct detect_method *method, const struct detect_options *o,
    const double *x, size_t n, struct detect_part *part)
{
	void *m = method->create(o);
	double score = NAN;

	for (size_t i = 0; i < n; i++) {
		struct detect_input in = {&x[i], (int64_t)i * STEP, false, 2};

		score = method->score(m, &in, part);
		method->update(m, &in, false);
	}
	method->destroy(m);
	return score;
}

static void
test_ewma(void)
{
	struct detect_options o = {.columns = 1, .window = 3};
	static const double x[] = {1, 3, 4, 7};
	struct detect_part part;

	test("ewma: means by hand");
	ok(isnan(last_of(&detect_ewma, &o, x, 1, &part)));
	ok(last_of(&detect_ewma, &o, x, 3, &part) == 2 && part.expected == 2);
	ok(last_of(&detect_ewma, &o, x, 4, &part) == 4 && part.expected == 3);
}

static void
test_seasonal(void)
{
	struct detect_options o = {
	    .columns = 1, .has_time = true, .period_ms = SEASON_DAY};
	struct detect_part part;
	double x[24 * 8 + 1];

	test("seasonal: what was at that time of the days before");
	for (size_t i = 0; i < 24 * 8 + 1; i++)
		x[i] = (double)(i % 24) + (i / 24 == 1 ? 2 : 0);
	ok(isnan(last_of(&detect_seasonal, &o, x, 24, &part)));
	ok(last_of(&detect_seasonal, &o, x, 25, &part) == 2);
	ok(part.expected == 0); /* and x is 2 */
	ok(last_of(&detect_seasonal, &o, x, 49, &part) == 1);
	ok(part.expected == 1); /* the mean of 0 and 2 */

	test("seasonal: of day and week, the better guess speaks");
	o.period_ms = DETECT_AUTO;
	ok(isnan(last_of(&detect_seasonal, &o, x, 24, &part)));
	ok(last_of(&detect_seasonal, &o, x, 25, &part) == 2);
}

/* The plain way for two methods; x: n values, the last one is scored. */
static double
plain_knn(const double *x, size_t n)
{
	double *d = calloc(n, sizeof(*d)), sum = 0;
	size_t found = 0;

	for (size_t i = 0; i + 19 < n; i++) {
		double square = 0;

		for (size_t j = 0; j < 19; j++)
			square += (x[i + j] - x[n - 19 + j]) *
				  (x[i + j] - x[n - 19 + j]);
		d[found++] = sqrt(square);
	}
	qsort(d, found, sizeof(*d), compare);
	for (size_t i = 0; i < 27; i++)
		sum += d[i];
	free(d);
	return sum;
}

static double
plain_profile(const double *x, size_t n)
{
	double best = INFINITY, mean[2], square;

	for (size_t i = 0; i + 20 + 10 <= n; i++) {
		mean[0] = mean[1] = square = 0;
		for (size_t j = 0; j < 20; j++) {
			mean[0] += x[i + j] / 20;
			mean[1] += x[n - 20 + j] / 20;
		}
		for (size_t j = 0; j < 20; j++) {
			double d =
			    x[i + j] - mean[0] - (x[n - 20 + j] - mean[1]);

			square += d * d;
		}
		best = fmin(best, sqrt(square));
	}
	return best;
}

/* The score of x by the model, which has learned n rows, an hour apart. */
static double
score_at(void *m, size_t n, double x, struct detect_part *part)
{
	struct detect_input in = {
	    .x = &x, .ms = (int64_t)n * STEP, .limit = 2.5};

	*part = (struct detect_part){NAN, NAN, NAN, NAN};
	return detect_auto.score(m, &in, part);
}

static void
test_auto_range(void)
{
	struct detect_options o = {.columns = 1,
	    .window = 5000,
	    .threshold = 2.5,
	    .has_time = true,
	    .has_ranges = true};
	struct detect_part part, other;
	void *m = detect_auto.create(&o);
	uint64_t seed = 4;
	size_t n_ranges = 0;

	test("auto: values from low to high, and no others, are no anomaly");
	for (size_t i = 0; i < 600; i++) {
		double x = (double)(i % 24) + random_unit(&seed) * 3, wide;
		struct detect_input in = {.x = &x, .ms = (int64_t)i * STEP};

		score_at(m, i, x, &part);
		wide = 1e-6 * (part.high - part.low);
		if (isfinite(wide)) {
			ok(score_at(m, i, part.low, &other) <= 2.5);
			ok(score_at(m, i, part.low - wide, &other) > 2.5);
			ok(score_at(m, i, part.high, &other) <= 2.5);
			ok(score_at(m, i, part.high + wide, &other) > 2.5);
			n_ranges++;
		}
		detect_auto.update(m, &in, false);
	}
	ok(n_ranges > 500);
	o.direction = DETECT_UP;
	score_at(m, 600, 5, &part);
	ok(isinf(part.low) && isfinite(part.high));
	ok(score_at(m, 600, -1e6, &part) <= 2.5);
	detect_auto.destroy(m);
}

static void
test_neighbours(void)
{
	struct detect_options o = {.columns = 1, .window = 1000};
	struct detect_part part;
	double x[200];
	uint64_t seed = 3;

	test("knn_cad, matrix_profile: as the plain way has it");
	for (size_t i = 0; i < 200; i++)
		x[i] = 50 + random_unit(&seed) + (double)(i % 17);
	for (size_t n = 60; n <= 200; n += 7) {
		ok(is_near(last_of(&detect_knn_cad, &o, x, n, &part),
		    plain_knn(x, n)));
		ok(is_near(last_of(&detect_matrix_profile, &o, x, n, &part),
		    plain_profile(x, n)));
	}
	o.window = 60; /* the last 60 and the one that is scored */
	ok(is_near(last_of(&detect_knn_cad, &o, x, 200, &part),
	    plain_knn(x + 139, 61)));
	ok(is_near(last_of(&detect_matrix_profile, &o, x, 200, &part),
	    plain_profile(x + 139, 61)));
}

static void
test_context(void)
{
	struct detect_options o = {.columns = 1, .window = 500};
	struct detect_part part;
	double x[400];

	test("context: what always came next is no news, the rest is");
	for (size_t i = 0; i < 400; i++)
		x[i] = (double)(i % 5);
	ok(last_of(&detect_context, &o, x, 400, &part) < 0.1);
	x[399] = 2; /* known, but not after 3 */
	ok(last_of(&detect_context, &o, x, 400, &part) > 4);
}

static void
test_spectral(void)
{
	struct detect_options o = {.columns = 1};
	struct detect_part part;
	double x[300], usual = 0;
	uint64_t seed = 4;

	test("spectral_residual: a spike in noise stands out");
	for (size_t i = 0; i < 300; i++)
		x[i] = random_unit(&seed);
	ok(isnan(last_of(&detect_spectral_residual, &o, x, 250, &part)));
	for (size_t n = 251; n <= 300; n++)
		usual = fmax(
		    usual, last_of(&detect_spectral_residual, &o, x, n, &part));
	x[299] += 10;
	ok(last_of(&detect_spectral_residual, &o, x, 300, &part) > usual);
	for (size_t i = 0; i < 300; i++)
		x[i] = 0;
	ok(last_of(&detect_spectral_residual, &o, x, 300, &part) == 0);
}

/* Are the boxes right, and n the sum of the leaves' points? */
static size_t
check_tree(const struct cut_tree *t, uint32_t i)
{
	const struct cut_node *n = &t->nodes[i];
	const double *box = t->boxes + (size_t)i * 2 * t->dimensions;
	size_t sum;

	if (n->children[0] == CUT_NONE)
		return n->n;
	sum = check_tree(t, n->children[0]) + check_tree(t, n->children[1]);
	ok(sum == n->n);
	for (size_t j = 0; j < t->dimensions; j++) {
		const double *a =
		    t->boxes + (size_t)n->children[0] * 2 * t->dimensions;
		const double *b =
		    t->boxes + (size_t)n->children[1] * 2 * t->dimensions;

		ok(box[j] == fmin(a[j], b[j]));
		ok(box[t->dimensions + j] ==
		    fmax(a[t->dimensions + j], b[t->dimensions + j]));
		if (j == n->dimension)
			ok(a[t->dimensions + j] <= n->cut && n->cut < b[j]);
	}
	return sum;
}

static void
test_cut_tree(void)
{
	enum { N = 100 };
	double points[N][2];
	struct cut_tree t;
	uint64_t seed = 5;
	double far[] = {500, 5}, sum = 0;
	size_t j;

	test("cut_tree: is one after each change, equal points share a leaf");
	cut_tree_init(&t, 2, N + 1, 7);
	for (size_t round = 0; round < 20; round++) {
		for (size_t i = 0; i < N; i++) {
			if (round > 0)
				cut_tree_remove(&t, points[i]);
			points[i][0] = (double)random_below(&seed, 12);
			points[i][1] = (double)random_below(&seed, 12);
			cut_tree_add(&t, points[i]);
			ok(check_tree(&t, t.root) == cut_tree_count(&t));
		}
		ok(cut_tree_count(&t) == N);
	}
	cut_tree_add(&t, far);
	for (size_t i = 0; i < N; i++)
		sum += cut_tree_displacement(&t, points[i], &j) / N;
	ok(cut_tree_displacement(&t, far, &j) > 4 * sum);
	ok(j == 0);
	cut_tree_remove(&t, far);
	for (size_t i = 0; i < N; i++)
		cut_tree_remove(&t, points[i]);
	ok(cut_tree_count(&t) == 0);

	test("cut_tree: displacements by hand");
	cut_tree_add(&t, points[0]);
	ok(cut_tree_displacement(&t, points[0], &j) == 0);
	cut_tree_add(&t, points[0]);
	cut_tree_add(&t, far); /* two move up if it goes */
	ok(cut_tree_displacement(&t, far, &j) == 2);
	ok(cut_tree_displacement(&t, points[0], &j) == 0.5);
	cut_tree_release(&t);
	cut_tree_release(&t);
}

static void
test_half_spaces(void)
{
	struct detect_options o = {.columns = 2, .window = 100, .seed = 1};
	struct detect_part parts[2];
	void *m = detect_half_space_trees.create(&o);
	double row[2];
	struct detect_input in = {.x = row};
	uint64_t seed = 6;
	double near;

	test(
	    "half_space_trees: no score before a window, then the empty parts");
	for (size_t i = 0; i < 150; i++) {
		row[0] = random_unit(&seed);
		row[1] = 10 * random_unit(&seed);
		ok(isnan(detect_half_space_trees.score(m, &in, parts)) ==
		    (i < 100));
		detect_half_space_trees.update(m, &in, false);
	}
	row[0] = 0.5;
	row[1] = 5;
	near = detect_half_space_trees.score(m, &in, parts);
	row[1] = 30;
	ok(detect_half_space_trees.score(m, &in, parts) > near + 1);
	ok(parts[1].score > parts[0].score);
	detect_half_space_trees.destroy(m);
}

static struct detect_options
options_of(const struct detect_method *m, size_t columns)
{
	return (struct detect_options){.columns = columns,
	    .window = m->window > 60 ? 60 : m->window,
	    .threshold = m->threshold,
	    .seed = 1,
	    .has_time = true,
	    .rest = 3};
}

/* Values of all kinds, some missing. */
static double
odd_value(uint64_t *seed)
{
	static const double special[] = {
	    0, 1e308, -1e308, 1e-308, DBL_MAX, 1e15, NAN, 7, 7, 7};
	uint64_t i = random_below(seed, 40);

	return i < 10 ? special[i] : random_unit(seed) * 20;
}

static void
test_all_huge(void)
{
	test("methods: whatever comes, scores are finite and not negative");
	for (size_t i = 0; detect_methods[i]; i++) {
		struct detect_options o = options_of(detect_methods[i], 2);
		struct detector d;
		uint64_t seed = 8;
		size_t scored = 0;

		detector_init(&d, detect_methods[i], &o);
		for (size_t j = 0; j < 1500; j++) {
			double x[] = {odd_value(&seed), odd_value(&seed)};
			struct detect_part parts[2];
			struct verdict v = detector_next(
			    &d, x, (int64_t)(j + j / 399 * 20) * STEP, parts);

			ok(isnan(v.score) ||
			    (v.score >= 0 && v.score <= DETECT_SCORE_MAX));
			scored += isnan(v.score) ? 0 : 1;
			for (size_t k = 0; k < 2; k++)
				ok(isnan(parts[k].score) ||
				    (!isinf(parts[k].expected) &&
					!isinf(parts[k].low) &&
					!isinf(parts[k].high)));
		}
		ok(scored > 200);
		detector_release(&d);
	}
}

static void
test_all_constant(void)
{
	test("methods: a constant series has no anomalies");
	for (size_t i = 0; detect_methods[i]; i++) {
		struct detect_options o = options_of(detect_methods[i], 1);
		struct detector d;

		detector_init(&d, detect_methods[i], &o);
		for (size_t j = 0; j < 1000; j++) {
			double x = 0.1;
			struct detect_part part;

			ok(!detector_next(&d, &x, (int64_t)j * STEP, &part)
				.is_anomaly);
		}
		detector_release(&d);
	}
}

/* Feed rows from to to; append the scores' bytes. */
static void
feed(struct detectors *all, size_t from, size_t to, struct buf *out)
{
	for (size_t j = from; j < to; j++) {
		uint64_t seed = j;
		double x[] = {odd_value(&seed), random_unit(&seed) * 9};
		struct detect_part parts[2];
		struct verdict v =
		    detector_next(detectors_get(all, j % 3 ? "a" : "b", 1), x,
			(int64_t)j * STEP, parts);

		buf_add(out, &v.score, sizeof(v.score));
		buf_addc(out, v.is_anomaly ? 'y' : 'n');
	}
}

static void
test_saved(void)
{
	test("saved: loaded in the middle, the same scores to the bit; never "
	     "half");
	for (size_t i = 0; detect_methods[i]; i++) {
		struct detect_options o = options_of(detect_methods[i], 2);
		struct detectors one = {
		    .method = detect_methods[i], .options = &o, .max = 9};
		struct detectors two = one, bad = one;
		struct buf want = {0}, got = {0}, state = {0}, again = {0};

		feed(&one, 0, 700, &want);
		saved_write(&one, &state);
		ok(saved_read(&two, state.data, state.len));
		saved_write(&two, &again);
		ok(state.len == again.len &&
		    memcmp(state.data, again.data, state.len) == 0);
		want.len = 0;
		feed(&one, 700, 1200, &want);
		feed(&two, 700, 1200, &got);
		ok(want.len == got.len &&
		    memcmp(want.data, got.data, want.len) == 0);
		for (size_t n = 1; n < state.len; n += 1 + state.len / 50) {
			ok(!saved_read(&bad, state.data, n));
			detectors_release(&bad);
		}
		detectors_release(&one);
		detectors_release(&two);
		buf_release(&want);
		buf_release(&got);
		buf_release(&state);
		buf_release(&again);
	}
}

static void
test_time(void)
{
	struct detect_options o = {
	    .columns = 1, .window = 10, .threshold = 3, .has_time = true};
	struct detector d;
	struct detect_part part;
	double x = 1;

	test("detector: a late row is told and not learned; a gap is seen");
	detector_init(&d, &detect_knn_cad, &o);
	for (int64_t i = 0; i < 80; i++)
		ok(!detector_next(&d, &x, i * STEP, &part).is_late);
	ok(detector_next(&d, &x, 78 * STEP, &part).is_late);
	ok(d.n == 80);
	ok(!isnan(detector_next(&d, &x, 89 * STEP, &part).score)); /* 10 */
	ok(isnan(detector_next(&d, &x, 189 * STEP, &part).score));
	ok(detector_next(&d, &x, INT64_MAX, &part).is_late);
	detector_release(&d);

	test("detector: one time that is far ahead does not make all others "
	     "late");
	detector_init(&d, &detect_ewma, &o);
	detector_next(&d, &x, 0, &part);
	detector_next(&d, &x, DETECT_TIME_MAX, &part);
	for (int64_t i = 1; i < DETECT_LATE; i++)
		ok(detector_next(&d, &x, i * STEP, &part).is_late);
	ok(!detector_next(&d, &x, DETECT_LATE * STEP, &part).is_late);
	ok(!detector_next(&d, &x, DETECT_LATE * STEP, &part).is_late);
	ok(detector_next(&d, &x, 0, &part).is_late);
	ok(!detector_next(&d, &x, DETECT_LATE * STEP, &part).is_late);
	for (int64_t i = 1; i < DETECT_LATE; i++) /* it counts anew */
		ok(detector_next(&d, &x, i * STEP, &part).is_late);
	detector_release(&d);
}

static void
test_direction(void)
{
	struct detect_options o = {.columns = 1, .window = 60, .threshold = 2};
	struct detect_part part;

	test("detector: the side that was not asked for scores 0");
	for (size_t i = 0; detect_methods[i]; i++) {
		const struct detect_method *m = detect_methods[i];
		struct detector d;
		uint64_t seed = 9;
		double x;

		if (m->traits & (DETECT_BLIND | DETECT_TIMED))
			continue;
		for (int side = DETECT_UP; side <= DETECT_DOWN; side++) {
			double sign = side == DETECT_UP ? 1 : -1;

			o.direction = (enum detect_direction)side;
			detector_init(&d, m, &o);
			for (size_t j = 0; j < 500; j++) {
				x = 10 + random_unit(&seed);
				detector_next(&d, &x, DETECT_NO_TIME, &part);
			}
			x = 10 - sign * 1000;
			ok(detector_next(&d, &x, DETECT_NO_TIME, &part).score ==
			    0);
			x = 10 + sign * 1000;
			ok(detector_next(&d, &x, DETECT_NO_TIME, &part)
				.is_anomaly);
			detector_release(&d);
		}
	}
}

int
main(void)
{
	test_maths();
	test_window();
	test_surprise();
	test_rest();
	test_ewma();
	test_seasonal();
	test_auto_range();
	test_neighbours();
	test_context();
	test_spectral();
	test_cut_tree();
	test_half_spaces();
	test_all_huge();
	test_all_constant();
	test_saved();
	test_time();
	test_direction();
	return done();
}
