#ifndef QUALITY_POOL_H
#define QUALITY_POOL_H

#include <stdint.h>

#include "quality/quality.h"

/*
 * pool - the counts of many records, by check.
 *
 * The score of a data set comes from the sums of its counts, not from a mean
 * of the records' scores.  Counts add: pools of parts, merged, are the pool
 * of the whole.  One thread a pool.
 */

#define POOL_BARS 10 /* of the histogram: 0 to below 10, ... 90 to 100 */

struct pool_count {
	uint64_t made, failed;
};

struct pool {
	const struct rules *rules; /* lent */
	struct pool_count *checks; /* owned; rules->n */
	uint64_t n_records;
	uint64_t n_unassessed; /* of those: without a score */
	uint64_t n_malformed; /* lines */
	uint64_t bars[POOL_BARS]; /* records by their score */
};

/* Set up.  Cannot fail.  Pair with pool_release. */
void pool_init(struct pool *p, const struct rules *rules);
void pool_release(struct pool *p);

/* Count a record: its outcomes, one a check, and its score or NaN. */
void pool_add(struct pool *p, const uint8_t *outcomes, double score);

/* Add what is in from. */
void pool_merge(struct pool *p, const struct pool *from);

/*
 * The checks by severity and dimension, as quality has it.  A malformed line
 * is one failed check of validity; if no check of validity was made at all,
 * the records are as many that passed.
 */
struct quality pool_quality(const struct pool *p);

/* The same for one dimension, each check counting once; infos do not. */
struct pool_count pool_dimension(const struct pool *p, enum dimension d);

/*
 * The field, as the first of its checks in that dimension, that has the
 * lowest score there; score: out.  NULL, score untouched, if none failed.
 */
const struct check *pool_worst(
    const struct pool *p, enum dimension d, double *score);

#endif
