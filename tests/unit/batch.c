/* lib/detect: methods over all rows, and the numbers under them, against
 * values worked by hand or by definition. */
#include <math.h>
#include <stdlib.h>

#include "core/random.h"
#include "detect/batch.h"
#include "detect/chi_squared.h"
#include "detect/neighbours.h"
#include "unit.h"

static const struct batch_options defaults = {
    .seed = 1, .jobs = 1, .trees = 100, .sample = 256};

/* What the method scores the rows, as one among them. */
static void
scores_of(const struct batch_method *method, const struct matrix *m,
    const struct batch_options *o, double *scores)
{
	method->destroy(method->fit(m, o, scores));
}

#define NEAR 1e-12 /* far above some rounded operations, far below an error */

static bool
is_near(double got, double want)
{
	bool near = fabs(got - want) <= NEAR * fmax(1, fabs(want));

	if (!near)
		printf("# got %.17g, not %.17g\n", got, want);
	return near;
}

static void
test_eigen(void)
{
	/* 2 1 / 1 2: 3 along (1,1), 1 along (1,-1) */
	double a[] = {2, 1, 1, 2}, values[2], v[4];

	test("matrix: eigenvalues fall, vectors have length 1");
	matrix_eigen(a, 2, values, v);
	ok(is_near(values[0], 3));
	ok(is_near(values[1], 1));
	ok(is_near(v[0], sqrt(.5)) && is_near(v[1], sqrt(.5)));
	ok(is_near(fabs(v[2]), sqrt(.5)) && is_near(v[2], -v[3]));
}

static void
test_invert(void)
{
	double a[] = {4, 2, 2, 3}, b[] = {1, 2, 2, 4}, inverse[4], log_det;

	test("matrix: the inverse, and the logarithm of the determinant");
	ok(matrix_invert(a, 2, inverse, &log_det) == 2);
	ok(is_near(log_det, log(8)));
	ok(is_near(inverse[0], 3. / 8) && is_near(inverse[1], -2. / 8));
	ok(is_near(inverse[3], 4. / 8));
	test("matrix: the pseudo-inverse where there is none");
	ok(matrix_invert(b, 2, inverse, &log_det) == 1);
	ok(is_near(log_det, log(5)));
	/* of v v' with v = (1,2): v v' / 25 */
	ok(is_near(inverse[0], 1. / 25) && is_near(inverse[3], 4. / 25));
}

static void
test_covariance(void)
{
	static const double x[] = {1, 2, 3, 6, 5, 10, 1e6, 0};
	static const size_t which[] = {2, 0, 1};
	struct matrix m = {x, 4, 2};
	double mean[2], c[4];

	test("matrix: covariance of some rows, divisor n");
	matrix_covariance(&m, which, 3, mean, c);
	ok(is_near(mean[0], 3) && is_near(mean[1], 6));
	ok(is_near(c[0], 8. / 3) && is_near(c[1], 16. / 3));
	ok(is_near(c[3], 32. / 3) && c[1] == c[2]);
}

/* Rows with many ties: small whole numbers. */
static void
fill(double *x, size_t n, uint64_t seed, uint64_t range)
{
	for (size_t i = 0; i < n; i++)
		x[i] = (double)random_below(&seed, range);
}

static int
compare(const void *a, const void *b)
{
	const struct neighbour *x = a, *y = b;

	if (x->square != y->square)
		return (x->square > y->square) - (x->square < y->square);
	return (x->row > y->row) - (x->row < y->row);
}

/* All other rows, nearest first, without a tree. */
static void
all(const struct matrix *m, size_t row, struct neighbour *out)
{
	size_t n = 0;

	for (size_t i = 0; i < m->rows; i++) {
		double sum = 0;

		for (size_t j = 0; j < m->columns; j++) {
			double d = matrix_row(m, i)[j] - matrix_row(m, row)[j];

			sum += d * d;
		}
		if (i != row)
			out[n++] = (struct neighbour){sum, i};
	}
	qsort(out, n, sizeof(*out), compare);
}

static bool
count(void *arg, size_t row, double square)
{
	(void)row;
	(void)square;
	++*(size_t *)arg;
	return true;
}

static void
test_neighbours(size_t rows, size_t columns, uint64_t range)
{
	double *x = calloc(rows * columns, sizeof(*x));
	struct neighbour *want = calloc(rows, sizeof(*want)), got[7];
	struct matrix m = {x, rows, columns};
	struct neighbours *t;
	bool same = true;

	fill(x, rows * columns, rows + range, range);
	t = neighbours_new(&m);
	for (size_t i = 0; i < rows; i++) {
		size_t n = neighbours_find(t, matrix_row(&m, i), 7, i, got);
		size_t within = 0, expected = 1;

		all(&m, i, want);
		same &= n == (rows - 1 < 7 ? rows - 1 : 7);
		for (size_t k = 0; k < n; k++)
			same &= got[k].row == want[k].row &&
				got[k].square == want[k].square;
		neighbours_within(t, matrix_row(&m, i), 2, count, &within);
		while (expected < rows && want[expected - 1].square <= 4)
			expected++;
		same &= within == expected;
	}
	ok(same);
	neighbours_free(t);
	free(want);
	free(x);
}

static void
test_lof(void)
{
	/* Worked by hand with k = 2 on 0 1 2 10: the neighbours of 0 are 1, 2;
	 * of 1: 0, 2; of 2: 1, 0; of 10: 2, 1.  k-distances 2 1 2 9.  Mean
	 * reachabilities: (1+2)/2, (2+2)/2, (1+2)/2, (8+9)/2. */
	static const double x[] = {0, 1, 2, 10};
	struct matrix m = {x, 4, 1};
	struct batch_options o = defaults;
	double s[4];
	double a = 1 / (1.5 + 1e-10), b = 1 / (2 + 1e-10),
	       c = 1 / (8.5 + 1e-10);

	test("local_outlier_factor: four points worked by hand");
	o.neighbours = 2;
	scores_of(&batch_local_outlier_factor, &m, &o, s);
	ok(is_near(s[0], (b + a) / 2 / a));
	ok(is_near(s[1], (a + a) / 2 / b));
	ok(is_near(s[2], (b + a) / 2 / a));
	ok(is_near(s[3], (a + b) / 2 / c));
	test("knn: the distance to the k-th");
	scores_of(&batch_knn, &m, &o, s);
	ok(s[0] == 2 && s[1] == 1 && s[2] == 2 && s[3] == 9);
}

static void
test_dbscan(void)
{
	/* Two clusters of three, the edge of one, noise. */
	static const double x[] = {10, 0, 11, 1, 12, 2, 13.5, 50};
	static const double want[] = {1, 1, 0, 0, 1, 1, 2.5, 39};
	struct matrix m = {x, 8, 1};
	struct batch_options o = {.jobs = 1, .neighbours = 3, .radius = 1};
	double s[8];

	test("dbscan: the distance to the nearest core");
	scores_of(&batch_dbscan, &m, &o, s);
	for (size_t i = 0; i < 8; i++)
		ok(s[i] == want[i]);
	test("dbscan: where there is no core all is noise");
	o.radius = .5;
	scores_of(&batch_dbscan, &m, &o, s);
	for (size_t i = 0; i < 8; i++)
		ok(s[i] == DETECT_SCORE_MAX);
}

static void
test_columns(void)
{
	static const double x[] = {1, 2, 3, 4, 100};
	struct matrix m = {x, 5, 1};
	double s[5];

	test("z_score, robust_z, iqr of all rows");
	scores_of(&batch_z_score, &m, &defaults, s);
	ok(is_near(s[4], 78 / sqrt(1522)));
	scores_of(&batch_robust_z, &m, &defaults, s);
	ok(is_near(s[4], .6745 * 97) && s[2] == 0);
	scores_of(&batch_iqr, &m, &defaults, s);
	ok(is_near(s[4], 48) && is_near(s[0], .5) && s[3] == 0);
	test("ecod: the share of the rows on the rarer side");
	scores_of(&batch_ecod, &m, &defaults, s);
	ok(is_near(s[4], log(5)) && is_near(s[1], log(2.5)));
	ok(is_near(s[2], log(5. / 3)));
	test("hbos: the emptier its bin the higher");
	scores_of(&batch_hbos, &m, &defaults, s);
	ok(s[0] == 0 && is_near(s[4], log(4)));
}

static void
test_mahalanobis(void)
{
	/* Of any rows the squared distances add up to rows * rank. */
	enum { ROWS = 200, COLUMNS = 4 };
	double x[ROWS * COLUMNS], s[ROWS], sum = 0;
	struct matrix m = {x, ROWS, COLUMNS};

	test("mahalanobis: the squares add up to rows times rank");
	fill(x, ROWS * COLUMNS, 1, 1000);
	scores_of(&batch_mahalanobis, &m, &defaults, s);
	for (size_t i = 0; i < ROWS; i++)
		sum += s[i];
	ok(is_near(sum, ROWS * COLUMNS));
	for (size_t i = 0; i < ROWS; i++)
		x[i * COLUMNS + 3] = 2 * x[i * COLUMNS] - x[i * COLUMNS + 1];
	scores_of(&batch_mahalanobis, &m, &defaults, s);
	sum = 0;
	for (size_t i = 0; i < ROWS; i++)
		sum += s[i];
	ok(fabs(sum - ROWS * 3) < 1e-6);
}

static void
test_forest(void)
{
	enum { ROWS = 1000 };
	double x[ROWS * 2], one[ROWS], two[ROWS], sum = 0;
	struct matrix m = {x, ROWS, 2};
	struct batch_options o = defaults;
	bool same = true;

	test(
	    "isolation_forest: about 0.5 for uniform rows, more for one apart");
	fill(x, ROWS * 2, 3, 100000);
	x[0] = x[1] = 300000;
	scores_of(&batch_isolation_forest, &m, &o, one);
	for (size_t i = 1; i < ROWS; i++)
		sum += one[i] / (ROWS - 1);
	ok(sum > .45 && sum < .55);
	for (size_t i = 1; i < ROWS; i++)
		same &= one[i] < one[0];
	ok(same && one[0] > .7);
	test("isolation_forest: one row, or equal rows, are usual");
	m.rows = 1;
	scores_of(&batch_isolation_forest, &m, &o, two);
	ok(two[0] == .5);
	for (size_t i = 0; i < 20; i++)
		x[i] = 7;
	m.rows = 10;
	scores_of(&batch_isolation_forest, &m, &o, two);
	ok(is_near(two[3], .5));
}

static void
test_cut(void)
{
	static const double s[] = {1, 5, 3, 5, 2};

	test("batch_cut: the score that so many reach");
	ok(batch_cut(s, 5, 1) == 5 && batch_cut(s, 5, 3) == 3);
	ok(batch_cut(s, 5, 5) == 1);
	test("chi-squared: what the tables say");
	ok(fabs(chi_squared_quantile(1, .999) / 10.828 - 1) < .0001);
	ok(fabs(chi_squared_quantile(5, .999) / 20.515 - 1) < .0001);
	ok(fabs(chi_squared_quantile(100, .999) / 149.449 - 1) < .0001);
}

int
main(void)
{
	test_eigen();
	test_invert();
	test_covariance();
	test("neighbours: as without a tree, ties by number");
	test_neighbours(1, 1, 3);
	test_neighbours(2, 2, 3);
	test_neighbours(300, 1, 10);
	test_neighbours(500, 2, 8);
	test_neighbours(400, 3, 1000);
	test_neighbours(200, 5, 1);
	test_lof();
	test_dbscan();
	test_columns();
	test_mahalanobis();
	test_forest();
	test_cut();
	return done();
}
