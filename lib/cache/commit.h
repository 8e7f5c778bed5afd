#ifndef CACHE_COMMIT_H
#define CACHE_COMMIT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "core/map.h"
#include "store/store.h"
#include "json/value.h"

/*
 * commit - cursors moved as checkpoints say, by compare-and-set.
 *
 * A checkpoint is {"source":S,"stream":T,"seq":N,"cursor":C}, and may have
 * "partition", "definition" (a hash of what the cursor means) and "version"
 * (the one that the run began with).  Where no version is given, it is the
 * one at the first checkpoint of the stream; from then on each move has to
 * find the version that the move before has left.
 */

struct checkpoint {
	struct buf key; /* of the cursor; a string */
	struct buf definition; /* a string */
	struct buf value; /* JSON text */
	int64_t version; /* -1: none was given */
};

struct commit {
	struct store *store; /* lent */
	bool has_refused; /* out: a cursor that is where it was */
	struct map versions; /* private: key to int64_t, owned */
};

/*
 * Read the checkpoint of a control line: its text, and what was parsed.
 * Returns NULL, and c to be released; or what is wrong, static.
 */
const char *checkpoint_read(
    const char *text, struct jval root, struct checkpoint *c);

void checkpoint_release(struct checkpoint *c);

/*
 * Move the cursor.  One that is there already, or further, is fine: those
 * records came again.
 * Returns 0; or an EX_ status, with what is to be done appended to why; then
 * the cursor is where it was if c->has_refused, else nobody knows.
 */
int commit_move(
    struct commit *c, const struct checkpoint *point, struct buf *why);

void commit_release(struct commit *c);

#endif
