#ifndef DETECT_SAVED_H
#define DETECT_SAVED_H

#include <stdbool.h>

#include "core/buf.h"
#include "detect/detectors.h"

/*
 * saved - what a stream has learned, kept in the store under a name from one
 * run to the next.
 *
 * A line of JSON says what it is: {"version":2,"method":...}; the detectors
 * follow, the one that was not asked for longest first.  It is loaded only
 * where that line is what the run would write itself: other methods, options
 * or fields are refused.  Threshold and direction may change.
 */

/* What a run is about. */
struct saved_terms {
	const struct detect_method *method;
	const struct detect_options *options;
	const char *const *fields; /* options->columns, as they are written */
	const char *key, *time; /* the same, or NULL */
};

struct saved;

/* Is it a name: letters, digits, . _ and -, 1 to 100 of them? */
bool saved_is_name(const char *name);

/* All is lent. */
struct saved *saved_new(const char *name, const struct saved_terms *terms);

/* NULL is fine. */
void saved_free(struct saved *s);

/*
 * Load what is kept, if anything is, into all, which is empty.
 * Returns 0, or an EX_ status after its diagnostic: EX_CONFIG if it is about
 * something else, EX_DATAERR if it is damaged.
 */
int saved_load(struct saved *s, struct detectors *all);

/* Keep it.  Returns 0, or an EX_ status after its diagnostic; see
 * snapshot_save. */
int saved_save(struct saved *s, const struct detectors *all);

/* Print what is kept: the line, and one of JSON for each key.
 * Returns 0, or an EX_ status after its diagnostic. */
int saved_show(const char *name);

/*
 * The same in memory, without the store: append to b; read len bytes into
 * all, which returns whether they were sound.
 */
void saved_write(const struct detectors *all, struct buf *b);
bool saved_read(struct detectors *all, const char *data, size_t len);

#endif
