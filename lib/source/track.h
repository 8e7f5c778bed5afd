#ifndef SOURCE_TRACK_H
#define SOURCE_TRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "source/definition.h"
#include "store/store.h"
#include "json/value.h"

/*
 * track - the cursor of one stream while it is read: where it begins, which
 * records are new, and how far it has come.
 *
 * What is kept is {"at":VALUE,"seen":[...]}: the greatest value that was
 * delivered, and hashes of the records that stand exactly there, at most
 * TRACK_SEEN of them, since the API is asked for what is not below it.  A
 * mark is such a place; a page that fails is undone by going back to one.
 */

#define TRACK_SEEN 1000

struct track_mark {
	bool is_set;
	int64_t n; /* milliseconds, or the integer */
	struct buf text; /* of a string */
	uint64_t *seen; /* owned */
	size_t n_seen;
};

struct track {
	const struct incremental *c; /* lent; NULL: there is no cursor */
	/* "cursor:SOURCE:STREAM:PARTITION", and what a checkpoint says */
	struct buf key, source, stream, partition;
	char definition[33];
	int64_t version; /* of what is kept */
	int64_t now; /* when the run began */

	struct track_mark kept; /* by the store */
	struct track_mark from; /* asked from here */
	struct track_mark until; /* and up to here, exclusive */
	struct track_mark top; /* the greatest that was delivered */
	struct track_mark page; /* top, before the page at hand */
	struct track_mark last; /* of the record before, if in order */
	struct track_mark last_page;
	uint64_t seq, n_windows;
	uint64_t n_without, n_old; /* records: without a value, not new */
	bool is_forgetful; /* more stand at the boundary than are kept */
	bool is_unsorted; /* a record was out of order */
	bool is_below; /* order desc: one was below from */
	bool moves; /* it may be kept: no "end", nothing stale */
};

/*
 * Begin: read what is kept, work out where to begin.  since: a value that
 * goes before, or NULL.  partition may be "".  lock: see source.h.
 * Returns 0, or a status with the reason appended to why.  Release it in any
 * case.
 */
int track_begin(struct track *t, const struct incremental *c, struct store *s,
    const char *source, const char *stream, const char *partition,
    const char *since, struct buf *why);

void track_release(struct track *t);

/* Go on to the next window.  Returns false if there is none. */
bool track_window(struct track *t);

/* Append the value of since or until, as the API wants it; nothing if there
 * is none. */
void track_since(const struct track *t, struct buf *b);
void track_until(const struct track *t, struct buf *b);

/* Look at a record, len bytes of text.  Returns whether it is to be
 * delivered. */
bool track_see(
    struct track *t, const char *text, size_t len, struct jval record);

/* A page begins; go back to its start; or it counts. */
void track_page(struct track *t);
void track_undo(struct track *t);

/* Is there to be a checkpoint after each page? */
bool track_is_stepwise(const struct track *t);

/*
 * Append a control line: so far has it come.  is_end: of the stream, or of
 * its window.  Appends nothing if there is nothing to keep.
 */
void track_checkpoint(struct track *t, bool is_end, struct buf *out);

#endif
