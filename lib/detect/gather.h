#ifndef DETECT_GATHER_H
#define DETECT_GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/map.h"
#include "detect/fitted.h"
#include "stream/spool.h"

/*
 * gather - all records of the input, for methods that look at all rows.
 *
 * Numbers are kept in memory, the text in a spool.  Records of one key make a
 * group, which is scored by itself; without keys all are one group.  Rows
 * with a missing number are in none, and have no score.
 * Memory: 8 bytes a number, 9 a record and, with keys, 12 more and a copy of
 * the largest group; and what the method needs.
 */

struct gather {
	/* set these */
	const struct batch_method *method; /* lent */
	struct batch_options options;
	size_t columns;
	bool is_scaled; /* see fitted_fit */
	/* Which rows are anomalies: that share of each group, or if it is 0
	 * those above that quantile of its scores, or if that is 0 too those
	 * above the threshold. */
	double contamination, quantile, threshold;
	bool keeps_fits; /* for gather_fit; else they are gone */

	/* results of gather_score, a record each */
	double *scores; /* owned; NaN: none */
	bool *flags; /* owned; is it an anomaly? */
	int32_t *clusters; /* owned; -1: none.  NULL if the method has none */
	size_t n; /* records */

	struct spool spool; /* private */
	double *x; /* private: n * columns */
	uint32_t *groups; /* private: of each record; NULL: only one */
	uint32_t n_groups; /* private */
	size_t cap; /* private: records there is room for */
	struct map keys; /* private: to their group */
	struct fitted *fits; /* owned, private; of the groups */
};

/*
 * Add a record: its line, len bytes, to be parsed again or not (see
 * spool_add); its row, columns numbers within DETECT_VALUE_MAX, NaN: missing.
 * group: of gather_group.
 */
void gather_add(struct gather *g, const char *text, size_t len, bool parse,
    const double *row, uint32_t group);

/* The number of the group of that key, from 0, len bytes.  Those who have no
 * keys need not ask: it is 0. */
uint32_t gather_group(struct gather *g, const char *key, size_t len);

/*
 * Score all rows, and flag the anomalies.  With contamination c these are, of
 * a group of n, exactly floor(c n), those of the largest scores, of equal
 * ones those that came first.
 */
void gather_score(struct gather *g);

/* The row of a record.  Lent. */
const double *gather_row(const struct gather *g, size_t record);

/* Append the key of a record. */
void gather_key(const struct gather *g, size_t record, struct buf *b);

/* What was learned in the group of a record; its method is NULL if no row was
 * whole.  Lent. */
const struct fitted *gather_fit(const struct gather *g, size_t record);

/* Free all.  Safe to call twice. */
void gather_release(struct gather *g);

#endif
