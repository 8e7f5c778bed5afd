#ifndef RULES_GATES_H
#define RULES_GATES_H

#include "rules/stats.h"

/*
 * gates - demands on all records together: how many there are, how many lack a
 * field, how many were rejected.  They are judged at the end.
 */

enum gate_kind { GATE_COUNT, GATE_MISSING, GATE_REJECTS };

struct gate {
	enum gate_kind kind;
	const char *name; /* of the rule; max_rejects has that name */
	const char *field; /* GATE_MISSING: as written; else "." */
	const char *place; /* as in struct check */
	const char *message; /* the author's words, or NULL */
	enum severity severity;
	size_t slot; /* GATE_MISSING */
	uint64_t min, max; /* UINT64_MAX: none */
	double max_ratio; /* of all; infinite: none */
};

/*
 * Does it hold for all records, of which so many lines were malformed?
 * Appends why, in words, either way.
 */
bool gate_holds(const struct gate *g, const struct rules_stats *s,
    uint64_t n_malformed, struct buf *words);

/* Append "gates":[{"rule":..,"field":..,"keyword":..,"severity":..,
 * "passed":..,"message":..},...]. */
void gates_write(const struct rules *rules, const struct rules_stats *s,
    uint64_t n_malformed, struct buf *out);

/* Tell those that do not hold by diag.  Returns how many of them are errors. */
size_t gates_tell(const struct rules *rules, const struct rules_stats *s,
    uint64_t n_malformed);

#endif
