#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "store/value.h"

/*
 * store - what outlives a process: keys and values, shared by all processes.
 *
 * Two databases: the cache may be lost at any time, the state is synced by
 * each commit and never dropped in silence.
 *
 * All work is done in short transactions.  Reads see the database as it was
 * before the transaction's own writes.  Writes are gathered, one a key (the
 * last one counts), and made by the commit all together or not at all; not
 * if somebody else wrote a watched key since begin.  While a transaction is
 * open others may be waiting: write to no pipe and no socket, run nothing,
 * begin no other.
 *
 * Keys are strings of 1 to STORE_KEY_MAX bytes, "kind:name" by custom; their
 * order is that of their bytes.  Values are any bytes.  An entry is fresh
 * until it expires, then, where it was set so, stale for a time; after that
 * it is gone, whether it has been swept or not.
 *
 * What returns int returns 0, or an EX_ status and the reason in store_why:
 * EX_TEMPFAIL if others held the store for too long, EX_NOPERM, EX_CANTCREAT,
 * EX_IOERR, EX_CONFIG.  A handle is for one thread.
 */

struct store;
struct store_txn;

/*
 * Name a store: a directory, or NULL for the one that the environment names
 * (CDO_STORE, CDO_STATE_DIR, XDG_STATE_HOME, HOME).  Nothing is touched yet,
 * and what is wrong with the name is told by the first begin.
 * wait_ms: how long to wait for others at most; CDO_STORE_WAIT goes before
 * it if where is NULL.
 */
struct store *store_new(const char *where, int64_t wait_ms);

void store_free(struct store *s);

/*
 * Append the path of a directory beside the stores, ended by NUL: name in the
 * one that CDO_STATE_DIR, XDG_STATE_HOME or HOME names, also where the store
 * itself is a server.  Nothing is made.  Returns false if there is none.
 */
bool store_directory(struct buf *path, const char *name);

/* Why the last call failed, one line, naming the store.  Lent. */
const char *store_why(const struct store *s);

/*
 * Begin.  watch: keys that the decision will rest on, ended by NULL; or NULL.
 * Pair with store_commit or store_end.
 */
int store_begin(struct store *s, enum store_db db, const char *const *watch,
    struct store_txn **t);

/* The moment of begin by timestamp_now; all ages are measured by it. */
int64_t store_now(const struct store_txn *t);

/* Find one entry. */
int store_get(struct store_txn *t, const char *key, struct store_value *v);

/* Find n entries: v has room for n, all lent until the next read. */
int store_mget(struct store_txn *t, const char *const *keys, size_t n,
    struct store_value *v);

/*
 * Call each for the entries whose keys begin with prefix, in order, until it
 * returns false.  key and v are lent for the call, which reads nothing.
 */
int store_scan(struct store_txn *t, const char *prefix,
    bool (*each)(void *arg, const char *key, const struct store_value *v),
    void *arg);

/*
 * Set an entry: len bytes, copied; fresh for ttl_ms, then stale for stale_ms.
 * What is wrong with a key or a length is told by the commit.
 */
void store_set(struct store_txn *t, const char *key, const void *data,
    size_t len, int64_t ttl_ms, int64_t stale_ms);

/* The same with the times that v has, created included, as it was kept
 * before; len bytes at data, copied. */
void store_put(
    struct store_txn *t, const char *key, const struct store_value *v);

void store_del(struct store_txn *t, const char *key);

/*
 * Add to an entry that is a decimal integer, 0 if there is none.  Its life
 * stays as it is.  No watch is needed.  The commit fails with EX_DATAERR if
 * the entry is no integer, or beyond int64_t.
 */
void store_add(struct store_txn *t, const char *key, int64_t delta);

/* Count what happened, whether the transaction is committed or not. */
void store_count(struct store_txn *t, enum store_event event, uint64_t n);

/*
 * Make the writes, and end the transaction in any case.
 * Returns 0, or -1: a watched key has changed, nothing was done, try again;
 * or an EX_ status, nothing was done.
 */
int store_commit(struct store_txn *t);

/* End without writing. */
void store_end(struct store_txn *t);

/*
 * The whole of it: begin, call work, commit; again while watched keys change,
 * but not for longer than one waits for others.  work returns 0 to commit,
 * anything else to end and be returned; it may be called several times.
 */
int store_do(struct store *s, enum store_db db, const char *const *watch,
    int (*work)(struct store_txn *t, void *arg), void *arg);

/* Remove all entries whose time is over, and give back their space. */
int store_gc(struct store_txn *t, uint64_t *n_removed);

/* Count the entries.  Reads all of them. */
int store_stats(struct store_txn *t, struct store_stats *stats);

/* Remove everything, at once; not only at the commit. */
int store_clear(struct store_txn *t);

#endif
