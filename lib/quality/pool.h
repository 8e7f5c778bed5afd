#ifndef QUALITY_POOL_H
#define QUALITY_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "quality/evidence.h"
#include "quality/quality.h"
#include "quality/roster.h"
#include "rules/view.h"

/*
 * pool - the counts of many records, by check.
 *
 * The score of a data set comes from the sums of its counts, not from a mean
 * of the records' scores.  Counts add: tallies of parts, merged, are the
 * pool of the whole.  One thread a pool.
 */

#define POOL_BARS 10 /* of the histogram, ten points each */

/* What came out for one record.  Lent. */
struct outcomes {
	const struct roster *roster; /* NULL: no check was made */
	const uint8_t *outcomes; /* enum outcome, one a check */
	const uint8_t *grades; /* percent; of those that passed */
	size_t n_failed;
	enum severity worst; /* of those that failed */
};

struct pool_count {
	uint64_t made, failed;
	uint64_t lost; /* in 1/QUALITY_WHOLE of a check */
};

/* The counts of a set of checks. */
struct pool_set {
	struct pool_count *counts; /* owned; NULL: none of it was met */
	struct evidence *evidence; /* owned; one a check */
};

struct pool {
	struct rosters *rosters; /* lent */
	struct pool_set *sets; /* owned; by roster.number */
	size_t n_sets;
	uint64_t n_records;
	uint64_t n_unassessed; /* of those: without a score */
	uint64_t n_malformed; /* lines */
	uint64_t bars[POOL_BARS]; /* records by their score */
	struct evidence malformed;
};

/* Set up.  Cannot fail.  Pair with pool_release. */
void pool_init(struct pool *t, struct rosters *rosters);
void pool_release(struct pool *t);

/* The score's parts of one record. */
struct quality pool_quality_of(const struct outcomes *o);

/* Count a record and its score, which may be NaN. */
void pool_add(struct pool *t, const struct outcomes *o, double score);

/* The counts of a set, made if there are none yet. */
struct pool_set *pool_set(struct pool *t, const struct roster *roster);

/* Add what is in from, which may have other rosters; its evidence is taken.
 * Returns false if there are too many sets of checks. */
bool pool_merge(struct pool *t, struct pool *from);

/*
 * The checks by severity and dimension, as quality has it.  A malformed line
 * is one failed check of validity; if no check of validity was made at all,
 * the records are as many that passed.
 */
struct quality pool_quality(const struct pool *t);

/* The same for one dimension, each check counting once; infos do not. */
struct pool_count pool_dimension(const struct pool *t, enum dimension d);

/*
 * The field, as the first of its checks in that dimension that failed, that
 * has the lowest score there; score: out.  NULL, score untouched, if none
 * failed.
 */
const struct roster_check *pool_worst(
    const struct pool *t, enum dimension d, double *score);

#endif
