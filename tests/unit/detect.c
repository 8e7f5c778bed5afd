/* lib/detect: the methods against values worked independently, detectors. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "detect/annotate.h"
#include "detect/detectors.h"
#include "unit.h"

/*
 * Both sides round each of some ten operations once (2^-53 each), and the
 * deviations lose one digit against the values: 1e-13 is far above that and
 * far below any wrong formula.
 */
#define NEAR 1e-13

/* The input of a model that sees one column, without time. */
static const struct detect_input *
at(const double *x)
{
	static struct detect_input in;

	in = (struct detect_input){x, DETECT_NO_TIME, false, 3};
	return &in;
}

static bool
is_near(double got, double want)
{
	bool near = fabs(got - want) <= NEAR * fmax(1, fabs(want));

	if (!near)
		printf("# got %.17g, not %.17g\n", got, want);
	return near;
}

/* python3: statistics.fmean, pstdev and quantiles(method='inclusive') of the
 * five values before. */
static const double series[] = {
    12.5, 13.1, 12.9, 13.4, 12.2, 14.0, 13.3, 12.7, 13.8, 12.4, 13.0, 18.9};

static const struct {
	double z, mean, iqr, q1, median, q3;
} worked[] = {
    {2.769007201337201, 12.82, 1.5, 12.5, 12.9, 13.1},
    {0.3044295411712846, 13.12, 0, 12.9, 13.1, 13.4},
    {0.7727001117859063, 13.16, 0.4, 12.9, 13.3, 13.4},
    {1.1007906440049011, 13.12, 0.5714285714285714, 12.7, 13.3, 13.4},
    {1.189928234617457, 13.2, 0.2727272727272727, 12.7, 13.3, 13.8},
    {0.3901536532574133, 13.24, 0, 12.7, 13.3, 13.8},
    {12.103718436910192, 13.04, 9.333333333333334, 12.7, 13.0, 13.3},
};

static void
test_z_score(void)
{
	struct detect_options o = {.columns = 1, .window = 5, .threshold = 3};
	struct detect_part part;
	void *m = detect_z_score.create(&o);

	test("z_score: distance from the mean in sds, of the values before");
	for (size_t i = 0; i < 12; i++) {
		double got = detect_z_score.score(m, at(&series[i]), &part);

		detect_z_score.update(m, at(&series[i]), false);
		if (i < 5) {
			ok(isnan(got));
			continue;
		}
		ok(is_near(got, worked[i - 5].z));
		ok(is_near(part.score, worked[i - 5].z));
		ok(is_near(part.expected, worked[i - 5].mean));
		/* threshold sds on each side are worth threshold */
		ok(is_near((part.high - part.low) / 2 * got / 3,
		    fabs(series[i] - worked[i - 5].mean)));
	}
	detect_z_score.destroy(m);
	detect_z_score.destroy(NULL);
}

static void
test_iqr(void)
{
	struct detect_options o = {.columns = 1, .window = 5, .threshold = 1.5};
	struct detect_part part;
	void *m = detect_iqr.create(&o);

	test("iqr: distance from the quartiles in iqrs, of the values before");
	for (size_t i = 0; i < 12; i++) {
		double got = detect_iqr.score(m, at(&series[i]), &part);

		detect_iqr.update(m, at(&series[i]), false);
		if (i < 5) {
			ok(isnan(got));
			continue;
		}
		ok(is_near(got, worked[i - 5].iqr));
		ok(is_near(part.expected, worked[i - 5].median));
		ok(is_near(
		    part.low, worked[i - 5].q1 -
				  1.5 * (worked[i - 5].q3 - worked[i - 5].q1)));
		ok(is_near(part.high,
		    worked[i - 5].q3 +
			1.5 * (worked[i - 5].q3 - worked[i - 5].q1)));
	}
	detect_iqr.destroy(m);
	detect_iqr.destroy(NULL);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The plain formulas, over the n values at x. */
static double
plain_z(const double *x, size_t n, double v)
{
	double mean = 0, m2 = 0;

	for (size_t i = 0; i < n; i++)
		mean += x[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		m2 += (x[i] - mean) * (x[i] - mean);
	return fabs(v - mean) / sqrt(m2 / (double)n);
}

static double
plain_iqr(const double *x, size_t n, double v)
{
	double sorted[256], q[2];

	memcpy(sorted, x, n * sizeof(*x));
	qsort(sorted, n, sizeof(*x), compare);
	for (size_t i = 0; i < 2; i++) {
		double at = (i ? 0.75 : 0.25) * (double)(n - 1);
		size_t k = (size_t)at;

		q[i] = sorted[k];
		if (at > (double)k)
			q[i] += (at - (double)k) * (sorted[k + 1] - sorted[k]);
	}
	return fmax(0, fmax(q[0] - v, v - q[1])) / (q[1] - q[0]);
}

/* A number from 0 to 1, the same on every machine. */
static double
uniform(unsigned long long *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (double)(*seed >> 11) / 9007199254740992.0;
}

/* Slide over a long series, with values of 1e12 now and then; compare with
 * the plain formulas at every step.  Returns the largest relative error. */
static double
slide(const struct detect_method *method, size_t window,
    double (*plain)(const double *, size_t, double))
{
	enum { N = 20000 };
	struct detect_options o = {
	    .columns = 1, .window = window, .threshold = 3};
	struct detect_part part;
	void *m = method->create(&o);
	double *x = calloc(N, sizeof(*x)), worst = 0;
	unsigned long long seed = window;

	for (size_t i = 0; x && i < N; i++) {
		size_t n = i < window ? i : window;
		double got, want;

		x[i] = 20 + uniform(&seed) + uniform(&seed);
		if (i % 700 == 333)
			x[i] = 1e12 * uniform(&seed);
		got = method->score(m, at(&x[i]), &part);
		if (!isnan(got)) {
			want =
			    fmin(plain(x + i - n, n, x[i]), DETECT_SCORE_MAX);
			worst = fmax(worst, fabs(got - want) / fmax(1, want));
		}
		method->update(m, at(&x[i]), false);
	}
	free(x);
	method->destroy(m);
	return worst;
}

static void
test_slide(void)
{
	static const size_t windows[] = {4, 5, 31, 32, 33, 100, 200};

	test("z_score, iqr: no drift over 20000 values, huge ones among them");
	for (size_t i = 0; i < sizeof(windows) / sizeof(*windows); i++) {
		/* one pass over 200 values of 22 with an sd of 0.4 costs up
		 * to 200 * 22 / 0.4 * 2^-53 = 1.2e-12 */
		ok(slide(&detect_z_score, windows[i], plain_z) < 2e-12);
		ok(slide(&detect_iqr, windows[i], plain_iqr) < 2e-12);
	}
}

static void
test_constant(void)
{
	struct detect_options o = {.columns = 1, .window = 30, .threshold = 3};
	static const double base[] = {0.1, -1e-300, 1e150, 0, 7e99};
	struct detect_part part;

	test("z_score, iqr: a constant window scores 0, or the most there is");
	for (size_t i = 0; i < 10; i++) {
		const struct detect_method *method =
		    i % 2 ? &detect_iqr : &detect_z_score;
		void *m = method->create(&o);
		double x = base[i / 2], other = 1.5;

		/* it was not always constant */
		for (size_t j = 0; j < 1000; j++)
			method->update(m, at(j < 970 ? &other : &x), false);
		ok(method->score(m, at(&x), &part) == 0);
		ok(part.expected == x && part.low == x && part.high == x);
		ok(method->score(m, at(&other), &part) == DETECT_SCORE_MAX);
		method->destroy(m);
	}
}

static void
test_huge(void)
{
	struct detect_options o = {.columns = 1, .window = 100, .threshold = 3};
	struct detector d;
	struct detect_part part;
	struct verdict v;

	test("detector: huge values are clamped, scores stay finite");
	for (size_t i = 0; i < 3; i++) {
		static const struct detect_method *const methods[] = {
		    &detect_z_score, &detect_robust_z, &detect_iqr};
		unsigned long long seed = 5;

		detector_init(&d, methods[i], &o);
		for (size_t j = 0; j < 1000; j++) {
			double x = (uniform(&seed) - 0.5) * 1e308;

			if (j % 3 == 0)
				x = copysign(DBL_MAX, x);
			v = detector_next(&d, &x, DETECT_NO_TIME, &part);
			ok(fabs(x) <= DETECT_VALUE_MAX);
			ok(j < 20 ? isnan(v.score) && v.is_warming_up
				  : isfinite(v.score) && !v.is_warming_up);
			ok(j < 20 ||
			    (isfinite(part.expected) && isfinite(part.low) &&
				isfinite(part.high)));
		}
		detector_release(&d);
		detector_release(&d);
	}
}

/* Feed n times x; returns the last verdict. */
static struct verdict
feed(struct detector *d, size_t n, double x)
{
	struct verdict v = {0};
	struct detect_part part;

	while (n-- > 0) {
		double copy = x;

		v = detector_next(d, &copy, DETECT_NO_TIME, &part);
	}
	return v;
}

static void
test_guard(void)
{
	struct detect_options o = {.columns = 1, .window = 40, .threshold = 3};
	struct detector d;
	double before;

	test("detector: anomalies do not teach, unless five come in a row");
	detector_init(&d, &detect_z_score, &o);
	for (size_t i = 0; i < 20; i++)
		feed(&d, 1, i % 2 ? 9 : 11); /* mean 10, sd 1 */
	ok(feed(&d, 1, 12).score == 2); /* learned, the mean is 10.095 */
	before = feed(&d, 1, 30).score;
	ok(before > 15 && feed(&d, 3, 30).score == before);
	feed(&d, 1, 10); /* ends the row */
	before = feed(&d, 1, 30).score;
	ok(feed(&d, 3, 30).score == before);
	ok(feed(&d, 1, 30).score == before); /* the fifth: learned */
	ok(feed(&d, 1, 30).score < before);
	ok(!feed(&d, 40, 30).is_anomaly);
	detector_release(&d);

	test("detector: what a constant window cannot judge is learned");
	detector_init(&d, &detect_z_score, &o);
	feed(&d, 20, 5);
	ok(feed(&d, 1, 6).score == DETECT_SCORE_MAX);
	/* 20 fives and a six: mean 106/21, sd sqrt(20)/21 */
	ok(is_near(feed(&d, 1, 6).score, 20 / sqrt(20)));
	detector_release(&d);
}

static void
test_columns(void)
{
	struct detect_options o = {.columns = 3, .window = 20, .threshold = 3};
	struct detector d;
	struct detect_part parts[3];
	struct verdict v;
	double row[3] = {0};

	test(
	    "detector: the largest score counts; missing columns are left out");
	detector_init(&d, &detect_z_score, &o);
	for (size_t i = 0; i < 20; i++) {
		row[0] = i % 2 ? 9 : 11;
		row[1] = i % 2 ? 90 : 110;
		row[2] = i ? 1 : NAN; /* one value behind */
		v = detector_next(&d, row, DETECT_NO_TIME, parts);
		ok(isnan(v.score) && v.is_warming_up && !v.is_anomaly);
	}
	row[0] = 12;
	row[1] = 130;
	v = detector_next(&d, row, DETECT_NO_TIME, parts);
	ok(v.score == 3 && v.column == 1);
	ok(!v.is_anomaly && !v.is_warming_up); /* not above 3 */
	ok(parts[0].score == 2 && isnan(parts[2].score));
	row[1] = NAN;
	row[2] = 2;
	v = detector_next(&d, row, DETECT_NO_TIME, parts);
	ok(v.score == DETECT_SCORE_MAX && v.column == 2 && v.is_anomaly);
	ok(isnan(parts[1].score));
	row[0] = row[1] = row[2] = NAN;
	v = detector_next(&d, row, DETECT_NO_TIME, parts);
	ok(isnan(v.score) && !v.is_anomaly && !v.is_warming_up);
	detector_release(&d);
}

static void
test_keys(void)
{
	struct detect_options o = {.columns = 1, .window = 20, .threshold = 3};
	struct detectors all = {.method = &detect_iqr, .options = &o, .max = 3};
	struct detector *a;
	char key[8];

	test("detectors: one a key; the one unused for longest makes room");
	a = detectors_get(&all, "a", 1);
	ok(detectors_get(&all, "b", 1) != a);
	ok(detectors_get(&all, "", 0) != a);
	ok(detectors_get(&all, "a", 1) == a && all.n_forgotten == 0);
	feed(a, 20, 1);
	detectors_get(&all, "a\0", 2); /* b goes */
	ok(all.n_forgotten == 1 && all.map.n == 3);
	ok(!isnan(feed(detectors_get(&all, "a", 1), 1, 1).score));
	detectors_get(&all, "b", 1);
	ok(all.n_forgotten == 2);
	for (size_t i = 0; i < 1000; i++)
		detectors_get(
		    &all, key, (size_t)snprintf(key, sizeof(key), "%zu", i));
	ok(all.n_forgotten == 1002 && all.map.n == 3);
	ok(isnan(feed(detectors_get(&all, "a", 1), 1, 1).score));
	detectors_release(&all);
	detectors_release(&all);
}

static void
test_annotate(void)
{
	static const char *const names[] = {".a", ".b", ".\"c d\""};
	double x[] = {1, 2, NAN};
	struct detect_part parts[] = {
	    {1, 10, 7, 13}, {3, 0.5, 0, 1}, {.score = NAN}};
	struct detect_row row = {.method = "iqr",
	    .threshold = 3,
	    .columns = 3,
	    .names = names,
	    .x = x,
	    .parts = parts,
	    .part_names = names,
	    .n_parts = 3};
	struct verdict v = {.score = 3, .column = 1};
	struct buf b = {0};

	test("annotate: the members that apply, largest share first");
	detect_annotate(&b, &row, &v, true);
	ok(is(b.data, b.len,
	    "{\"method\":\"iqr\",\"score\":3,\"threshold\":3,"
	    "\"anomaly\":false,\"expected\":0.5,\"missing\":[\".\\\"c d\\\"\"],"
	    "\"why\":[{\"field\":\".b\",\"share\":0.75,\"expected\":0.5,"
	    "\"low\":0,\"high\":1},{\"field\":\".a\",\"share\":0.25,"
	    "\"expected\":10,\"low\":7,\"high\":13}]}"));
	parts[0].score = parts[1].score = parts[2].score = 0;
	x[2] = 0;
	v = (struct verdict){.score = 0, .column = 0};
	b.len = 0;
	detect_annotate(&b, &row, &v, true);
	ok(is(b.data, b.len,
	    "{\"method\":\"iqr\",\"score\":0,\"threshold\":3,"
	    "\"anomaly\":false,\"expected\":10,"
	    "\"why\":[{\"field\":\".a\",\"share\":0,\"expected\":10,"
	    "\"low\":7,\"high\":13},{\"field\":\".b\",\"share\":0,"
	    "\"expected\":0.5,\"low\":0,\"high\":1},{\"field\":\".\\\"c "
	    "d\\\"\","
	    "\"share\":0,\"expected\":0,\"low\":0,\"high\":0}]}"));
	v = (struct verdict){.score = NAN, .is_warming_up = true};
	row.threshold = NAN;
	b.len = 0;
	detect_annotate(&b, &row, &v, true);
	ok(is(b.data, b.len,
	    "{\"method\":\"iqr\",\"score\":null,\"threshold\":null,"
	    "\"anomaly\":false,\"warming_up\":true}"));
	detect_row_release(&row);
	buf_release(&b);
}

int
main(void)
{
	test_z_score();
	test_iqr();
	test_slide();
	test_constant();
	test_huge();
	test_guard();
	test_columns();
	test_keys();
	test_annotate();
	return done();
}
