#ifndef STATE_STATE_H
#define STATE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "store/store.h"

/*
 * state - machines that outlive the process: how they are kept in the store.
 *
 * A machine is a struct, and pure functions (state, event, now) that change
 * it and say what is to be done; now is in ms since 1970, and may go back.
 * The struct of zeros is the machine that nobody has used yet.
 *
 * In the store a machine is one object of JSON that people can read, with
 * "v", the version of its form, and a member for each row of a table.  What
 * does not fit the table to the letter is refused, and never reset.
 */

#define STATE_VERSION 1

enum state_type {
	STATE_INT, /* int64_t */
	STATE_INTS, /* int64_t[n] */
	STATE_STRING, /* char[n], with its NUL */
	STATE_JSON, /* struct buf; a value as text, n bytes at most; or empty */
	STATE_LIST /* struct state_list; n numbers at most */
};

struct state_list {
	int64_t *v; /* owned */
	size_t n;
};

struct state_member {
	const char *name;
	enum state_type type;
	size_t offset, n;
};

/* What the store has to know of a machine. */
struct state_kind {
	const char *name; /* its keys are NAME:... */
	size_t size; /* of the struct */
	const struct state_member *members; /* ends with a name of NULL */
	/* Do the members go together? */
	bool (*is_sound)(const void *state);
	/* How long to keep it when nobody uses it, in ms. */
	int64_t (*life)(const void *state, int64_t now);
};

/* Append the state as JSON. */
void state_write(
    struct buf *b, const struct state_kind *kind, const void *state);

/*
 * Read what state_write wrote, len bytes.  The state is to be released in any
 * case.  Returns true, or false with the reason appended to why.
 */
bool state_read(const char *text, size_t len, const struct state_kind *kind,
    void *state, struct buf *why);

/* Free what a state owns; it is zeros again. */
void state_release(const struct state_kind *kind, void *state);

/*
 * Append a part of a key, with a colon before it unless b is empty: %, colons
 * and control characters become %XX, so that parts cannot be mistaken.
 */
void state_add_key(struct buf *b, const char *part);

/*
 * Within a transaction that watches the key: read the state that is kept
 * there, zeros if there is none; keep one.
 * state_get returns 0, or an EX_ status with the reason appended to why; the
 * state is to be released in any case.
 */
int state_get(struct store_txn *t, const struct state_kind *kind,
    const char *key, void *state, struct buf *why);
void state_set(struct store_txn *t, const struct state_kind *kind,
    const char *key, const void *state);

/*
 * Run a machine: read the state at the key of the state database, call step,
 * keep the state if step returns true; all again if somebody else has written
 * it meanwhile.  step may be called several times, and finds the result of
 * the last call in arg.
 * Returns 0, or an EX_ status with the reason appended to why.
 */
int state_step(struct store *s, const struct state_kind *kind, const char *key,
    bool (*step)(void *state, int64_t now, void *arg), void *arg,
    struct buf *why);

#endif
