#ifndef STATE_CURSOR_H
#define STATE_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "state/state.h"

/*
 * cursor - how far a stream of a source has been taken, and made durable.
 *
 * A value of JSON with a version that goes up by one with each move.  Who
 * moves it names the version from which it started, so that of two runs that
 * overlap the later one cannot undo the other.  Numbers and timestamps only
 * grow; other values have no order, and any change is a step forward.
 *
 * definition is a hash of what the value means (which field, which kind).
 * A cursor that was kept under another definition is not moved until somebody
 * has migrated or reset it.
 */

#define CURSOR_MAX ((size_t)65536) /* bytes of a value */
#define CURSOR_DEFINITION 128 /* room for a definition, and its NUL */

struct cursor {
	int64_t version; /* moves so far; 0: no value yet */
	char definition[CURSOR_DEFINITION]; /* "": none was named */
	int64_t moved_at;
	struct buf value; /* JSON text; empty: none */
};

extern const struct state_kind cursor_kind;

enum cursor_verdict {
	CURSOR_MOVED,
	CURSOR_SAME, /* is there already */
	CURSOR_BACK, /* would go back */
	CURSOR_CONFLICT, /* the version is another one */
	CURSOR_REDEFINED, /* the definition is another one */
	CURSOR_UNSOUND /* not a value of JSON, or too large */
};

/*
 * Move it from a version to a value, len bytes of JSON.  definition may be
 * "", which leaves what is kept.  c is as it was unless it moved.
 */
enum cursor_verdict cursor_move(struct cursor *c, int64_t version,
    const char *definition, const char *value, size_t len, int64_t now);

/*
 * Take the value for one of the new definition; or begin anew, without a
 * value.  The version goes up, so runs at work fail.
 */
void cursor_migrate(struct cursor *c, const char *definition, int64_t now);
void cursor_reset(struct cursor *c, const char *definition, int64_t now);

/* Why it did not move, for messages: "would go back".  Static. */
const char *cursor_reason(enum cursor_verdict verdict);

#endif
