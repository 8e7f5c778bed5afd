#ifndef STORE_DIR_H
#define STORE_DIR_H

#include <sys/types.h>

#include "core/buf.h"
#include "store/backend.h"

/*
 * dir - the directory of a store: made, checked, locked.  No database yet.
 *
 * DIR/ and DIR/cache/, DIR/state/ belong to us, nobody else may write to
 * them, and they are on a file system of this host.  DIR/cache.lock and
 * DIR/state.lock are locked (flock) during a transaction; they also hold the
 * process that has the lock, and the counts of events, and are never removed.
 */

struct dir {
	int lock; /* descriptor of the lock file */
	mode_t mask; /* umask to return to */
	const char *name; /* of the database: "cache", "state" */
	char *path; /* of the database; owned */
};

/*
 * Make what is missing of the database's directory, check it, open the lock
 * file.  What is created from then on is for its owner alone.
 * Returns 0, or an EX_ status by store_fail, with nothing to close.
 */
int dir_open(struct dir *d, struct store *s, enum store_db db);

/*
 * Wait for the lock, in turn with others.
 * Returns 0; -1 if others had it all the time; an EX_ status by store_fail.
 */
int dir_lock(struct dir *d, struct store *s, int64_t wait_ms);

/* Say who has the lock: EX_TEMPFAIL by store_fail. */
int dir_is_locked(struct dir *d, struct store *s);

/* Unlock. */
void dir_close(struct dir *d);

/* Is there a part of a database, but not the file that says what it is? */
bool dir_is_headless(const struct dir *d);

/*
 * Rename the database's directory to DIR/cache.corrupt-TIME, appended to
 * name, and make an empty one.  Of those only the latest is kept.
 * Returns 0, or -1 and errno.
 */
int dir_set_aside(const struct dir *d, int64_t now, struct buf *name);

/*
 * Remove all files of the database, at once: the directory is renamed to
 * DIR/cache.trash first.  Returns 0, or -1 and errno.
 */
int dir_empty(const struct dir *d);

/* Bytes in the files of the database. */
uint64_t dir_usage(const struct dir *d);

/* Add to a count of events, or read them all.  Best effort. */
void dir_count(const struct dir *d, enum store_event e, uint64_t n);
void dir_counts(const struct dir *d, uint64_t counts[STORE_EVENT_COUNT]);

/* Two numbers of the ledger: commits made, bytes when it was last written
 * anew.  Best effort. */
uint64_t dir_commits(const struct dir *d);
void dir_set_commits(const struct dir *d, uint64_t n);
uint64_t dir_names(const struct dir *d);
void dir_set_names(const struct dir *d, uint64_t size);

/* flock(fd, LOCK_EX), waiting wait_ms at most, in turn with others. 0, or -1
 * and errno: EWOULDBLOCK if it took too long, EINTR if a stop signal came. */
int lock_file(int fd, int64_t wait_ms);

#endif
