#ifndef STORE_REDIS_H
#define STORE_REDIS_H

#include "store/backend.h"
#include "store/place.h"
#include "store/resp.h"

/*
 * redis - a store behind a server: Redis, Valkey, our own; see wire.
 *
 * The connection is kept from one transaction to the next.  One that was lost
 * is made anew by begin, and once for a read where nothing is watched, but
 * never for a commit.  Private to lib/store.
 */

/* Why the last call failed. */
enum redis_failure {
	REDIS_REFUSED, /* the server said no, nothing was done */
	REDIS_BROKEN, /* the connection broke */
	REDIS_SILENT, /* no answer in time, or none that makes sense */
};

struct redis {
	struct place place;
	int64_t greet_ms; /* for the first answer; 0: as for any other */
	struct resp *resp; /* NULL: not connected */
	bool is_ours; /* our own server: no prefix */
	bool is_watching;
	enum redis_failure failure;
};

/* A transaction at work: store_txn.private. */
struct redis_work {
	bool watches;
	struct resp_reply **kept; /* replies that values are lent from */
	size_t n_kept;
	uint64_t counts[STORE_EVENT_COUNT]; /* to be sent */
};

void redis_free(struct redis *r);

/* Connect, unless it is done already, and say who we are. */
int redis_reach(struct store *s);

/* Forget the connection. */
void redis_close(struct redis *r);

/* Gather the key as a word of a command. */
void redis_add_key(struct redis *r, const char *key);

/* Gather a command of n keys, as many times as they take. Returns how many. */
size_t redis_add_keys(
    struct redis *r, const char *name, const char *const *keys, size_t n);

/*
 * Read a reply of one of the kinds, or-ed as REDIS_KIND(k).  Returns 0, or by
 * store_fail an EX_ status; then the connection is closed.
 */
#define REDIS_KIND(k) (1U << (unsigned)(k))
int redis_read(struct store *s, unsigned kinds, struct resp_reply **reply);

/* The same, where the reply says nothing but that it is done. */
int redis_done(struct store *s);

/* A reply to the command was not what it should be: EX_PROTOCOL. */
int redis_garbled(struct store *s, const char *command);

/* EX_TEMPFAIL if the connection broke earlier in the transaction, or 0. */
int redis_check(struct store *s);

/* What an error says: an EX_ status by store_fail. */
int redis_refused(struct store *s, const struct resp_reply *error);

/* Connect anew and watch nothing; for a read that has failed. */
bool redis_may_retry(struct store_txn *t, int status);

/*
 * The entry that a value is; v->data is NULL for none, v->is_plain set if its
 * life has to be asked for with PTTL, and then told by redis_set_life.
 */
void redis_value(const struct store_txn *t, const struct resp_reply *reply,
    struct store_value *v);
void redis_set_life(
    const struct store_txn *t, int64_t pttl, struct store_value *v);

/* As in struct backend, but never over a new connection. */
int redis_mget(struct store_txn *t, const char *const *keys, size_t n,
    struct store_value *v);

/* As in struct backend. */
int redis_scan(struct store_txn *t, const char *prefix,
    bool (*each)(void *, const char *, const struct store_value *), void *arg);
int redis_clear(struct store_txn *t);
int redis_commit(struct store_txn *t);

#endif
