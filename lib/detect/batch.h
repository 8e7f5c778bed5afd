#ifndef DETECT_BATCH_H
#define DETECT_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "detect/detect.h"
#include "detect/matrix.h"
#include "json/value.h"

/*
 * batch - methods that look at all rows before they score any: one file an
 * algorithm, all of them behind struct batch_method.
 *
 * A method learns a model from rows, and scores them with it; a model that
 * was saved scores rows that come later.  A higher score is more anomalous,
 * always.  The same rows, options and seed give the same scores on any
 * machine, whatever the number of threads.  Numbers are finite and within
 * DETECT_VALUE_MAX.
 */

/* Which options a method looks at, beside jobs. */
enum {
	BATCH_NEIGHBOURS = 1,
	BATCH_FOREST = 2, /* trees, sample */
	BATCH_RADIUS = 4,
	BATCH_SEED = 8,
	BATCH_NU = 16 /* nu, tolerance */
};

struct batch_options {
	uint64_t seed;
	unsigned jobs; /* threads, 1 or more */
	size_t neighbours; /* k of knn, local_outlier_factor; min_points of
			    * dbscan, the row itself counted */
	size_t trees, sample; /* of the forests: their number, rows of each */
	double radius; /* eps of dbscan, in units of the columns; 0: chosen */
	double nu; /* of one_class_svm: the share of rows to leave outside */
	double tolerance; /* of its solution */
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
	/* Learn a model from all rows of m, which it does not need after
	 * that, and score them, each as one among them.  scores: out,
	 * m->rows.  Never NULL. */
	void *(*fit)(const struct matrix *m, const struct batch_options *o,
	    double *scores);
	/* Score a row that is new to the model. */
	double (*score)(const void *model, const double *x);
	/* Say of each column what there is to say, or NULL: then fitted.h
	 * finds it out.  parts: out, a column each; the scores say what part
	 * they have in the row's. */
	void (*explain)(const void *model, const double *x, double threshold,
	    struct detect_part *parts);
	/* The cluster of each row that the model was learned from, from 0,
	 * -1: none; or NULL if the method knows no clusters.  Lent. */
	const int32_t *(*clusters)(const void *model);
	/* Append the model as a JSON object, which load reads: for rows of
	 * that many columns.  load returns NULL for what is no such model. */
	void (*save)(const void *model, struct buf *b);
	void *(*load)(struct jval v, size_t columns);
	/* Free a model; NULL is fine. */
	void (*destroy)(void *model);
};

extern const struct batch_method batch_z_score, batch_robust_z, batch_iqr,
    batch_mahalanobis, batch_isolation_forest, batch_local_outlier_factor,
    batch_knn, batch_dbscan, batch_ecod, batch_hbos, batch_pca,
    batch_elliptic_envelope, batch_one_class_svm,
    batch_extended_isolation_forest, batch_ensemble;
extern const struct batch_method *const batch_methods[]; /* ends with NULL */

/* The method of that name, or NULL. */
const struct batch_method *batch_find(const char *name);

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
