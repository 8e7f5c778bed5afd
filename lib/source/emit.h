#ifndef SOURCE_EMIT_H
#define SOURCE_EMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "source/decode.h"
#include "json/expr.h"
#include "json/parse.h"

/*
 * emit - values to records on standard output: checked, mapped by an
 * expression, one a line, held back until it is sure that they count.
 *
 * The records of one attempt at a source are held until emit_keep or
 * emit_drop; when they are more than hold bytes they go out and cannot be
 * dropped any more.  Faults in the data are told (diag) when the attempt is
 * kept, or its records go out: ten in full, then their number.
 */

struct emit {
	struct expr *expression; /* lent; NULL: values are records */
	size_t hold; /* bytes */
	uint64_t limit; /* records in all */

	/* About the attempt at hand. */
	const char *name; /* of the source; lent */
	uint64_t n_records, n_faults;
	bool has_left; /* records went out */
	bool is_full; /* the limit is reached */
	bool is_broken; /* by a fault behind which nothing can be read */

	/* About all that were kept. */
	uint64_t total_records, total_faults;

	/* private */
	struct buf out, messages, scratch;
	struct jdoc doc;
};

/* Set up; expression, hold and limit are set.  Cannot fail. */
void emit_init(struct emit *e);
void emit_release(struct emit *e);

/* Begin with a source. */
void emit_begin(struct emit *e, const char *name);

/* The two of struct sink; arg is the emit. */
bool emit_value(void *arg, const struct piece *p);
bool emit_fault(void *arg, const struct piece *at, const char *what);

/* A line of len bytes with its LF, unchecked.  Returns as a sink does. */
bool emit_raw(struct emit *e, const char *line, size_t len);

/* Before a wait: write what is not held back. */
void emit_flush(struct emit *e);

/* The attempt counts: write everything, tell its faults. */
void emit_keep(struct emit *e);

/* It does not: forget what did not go out. */
void emit_drop(struct emit *e);

#endif
