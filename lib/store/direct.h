#ifndef STORE_DIRECT_H
#define STORE_DIRECT_H

#include "store/backend.h"
#include "store/dir.h"
#include "store/entry.h"
#include "store/leveldb.h"

/*
 * direct - a store in a directory: two LevelDBs that are opened when needed.
 *
 * LevelDB belongs to one process at a time and costs 1 to 2 ms to open, so a
 * transaction locks, opens, works and closes.  What is watched cannot change
 * meanwhile.  'k' and the key hold the entry; 'e', the time when it is gone
 * (stale_until, see entry) and the key hold nothing: the index for the sweep.
 * For 'h' see trim.c.
 * Private to lib/store.
 */

#define DIRECT_INDEX_HEAD (1 + ENTRY_TIME) /* bytes before the key */

/* A transaction at work: store_txn.private. */
struct direct {
	struct dir dir;
	struct ldb db;
	struct buf key, entry; /* scratch */
	char **lent; /* values of the last read */
	size_t n_lent;
	uint64_t n_commits; /* of the state; see ledger */
	bool is_mended; /* once is enough */
};

/* Set b to a key of the database. */
void direct_entry_key(struct buf *b, const char *key);
void direct_index_key(struct buf *b, int64_t gone, const char *key);

/*
 * Get at the database, whose directory is open: lock it, or begin with the
 * server that has it, which is then t->backend.
 */
int direct_reach(struct store_txn *t, const char *const *watch);

/* Open the database.  One that has lost its head is not made anew. */
enum ldb_result direct_open(struct store_txn *t);

/*
 * A call of ldb gave r.  LDB_CORRUPT: mend the database, the cache by an
 * empty one, the state by repair; once.
 * Returns 0 if it was LDB_OK, or LDB_CORRUPT and the call should be made
 * again; else it fails.
 */
int direct_settle(struct store_txn *t, enum ldb_result r);

/*
 * Read what is kept under a key: *raw, the caller's to free, and v, lent from
 * it; v->data is NULL if there is no such entry.  It may be gone already.
 */
int direct_read(
    struct store_txn *t, const char *key, char **raw, struct store_value *v);

/*
 * If the cache is over its limit, remove old entries, as many as a commit
 * can be made to wait for; nothing must be gathered.  gone: told each key, or
 * NULL.
 */
int direct_trim(
    struct store_txn *t, void (*gone)(void *arg, const char *key), void *arg);

/* As in struct backend. */
int direct_commit(struct store_txn *t);
int direct_gc(struct store_txn *t, uint64_t *n_removed);

#endif
