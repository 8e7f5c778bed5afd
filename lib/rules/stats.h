#ifndef RULES_STATS_H
#define RULES_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "rules/places.h"
#include "rules/view.h"

/*
 * stats - how often each check failed, each field was missing, and where
 * that was seen first.
 *
 * A thread adds up its own records; in the end all are merged, which gives
 * the same as one thread for all.  A record that passes every check costs a
 * few nanoseconds.
 * Memory: about 100 bytes a check, and its first failure.
 */

struct stats_check {
	uint64_t failed, skipped; /* records; the view counts skipped */
	uint64_t file, line; /* of the first failure; file 0: none */
	char *message; /* of that one, owned; NULL: none */
	char *value; /* ,"value":... or nothing, owned */
	struct places places; /* of a schema */
};

struct stats_field {
	uint64_t missing; /* records where it is absent or null; by the view */
	uint64_t failed; /* records where a check of it failed */
	uint64_t last; /* private: the record that failed last */
};

struct rules_stats {
	bool
	    has_places; /* count by the keywords of schemas too, which costs
			 * another look at records that fail; set by the user */
	uint64_t n_records; /* that were checked */
	uint64_t n_rejected; /* of those, by an error or worse */
	uint64_t n_warned; /* not rejected, but a check failed */
	struct stats_check *checks; /* owned, one a check */
	struct stats_field *fields; /* owned, one a field */
};

void rules_stats_init(struct rules_stats *s, const struct rules *rules);

/* Free the contents.  Safe to call twice. */
void rules_stats_release(struct rules_stats *s, const struct rules *rules);

/* Count the record in the view, which stands at this place of the input. */
void rules_stats_add(struct rules_stats *s, const struct rules *rules,
    const struct rules_view *v, uint64_t file, uint64_t line);

/* Add what a thread counted, in stats and in its view, to s. */
void rules_stats_merge(struct rules_stats *s, const struct rules *rules,
    const struct rules_stats *from, const struct rules_view *view);

/*
 * Append the summary, one JSON object without LF.
 * n_malformed: lines that were no records.
 */
void rules_stats_write(const struct rules_stats *s, const struct rules *rules,
    uint64_t n_malformed, struct buf *out);

#endif
