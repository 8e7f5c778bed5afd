#ifndef SOURCE_EMIT_H
#define SOURCE_EMIT_H

#include <pthread.h>
#include <stdatomic.h>
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
 *
 * Each thread has an emit of its own; what they share is in emit_all, and
 * whole lines go out at a time.
 */

struct emit_all {
	uint64_t limit; /* records in all */
	pthread_mutex_t lock; /* of standard output, and of run_counts */
	_Atomic uint64_t n_records; /* that went out, or count */
	_Atomic uint64_t n_faults;
};

struct emit {
	struct emit_all *all; /* lent */
	struct expr *expression; /* lent; NULL: values are records */
	const char *what; /* what it is called in messages: "-x" */
	size_t hold; /* bytes */
	/* Looks at a value before it is mapped; returns whether it is wanted.
	 * NULL: all are. */
	bool (*see)(void *arg, const char *text, size_t len, struct jval v);
	void *see_arg;
	const struct buf *annotation; /* of _cdo.fetch; lent; NULL: none */

	/* About the attempt at hand. */
	const char *name; /* of the source; lent */
	uint64_t n_records, n_faults;
	uint64_t n_values, hash; /* that came, before any was left out */
	uint64_t most; /* records of this attempt, at most */
	bool has_left; /* records went out */
	bool is_full; /* the limit is reached */
	bool is_broken; /* by a fault behind which nothing can be read */

	/* About all that were kept, by this emit. */
	uint64_t total_records, total_faults;

	/* private */
	uint64_t n_held;
	struct buf out, messages, scratch, mapped;
	struct jdoc doc, again;
};

/* Set up; what is above "about the attempt" is set.  Cannot fail. */
void emit_init(struct emit *e);
void emit_release(struct emit *e);

/* Begin with a source. */
void emit_begin(struct emit *e, const char *name);

/* The two of struct sink; arg is the emit. */
bool emit_value(void *arg, const struct piece *p);
bool emit_fault(void *arg, const struct piece *at, const char *what);

/* A fault without a place. */
void emit_tell(struct emit *e, const char *what);

/* A line of len bytes with its LF, unchecked.  Returns as a sink does. */
bool emit_raw(struct emit *e, const char *line, size_t len);

/* A control line, with its LF: no record. */
void emit_control(struct emit *e, const char *line, size_t len);

/* Before a wait: write what is not held back. */
void emit_flush(struct emit *e);

/* The attempt counts: write its records, up to the limit.  If that leaves out
 * some, is_full is set. */
void emit_out(struct emit *e);

/* The same; and the attempt is over: tell its faults. */
void emit_keep(struct emit *e);

/* It does not: forget what did not go out. */
void emit_drop(struct emit *e);

#endif
