#ifndef ALERT_TELLER_H
#define ALERT_TELLER_H

#include <stdbool.h>
#include <stdint.h>

#include "alert/alerts.h"
#include "alert/batch.h"
#include "alert/book.h"
#include "alert/sender.h"
#include "core/buf.h"
#include "store/store.h"

/*
 * teller - a program's work on a book: commit, then send, then mark.
 *
 * What is to be sent is in the store, synced, with the state that it follows
 * from, before it is sent, and is marked after that: who is killed between
 * leaves it to the next one, which sends it with the same id.
 */

enum { TELLER_PARTIAL = 3 }; /* exit status: cdo(7) */

struct teller {
	struct store *store; /* lent */
	const struct alerts *alerts; /* lent */
	struct book book; /* as the last transaction left it */
	struct buf events; /* that were committed, and nobody has written yet */
	bool at_once; /* send what waits, however long it was to wait */
	bool has_visited; /* private: the visit is counted */
	int status; /* EX_UNAVAILABLE once something is dead, or 0 */
	struct job *jobs; /* private: taken, to be sent */
};

/* Set up; the first two are set. */
void teller_init(struct teller *s);
void teller_release(struct teller *s);

/*
 * Read the book only.  Returns 0, or an EX_ status after its diagnostic, as
 * the others do.
 */
int teller_load(struct teller *s);

/*
 * Apply the batch, which may be NULL, settle, and take what is due to be sent
 * by this process.
 */
int teller_commit(struct teller *s, const struct batch *batch);

/* Send what was taken, mark it, and go on as long as there is more. */
int teller_send(struct teller *s);

/*
 * Change the book, then settle and take as teller_commit does if there are
 * alerts: work returns 0, or an EX_ status and what is wrong in book->why.
 */
int teller_change(struct teller *s,
    int (*work)(struct book *b, int64_t now, void *arg), void *arg);

/* The exit status: that of what was done, or 3 if entries wait that nobody
 * is sending. */
int teller_status(const struct teller *s);

#endif
