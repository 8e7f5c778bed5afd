#ifndef ALERT_BOOK_H
#define ALERT_BOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "alert/group.h"
#include "alert/heartbeat.h"
#include "alert/instance.h"
#include "alert/outbox.h"
#include "alert/silence.h"
#include "core/map.h"
#include "state/rate.h"
#include "store/store.h"

/*
 * book - all that is kept of one alerts file, in memory for a transaction.
 *
 * It is read as a whole, changed, and what changed is written; every commit
 * moves the head, which all transactions watch: so each sees the book as the
 * one before it has left it, whatever the store is.
 *
 *	alerts-book:NAME            the head
 *	alerts:NAME:KIND:ID         the things
 *	alerts-history:NAME:NNNN    events, the latest BOOK_HISTORY
 */

#define BOOK_HISTORY 1000

/* What the book counts since it was begun. */
enum book_count {
	BOOK_FIRED,
	BOOK_RESOLVED,
	BOOK_NOTIFIED,
	BOOK_FAILED,
	BOOK_DEAD,
	BOOK_EXPIRED,
	BOOK_COUNTS
};

struct book_head {
	int64_t commits;
	int64_t visited_at; /* when a program last began to look */
	int64_t visit_ms; /* how long after the one before; 0: unknown */
	int64_t n_events; /* in the history, ever */
	int64_t counts[BOOK_COUNTS];
};

enum book_kind {
	BOOK_INSTANCES, /* by fingerprint */
	BOOK_GROUPS, /* by key */
	BOOK_ENTRIES, /* by the key of their group, or id */
	BOOK_SILENCES, /* by id */
	BOOK_BEATS, /* by name */
	BOOK_RATES, /* by receiver */
	BOOK_KINDS
};

struct book {
	char *name; /* owned */
	struct book_head head;
	struct map things[BOOK_KINDS]; /* of struct book_slot, private */
	struct buf events; /* lines that happened; go into the history */
	struct buf why; /* the reason of a failure */
};

/* Set up an empty book; release frees all. */
void book_init(struct book *b, const char *name);
void book_release(struct book *b);

/* Append the key of the head. */
void book_key(struct buf *key, const char *name);

/*
 * Within a transaction: read all, write what has changed, with the events.
 * book_load returns 0, or an EX_ status with the reason in b->why.
 */
int book_load(struct book *b, struct store_txn *t);
void book_save(struct book *b, struct store_txn *t);

/* The thing, or NULL. */
void *book_get(const struct book *b, enum book_kind kind, const char *id);

/* The same, made if there is none: all zero. */
void *book_make(struct book *b, enum book_kind kind, const char *id);

void book_remove(struct book *b, enum book_kind kind, const char *id);

/* Step through things of a kind: *i is 0 before the first call.  Things may
 * be removed meanwhile, not made.  id: out, or NULL. */
void *book_next(
    const struct book *b, enum book_kind kind, size_t *i, const char **id);

/* How many. */
size_t book_count(const struct book *b, enum book_kind kind);

/* The history, oldest first: call each for a line, without LF. */
int book_history(struct store_txn *t, const char *name,
    void (*each)(void *arg, const char *line, size_t len), void *arg);

/* Call each for the name of every book. */
int book_names(
    struct store_txn *t, void (*each)(void *arg, const char *name), void *arg);

#endif
