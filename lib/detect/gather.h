#ifndef DETECT_GATHER_H
#define DETECT_GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/map.h"
#include "detect/batch.h"
#include "stream/spool.h"

/*
 * gather - all records of the input, for methods that look at all rows.
 *
 * Numbers are kept in memory, the text in a spool.  Records of one key make a
 * group, which is scored by itself; without keys all are one group.  Rows
 * with a missing number are in none, and have no score.
 * Memory: 8 bytes a number, 16 a record, and what the method needs.
 */

struct gather {
	/* set these */
	const struct batch_method *method; /* lent */
	struct batch_options options;
	size_t columns;
	bool is_scaled; /* columns centred, divided by their sd, in groups */
	double contamination; /* share of rows to flag, or 0: by threshold */
	double threshold;

	/* results of gather_score, a record each */
	double *scores; /* owned; NaN: none */
	bool *flags; /* owned; is it an anomaly? */
	size_t n; /* records */

	struct spool spool; /* private */
	double *x; /* private: n * columns */
	uint32_t *groups; /* private: of each record */
	uint32_t n_groups; /* private */
	size_t cap; /* private: records there is room for */
	struct map keys; /* private: to their group */
};

/*
 * Add a record: its line, len bytes; its row, columns numbers, NaN: missing;
 * its key, key_len bytes.
 */
void gather_add(struct gather *g, const char *text, size_t len,
    const double *row, const char *key, size_t key_len);

/*
 * Score all rows, and flag the anomalies: those above the threshold; or with
 * contamination c, of a group of n exactly floor(c n), those of the largest
 * scores, of equal ones those that came first.
 */
void gather_score(struct gather *g);

/* Free all.  Safe to call twice. */
void gather_release(struct gather *g);

#endif
