#ifndef DETECT_BATCH_H
#define DETECT_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detect/detect.h"
#include "detect/matrix.h"

/*
 * batch - methods that look at all rows before they score any: one file an
 * algorithm, all of them behind struct batch_method.
 *
 * A higher score is more anomalous, always.  The same rows, options and seed
 * give the same scores on any machine, whatever the number of threads.
 */

/* Which options a method looks at, beside jobs. */
enum {
	BATCH_NEIGHBOURS = 1,
	BATCH_FOREST = 2, /* seed, trees, sample */
	BATCH_RADIUS = 4
};

struct batch_options {
	uint64_t seed;
	unsigned jobs; /* threads, 1 or more */
	size_t neighbours; /* k of knn, local_outlier_factor; min_points of
			    * dbscan, the row itself counted */
	size_t trees, sample; /* of the forests: their number, rows of each */
	double radius; /* eps of dbscan, in units of the columns; 0: chosen */
};

struct batch_method {
	const char *name;
	const char *about; /* what it is for, under 60 characters */
	/* The default threshold; NaN: there is none that suits all data, the
	 * largest scores are taken. */
	double threshold;
	/* The same where it depends on the number of columns, or NULL. */
	double (*threshold_for)(size_t columns);
	unsigned uses; /* of the options: BATCH_... */
	size_t neighbours; /* the default, where they are used */
	/* Score every row.  scores: out, m->rows. */
	void (*score)(const struct matrix *m, const struct batch_options *o,
	    double *scores);
};

extern const struct batch_method batch_z_score, batch_robust_z, batch_iqr,
    batch_mahalanobis, batch_isolation_forest, batch_local_outlier_factor,
    batch_knn, batch_dbscan, batch_ecod, batch_hbos;
extern const struct batch_method *const batch_methods[]; /* ends with NULL */

/* The method of that name, or NULL. */
const struct batch_method *batch_find(const char *name);

/* The 0.999 quantile of chi-squared, for the methods that are distances. */
double batch_chi_squared_999(size_t degrees);

/*
 * Call work(arg, from, to) for parts of 0 to n in up to jobs threads, and
 * wait for them; the parts cover all and do not overlap.
 */
void batch_share(unsigned jobs, size_t n,
    void (*work)(void *arg, size_t from, size_t to), void *arg);

/*
 * The score that exactly the given number of rows reach, or more where rows
 * tie with the last of them: rows with scores >= it are flagged.  Which of
 * the tied are left out is for the caller: the later ones.
 * scores: n, not NaN; count: 1 to n.
 */
double batch_cut(const double *scores, size_t n, size_t count);

#endif
