#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H

#include "core/map.h"
#include "store/store.h"

/*
 * backend - what each way to keep a store has to do.  Private to lib/store.
 *
 * All calls but begin are between begin and end, also after one has failed.
 * A call that fails has called store_fail.
 */

enum op_kind { OP_KEEP, OP_SET, OP_DEL };

/*
 * A write, gathered for the commit; there is one a key.  The entry is kept,
 * set or deleted, then delta is added if it is to be.
 */
struct op {
	enum op_kind kind;
	bool adds;
	int64_t delta;
	/* of OP_SET, as in struct store_value: */
	struct buf data;
	int64_t created, expires, stale_until;
	bool is_plain;
};

struct backend {
	int (*begin)(struct store_txn *t, const char *const *watch);
	int (*mget)(struct store_txn *t, const char *const *keys, size_t n,
	    struct store_value *v);
	int (*scan)(struct store_txn *t, const char *prefix,
	    bool (*each)(void *, const char *, const struct store_value *),
	    void *arg);
	/* Make t->ops.  May return -1, as store_commit does. */
	int (*commit)(struct store_txn *t);
	void (*end)(struct store_txn *t);
	void (*count)(struct store_txn *t, enum store_event e, uint64_t n);
	int (*gc)(struct store_txn *t, uint64_t *n_removed);
	int (*stats)(struct store_txn *t, struct store_stats *stats);
	int (*clear)(struct store_txn *t);
};

struct redis;

struct store {
	const struct backend *backend; /* NULL: where names no store */
	char *where; /* owned; for messages: no password */
	struct redis *redis; /* owned; the server, or NULL */
	int64_t wait_ms;
	uint64_t cache_max; /* bytes in a directory's cache; 0: any */
	bool is_owner; /* of a directory: look for no server */
	struct buf why; /* ended by NUL, which len does not count */
};

struct store_txn {
	struct store *store;
	const struct backend *backend; /* begin may change it */
	enum store_db db;
	int64_t now;
	struct map ops; /* of struct op, owned */
	int status; /* what commit is to fail with, or 0 */
	void *private; /* the back end's */
};

/* Note why a call fails: "WHERE: " and the text.  Returns status. */
int store_fail(struct store *s, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Shall a commit that met a conflict be tried again?  If so, let the others
 * finish first: wait for a random time, longer each time.  If not, fail.
 * n: tries so far; start: timestamp_monotonic before the first.
 */
bool store_may_retry(struct store *s, int n, int64_t start);

#define OP_NUMBER 24 /* room for an integer, and its NUL */

/*
 * Turn the entry that there is into what a write makes of it; v->data is NULL
 * where there is none.  v is lent from op or number.
 * Returns 0, or EX_DATAERR if it was to be added to what is no integer.
 */
int op_apply(struct store_txn *t, const char *key, const struct op *op,
    struct store_value *v, char number[OP_NUMBER]);

/* Add an entry to the entries and bytes of a struct store_stats: for scan. */
bool store_add_size(void *stats, const char *key, const struct store_value *v);

extern const struct backend backend_direct, backend_redis;

#endif
