#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include "store/backend.h"
#include "store/table.h"

/*
 * engine - both databases of a directory, held by one process for its life.
 *
 * It is a transaction of the direct back end on each that does not end, with
 * a table before it.  Changes are made in the table, where they are seen at
 * once, and go to the database with engine_commit, all of them together: the
 * state's are synced then, the cache's are with the system.
 *
 * Keys are 1 to STORE_KEY_MAX bytes without NUL.  Entries are the bytes of
 * entry.h.  What returns int returns 0, or an EX_ status with the reason in
 * store_why; what returns a pointer, NULL then.
 */

#define ENGINE_SWEEP ((size_t)1000) /* entries removed at once, at most */

struct engine_db {
	struct store_txn *txn; /* owned */
	struct table table;
	struct item *dirty; /* those to be written */
	size_t dirty_bytes;
	uint64_t n_commits; /* and failed ones */
	int64_t next_gone; /* no entry is over before that */
	int64_t n_keys; /* or -1: not counted yet */
	int64_t retry_ms; /* when to try to open it again; monotonic */
	bool is_open, is_marked;
	bool is_void; /* it was mended: what was dirty is lost */
};

struct engine {
	struct store *store; /* lent */
	struct engine_db db[STORE_DB_COUNT];
	size_t tables_max;
	int status; /* why engine_get returned NULL */
	int64_t now; /* ms; the caller's to set */
};

/* Lock and open.  tables_max: bytes in both tables, by and large. */
int engine_open(struct engine *e, struct store *s, size_t tables_max);

/* What is dirty is lost. */
void engine_close(struct engine *e);

/* The key's item, loaded; lent until the next call. */
struct item *engine_get(
    struct engine *e, enum store_db db, const char *key, size_t len);

/* Has the item an entry whose time is not over? */
static inline bool
engine_lives(const struct engine *e, const struct item *i)
{
	return i->gone > e->now;
}

/*
 * Make the item an entry of len bytes that is over at gone.  Returns where
 * they are to be written; those that were there are there still.
 */
char *engine_put(struct engine *e, enum store_db db, struct item *i, size_t len,
    int64_t gone);

/* Have no entry there. */
void engine_del(struct engine *e, enum store_db db, struct item *i);

/* Is there anything to be committed? */
static inline bool
engine_is_dirty(const struct engine *e, enum store_db db)
{
	return e->db[db].dirty || e->db[db].is_void;
}

/*
 * Write what is dirty, all or nothing.  What could not be written is
 * forgotten.
 */
int engine_commit(struct engine *e, enum store_db db);

/* Drop entries that are over, as changes.  Is there more to do? */
bool engine_sweep(struct engine *e, enum store_db db);

/* Have the cache no larger than it may be; see trim.c.  Is there more to do? */
bool engine_trim(struct engine *e);

/*
 * Call each for the entries from the first key not before from, in order,
 * until it returns false.  Nothing may be dirty.
 */
int engine_scan(struct engine *e, enum store_db db, const char *from,
    size_t from_len, bool (*each)(void *arg, const char *key, size_t len),
    void *arg);

/* How many keys there are; reads all of them the first time. */
int engine_count(struct engine *e, enum store_db db, int64_t *n);

/*
 * Add to a count of events, which the len bytes at name name (see
 * store_event_names).  Returns the count, or -1 if there is no such.
 */
int64_t engine_event(
    struct engine *e, const char *name, size_t len, int64_t delta);

/* Remove everything, at once. */
int engine_clear(struct engine *e, enum store_db db);

#endif
