#ifndef STORE_LEVELDB_H
#define STORE_LEVELDB_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

/*
 * leveldb - a LevelDB in a directory, byte strings to byte strings.
 *
 * The directory is nobody else's while it is open.  What may fail returns an
 * enum ldb_result; after LDB_CORRUPT and LDB_FAILED the words are in why.
 */

enum ldb_result {
	LDB_OK,
	LDB_BUSY, /* another process has it open */
	LDB_CORRUPT,
	LDB_FAILED, /* a full disk, and the like */
};

struct ldb {
	struct buf why; /* a string */
	struct ldb_handles *handles; /* owned, private */
};

/*
 * Open or make it.  is_durable: writes are synced, and damaged logs are
 * LDB_CORRUPT; otherwise the undamaged part of a log counts.
 * Pair with ldb_close, also if it fails.
 */
enum ldb_result ldb_open(struct ldb *db, const char *path, bool is_durable);

/* Close.  Safe to call twice. */
void ldb_close(struct ldb *db);

/*
 * Make what can be read of a closed database a sound one; files that cannot
 * be used go to its folder lost.
 */
enum ldb_result ldb_repair(struct ldb *db, const char *path);

/* Look up.  *data is the caller's to free, or NULL if there is none. */
enum ldb_result ldb_get(
    struct ldb *db, const void *key, size_t key_len, char **data, size_t *len);

/* Call each in order, from the first key not before from, until it returns
 * false. */
enum ldb_result ldb_scan(struct ldb *db, const void *from, size_t from_len,
    bool (*each)(void *arg, const char *key, size_t key_len, const char *data,
	size_t len),
    void *arg);

/* Gather writes; the last one to a key counts. */
void ldb_put(struct ldb *db, const void *key, size_t key_len, const void *data,
    size_t len);
void ldb_del(struct ldb *db, const void *key, size_t key_len);

/* Call put or del for each write that was gathered. */
void ldb_gathered(const struct ldb *db,
    void (*put)(void *arg, const char *key, size_t key_len, const char *data,
	size_t len),
    void (*del)(void *arg, const char *key, size_t key_len), void *arg);

/* Make what was gathered, all or nothing; or forget it. */
enum ldb_result ldb_write(struct ldb *db);
void ldb_forget(struct ldb *db);

/*
 * Wait a little for LevelDB to merge its files, if there are many: each open
 * after a write makes one, and each close breaks off the merge that an open
 * begins.
 */
void ldb_tidy(struct ldb *db);

/* Rewrite the files without what was deleted between two keys; NULL: all. */
void ldb_compact(struct ldb *db, const struct buf *from, const struct buf *to);

#endif
