/* lib/detect: the methods over all rows that are more than a formula, against
 * values worked by hand, by numpy, or by scikit-learn. */
#include <math.h>
#include <stdlib.h>

#include "core/random.h"
#include "detect/batch.h"
#include "unit.h"

static const struct batch_options defaults = {.seed = 1,
    .jobs = 1,
    .trees = 100,
    .sample = 256,
    .nu = .5,
    .tolerance = 1e-9};

#define NEAR 1e-11 /* some hundred rounded operations on both sides */

static bool
is_within(double got, double want, double error)
{
	bool near = fabs(got - want) <= error * fmax(1, fabs(want));

	if (!near)
		printf("# got %.17g, not %.17g\n", got, want);
	return near;
}

static bool
is_near(double got, double want)
{
	return is_within(got, want, NEAR);
}

static void
scores_of(const struct batch_method *method, const struct matrix *m,
    const struct batch_options *o, double *scores)
{
	method->destroy(method->fit(m, o, scores));
}

static void
test_pca(void)
{
	/* numpy: the second and third columns follow the first and fourth, so
	 * two directions hold 0.999 of the variance; the last is constant. */
	static const double x[] = {42, 131, 39, 20, 7, 23, 75, 42, 22, 7, 44,
	    134, 8, 4, 7, 7, 26, 60, 30, 7, 47, 147, 82, 41, 7, 21, 66, 58, 30,
	    7, 35, 111, 13, 7, 7, 32, 97, 18, 11, 7, 31, 93, 37, 20, 7, 12, 36,
	    36, 19, 7, 26, 79, 19, 11, 7, 46, 138, 16, 10, 7};
	/* eigh of the correlation of the first four; its third and fourth
	 * value replaced by their mean */
	static const double want[] = {1.70099566406404, 2.2051058182097,
	    6.49446725628832, 5.78464488257301, 8.16027261468968,
	    1.85703667311932, 6.23124718824101, 2.76031987628231,
	    2.88604492228727, 3.41157920097735, 1.31195842526412,
	    5.19632747800238};
	struct matrix m = {x, 12, 5};
	double s[12], other[60], again[12];

	test("pca: small directions count alike, as numpy has it");
	scores_of(&batch_pca, &m, &defaults, s);
	for (size_t i = 0; i < 12; i++)
		ok(is_near(s[i], want[i]));
	test("pca: the units of columns do not matter");
	for (size_t i = 0; i < 60; i++)
		other[i] = i % 5 == 1 ? x[i] * 1000 : x[i];
	m.x = other;
	scores_of(&batch_pca, &m, &defaults, again);
	for (size_t i = 0; i < 12; i++)
		ok(is_near(again[i], s[i]));
}

static void
test_pca_of_two(void)
{
	/* Two directions, of which the larger holds less than nine tenths:
	 * nothing is levelled. */
	static const double x[] = {1, 2, 3, 1, 4, 4, 6, 3, 2, 7};
	struct matrix m = {x, 5, 2};
	double s[5], mahalanobis[5];

	test("pca: mahalanobis, where no direction is small");
	scores_of(&batch_pca, &m, &defaults, s);
	scores_of(&batch_mahalanobis, &m, &defaults, mahalanobis);
	for (size_t i = 0; i < 5; i++)
		ok(is_near(s[i], mahalanobis[i]));
}

static void
test_envelope(void)
{
	/* By hand: the four that lie closest are 0 1 2 3, of mean 1.5 and
	 * variance 1.25.  The median of the squares is 1.8, so those up to
	 * 1.8 / 0.4549 * 5.024 = 19.9 are asked again: the same. */
	static const double x[] = {20, 0, 1, 50, 2, 3, 30};
	struct matrix m = {x, 7, 1};
	double s[7], line[14];

	test("elliptic_envelope: seven points worked by hand");
	scores_of(&batch_elliptic_envelope, &m, &defaults, s);
	for (size_t i = 0; i < 7; i++)
		ok(is_near(s[i], (x[i] - 1.5) * (x[i] - 1.5) / 1.25));
	test("elliptic_envelope: rows on a line are as on an axis");
	for (size_t i = 0; i < 7; i++) {
		line[2 * i] = x[i];
		line[2 * i + 1] = 2 * x[i] - 5;
	}
	/* half is now 5, with 20; of these the median of the squares is that
	 * of 0, 5.2^2 / 55.76, and 20 is not within 5.3 times that */
	m = (struct matrix){line, 7, 2};
	scores_of(&batch_elliptic_envelope, &m, &defaults, s);
	for (size_t i = 0; i < 7; i++)
		ok(is_near(s[i], (x[i] - 1.5) * (x[i] - 1.5) / 1.25));
}

static void
test_envelope_of_two(void)
{
	static const double x[] = {3.2, 12.6, 8.1, 22.2, 9.4, 20.6, 8.2, 16.8,
	    0.2, 5.7, 0, 3.8, 4.8, 12.5, 0.5, 1.2, 8.7, 25.7, 2.4, 9.7, 6.1,
	    21.1, 0.3, 9.3, 40, -30, 50, -40, 55, -30};
	/* numpy: the least determinant of all 5005 subsets of nine, of which
	 * scikit-learn's EllipticEnvelope says the same (random_state 0). */
	static const double want[] = {0.108044248184879, 2.41083365274329,
	    9.54735925931639, 10.4570653649165, 1.18725117288866,
	    1.22144183292385, 1.8940073711385, 4.13603604512477,
	    2.92583290989538, 0.117803698035598, 1.77487570661299,
	    4.2238733624521, 3059.23839790731, 4869.25033239218,
	    5019.2509187018};
	struct matrix m = {x, 15, 2};
	struct batch_options o = defaults;
	double s[15];

	test("elliptic_envelope: the least determinant of all subsets");
	for (o.seed = 1; o.seed <= 5; o.seed++) {
		scores_of(&batch_elliptic_envelope, &m, &o, s);
		for (size_t i = 0; i < 15; i++)
			ok(is_near(s[i], want[i]));
	}
}

static void
test_svm(void)
{
	/* By hand: of -1 0 1 with weights w v w, 2w + v = 2, all on the border
	 * if w (1 + exp(-6)) + v exp(-1.5) = v + 2w exp(-1.5) = rho; gamma is
	 * 1 / (2/3). */
	static const double x[] = {-1, 0, 1}, far = 1000, out = 2;
	struct matrix m = {x, 3, 1};
	struct batch_options o = defaults;
	double a = exp(-1.5), b = exp(-6), s[3];
	double ratio = (1 + b - 2 * a) / (1 - a); /* v / w */
	double w = 2 / (2 + ratio), v = ratio * w, rho = v + 2 * w * a;
	void *model;

	test("one_class_svm: three points worked by hand");
	o.nu = 2. / 3;
	o.tolerance = 1e-12;
	model = batch_one_class_svm.fit(&m, &o, s);
	for (size_t i = 0; i < 3; i++)
		ok(is_near(s[i], 0));
	ok(is_near(batch_one_class_svm.score(model, &out),
	    rho - w * exp(-13.5) - v * b - w * a));
	ok(is_near(batch_one_class_svm.score(model, &far), rho));
	batch_one_class_svm.destroy(model);
}

static void
test_svm_of_two(void)
{
	static const double x[] = {6.8, 22.4, 1.7, 13.2, 2.7, 9.9, 4.1, 10.4, 1,
	    8.1, 5.2, 16.3, 5.8, 20.3, 7.5, 21.8, 3.3, 7.8, 6.1, 21.8, 9.1,
	    24.7, 7.1, 23.8, 8.1, 25.8, 1.2, 6.8, 6.1, 13.6, 4.3, 13.6, 7.6,
	    20.3, 3.4, 15, 2.3, 12.9, 50, -40, 55, -30};
	/* scikit-learn: OneClassSVM(nu=.3, tol=1e-12), sign turned; its kernel
	 * has single precision. */
	static const double want[] = {-0.0943270469, -0.223610915, -0.127632985,
	    -0.164368634, 0.0243527679, -0.305019144, -0.210138498, -0.11298234,
	    0, -0.135994472, 0.119658025, 0, 0.172675962, 0.110974221,
	    -0.262556369, -0.282695998, -0.177164075, -0.293289504,
	    -0.236594349, 1.45616806, 1.45603078};
	static const double rows[] = {0, 0, 5, 15, 100, 100};
	static const double rest[] = {0.806756, -0.30270563, 3.22022081};
	struct matrix m = {x, 21, 2};
	struct batch_options o = defaults;
	double s[21];
	void *model;

	test("one_class_svm: what scikit-learn says");
	o.nu = .3;
	model = batch_one_class_svm.fit(&m, &o, s);
	for (size_t i = 0; i < 21; i++) {
		ok(is_within(s[i], want[i], 1e-6));
		ok(is_within(
		    batch_one_class_svm.score(model, x + 2 * i), s[i], 1e-9));
	}
	for (size_t i = 0; i < 3; i++)
		ok(is_within(batch_one_class_svm.score(model, rows + 2 * i),
		    rest[i], 1e-6));
	batch_one_class_svm.destroy(model);
}

#define MANY 10000 /* trees; then the mean of paths has sds below 0.005 */
#define SPREAD .01 /* of a score: three of these */

static void
test_slanted(void)
{
	/*
	 * By hand, in the mean over all trees.  Of 0 1 3 a cut comes between 0
	 * and 1 with 1/3, so the paths of 0 and 3 are 5/3 and 4/3, that of 1
	 * is always 2; the usual one is 2 (1 + 1/2) - 4/3 = 5/3.
	 */
	static const double line[] = {0, 1, 3};
	/*
	 * Of two corners of a square, cut at x + t y or x - t y with t up to
	 * 1: the first always parts them, the second with 1 - t; the mean of t
	 * is 4/pi log(sqrt 2), as the directions are round.
	 */
	static const double corners[] = {0, 0, 1, 1};
	struct batch_options o = defaults;
	double s[3], parted = 1 - .5 * 4 / acos(-1) * log(sqrt(2));

	o.trees = MANY;
	test("extended_isolation_forest: three points on a line, by hand");
	scores_of(&batch_extended_isolation_forest,
	    &(struct matrix){line, 3, 1}, &o, s);
	ok(fabs(s[0] - exp2(-1)) < SPREAD);
	ok(is_near(s[1], exp2(-2 / (5. / 3))));
	ok(fabs(s[2] - exp2(-4. / 5)) < SPREAD);
	test("extended_isolation_forest: two corners, by hand");
	scores_of(&batch_extended_isolation_forest,
	    &(struct matrix){corners, 2, 2}, &o, s);
	ok(s[0] == s[1] && fabs(s[0] - exp2(-(2 - parted))) < SPREAD);
}

/* Small whole numbers, and the last row apart. */
static void
fill(double *x, size_t rows, size_t columns, uint64_t seed)
{
	for (size_t i = 0; i < rows * columns; i++)
		x[i] = (double)random_below(&seed, 1000);
	for (size_t j = 0; j < columns; j++)
		x[(rows - 1) * columns + j] = 3000;
}

static void
test_units(void)
{
	enum { ROWS = 300, COLUMNS = 3 };
	double x[ROWS * COLUMNS], one[ROWS], two[ROWS];
	struct matrix m = {x, ROWS, COLUMNS};
	struct batch_options o = defaults;
	bool is_most = true;

	test("extended_isolation_forest: one apart has the highest score");
	fill(x, ROWS, COLUMNS, 5);
	scores_of(&batch_extended_isolation_forest, &m, &defaults, one);
	for (size_t i = 0; i + 1 < ROWS; i++)
		is_most &= one[i] < one[ROWS - 1];
	ok(is_most && one[ROWS - 1] > .6);
	test("extended_isolation_forest: the same in other units, with more "
	     "threads");
	for (size_t i = 0; i < ROWS; i++)
		x[i * COLUMNS] *= 1024;
	o.jobs = 3;
	scores_of(&batch_extended_isolation_forest, &m, &o, two);
	for (size_t i = 0; i < ROWS; i++)
		ok(one[i] == two[i]);
	test("extended_isolation_forest: equal rows are usual");
	for (size_t i = 0; i < ROWS * COLUMNS; i++)
		x[i] = 7;
	scores_of(&batch_extended_isolation_forest, &m, &o, two);
	for (size_t i = 0; i < ROWS; i++)
		ok(is_near(two[i], .5));
}

/* Divide what differs from the mean by the standard deviation. */
static void
standardise(double *x, size_t rows, size_t columns)
{
	for (size_t j = 0; j < columns; j++) {
		double mean = 0, square = 0;

		for (size_t i = 0; i < rows; i++)
			mean += x[i * columns + j] / (double)rows;
		for (size_t i = 0; i < rows; i++)
			square += pow(x[i * columns + j] - mean, 2);
		for (size_t i = 0; i < rows; i++)
			x[i * columns + j] = (x[i * columns + j] - mean) /
					     sqrt(square / (double)rows);
	}
}

static void
test_ensemble(void)
{
	enum { ROWS = 200, COLUMNS = 2 };
	double x[ROWS * COLUMNS], scaled[ROWS * COLUMNS], s[ROWS], sum = 0;
	double forest[ROWS], knn[ROWS], ecod[ROWS];
	struct matrix m = {x, ROWS, COLUMNS}, near = {scaled, ROWS, COLUMNS};
	struct batch_options o = defaults;

	test("ensemble: the mean of three, each less its mean over its sd");
	fill(x, ROWS, COLUMNS, 9);
	memcpy(scaled, x, sizeof(x));
	standardise(scaled, ROWS, COLUMNS);
	o.neighbours = 5;
	scores_of(&batch_isolation_forest, &m, &o, forest);
	scores_of(&batch_knn, &near, &o, knn);
	scores_of(&batch_ecod, &m, &o, ecod);
	standardise(forest, ROWS, 1);
	standardise(knn, ROWS, 1);
	standardise(ecod, ROWS, 1);
	scores_of(&batch_ensemble, &m, &defaults, s);
	for (size_t i = 0; i < ROWS; i++) {
		ok(is_near(s[i], (forest[i] + knn[i] + ecod[i]) / 3));
		sum += s[i];
	}
	ok(fabs(sum) < 1e-9);
	test("ensemble: equal rows are usual");
	for (size_t i = 0; i < ROWS * COLUMNS; i++)
		x[i] = 7;
	scores_of(&batch_ensemble, &m, &defaults, s);
	for (size_t i = 0; i < ROWS; i++)
		ok(s[i] == 0);
}

int
main(void)
{
	test_pca();
	test_pca_of_two();
	test_envelope();
	test_envelope_of_two();
	test_svm();
	test_svm_of_two();
	test_slanted();
	test_units();
	test_ensemble();
	return done();
}
