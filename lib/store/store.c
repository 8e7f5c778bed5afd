#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "core/timestamp.h"
#include "core/xmem.h"
#include "store/backend.h"
#include "store/entry.h"
#include "store/redis.h"

#define LEAST_TRIES 10 /* of a transaction whose watched keys change */
#define NAP_MAX_MS 32 /* between them, at most */

const char *const store_db_names[] = {"cache", "state"};
const char *const store_event_names[] = {
    "hits", "misses", "expired", "evicted"};

int
store_fail(struct store *s, int status, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	s->why.len = 0;
	buf_addf(&s->why, "%s: %s", s->where, text);
	return status;
}

const char *
store_why(const struct store *s)
{
	return s->why.len > 0 ? s->why.data : "";
}

void
store_free(struct store *s)
{
	if (!s)
		return;
	redis_free(s->redis);
	buf_release(&s->why);
	free(s->where);
	free(s);
}

int
store_begin(struct store *s, enum store_db db, const char *const *watch,
    struct store_txn **t)
{
	struct store_txn *new;
	int status;

	if (!s->backend)
		return EX_CONFIG;
	new = xcalloc(1, sizeof(*new));
	new->store = s;
	new->db = db;
	new->backend = s->backend;
	status = s->backend->begin(new, watch);
	if (status != 0) {
		free(new);
		return status;
	}
	new->now = timestamp_now();
	*t = new;
	return 0;
}

int64_t
store_now(const struct store_txn *t)
{
	return t->now;
}

static int
check_key(struct store_txn *t, const char *key)
{
	size_t len = strnlen(key, STORE_KEY_MAX + 1);

	if (len > 0 && len <= STORE_KEY_MAX)
		return 0;
	return store_fail(t->store, EX_DATAERR,
	    "a key has 1 to %zu bytes, not %s", STORE_KEY_MAX,
	    len == 0 ? "none" : "more");
}

int
store_mget(struct store_txn *t, const char *const *keys, size_t n,
    struct store_value *v)
{
	for (size_t i = 0; i < n; i++)
		if (check_key(t, keys[i]) != 0)
			return EX_DATAERR;
	return t->backend->mget(t, keys, n, v);
}

int
store_get(struct store_txn *t, const char *key, struct store_value *v)
{
	return store_mget(t, &key, 1, v);
}

int
store_scan(struct store_txn *t, const char *prefix,
    bool (*each)(void *, const char *, const struct store_value *), void *arg)
{
	return t->backend->scan(t, prefix, each, arg);
}

/* The key's write, made if need be; NULL if the key is none. */
static struct op *
find_op(struct store_txn *t, const char *key)
{
	void **place;

	if (check_key(t, key) != 0) {
		t->status = EX_DATAERR;
		return NULL;
	}
	place = map_put(&t->ops, key, strlen(key));
	if (!*place)
		*place = xcalloc(1, sizeof(struct op));
	return *place;
}

/* The same for a write that makes those before it void. */
static struct op *
new_op(struct store_txn *t, const char *key, enum op_kind kind)
{
	struct op *op = find_op(t, key);

	if (!op)
		return NULL;
	buf_release(&op->data);
	*op = (struct op){.kind = kind};
	return op;
}

void
store_put(struct store_txn *t, const char *key, const struct store_value *v)
{
	struct op *op = new_op(t, key, OP_SET);

	if (!op)
		return;
	if (v->len > STORE_VALUE_MAX) {
		t->status = store_fail(t->store, EX_DATAERR,
		    "%s: the value is larger than 1 GiB", key);
		return;
	}
	buf_add(&op->data, v->data, v->len);
	op->created = v->created;
	op->expires = v->expires;
	op->stale_until = v->stale_until;
	op->is_plain = v->is_plain;
}

void
store_set(struct store_txn *t, const char *key, const void *data, size_t len,
    int64_t ttl_ms, int64_t stale_ms)
{
	struct store_value v = {.data = data,
	    .len = len,
	    .created = t->now,
	    .expires = entry_later(t->now, ttl_ms)};

	v.stale_until = entry_later(v.expires, stale_ms);
	store_put(t, key, &v);
}

void
store_del(struct store_txn *t, const char *key)
{
	new_op(t, key, OP_DEL);
}

void
store_add(struct store_txn *t, const char *key, int64_t delta)
{
	struct op *op = find_op(t, key);

	if (!op)
		return;
	op->adds = true;
	if (__builtin_add_overflow(op->delta, delta, &op->delta))
		t->status =
		    store_fail(t->store, EX_DATAERR, "%s: beyond 64 bits", key);
}

void
store_count(struct store_txn *t, enum store_event event, uint64_t n)
{
	t->backend->count(t, event, n);
}

int
store_commit(struct store_txn *t)
{
	int status = t->status;

	if (status == 0 && t->ops.n > 0)
		status = t->backend->commit(t);
	store_end(t);
	return status;
}

void
store_end(struct store_txn *t)
{
	const struct map_entry *e;
	size_t i = 0;

	t->backend->end(t);
	while ((e = map_next(&t->ops, &i))) {
		buf_release(&((struct op *)e->value)->data);
		free(e->value);
	}
	map_release(&t->ops);
	free(t);
}

bool
store_may_retry(struct store *s, int n, int64_t start)
{
	long most = n < 5 ? 1L << n : NAP_MAX_MS;
	struct timespec ts = {0};

	if (n >= LEAST_TRIES && timestamp_monotonic() - start >= s->wait_ms) {
		store_fail(s, EX_TEMPFAIL,
		    "the same keys are written by others again and again");
		return false;
	}
	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_sec = 0; /* the microseconds are random enough */
	ts.tv_nsec = ts.tv_nsec / 1000 % (most * 1000) * 1000;
	nanosleep(&ts, NULL);
	return true;
}

int
store_do(struct store *s, enum store_db db, const char *const *watch,
    int (*work)(struct store_txn *, void *), void *arg)
{
	int64_t start = timestamp_monotonic();
	struct store_txn *t;
	int status, n = 0;

	do {
		status = store_begin(s, db, watch, &t);
		if (status != 0)
			return status;
		status = work(t, arg);
		if (status != 0) {
			store_end(t);
			return status;
		}
		status = store_commit(t);
		if (status >= 0)
			return status;
	} while (store_may_retry(s, ++n, start));
	return EX_TEMPFAIL;
}

int
store_gc(struct store_txn *t, uint64_t *n_removed)
{
	return t->backend->gc(t, n_removed);
}

int
store_stats(struct store_txn *t, struct store_stats *stats)
{
	return t->backend->stats(t, stats);
}

int
store_clear(struct store_txn *t)
{
	return t->backend->clear(t);
}

bool
store_add_size(void *stats, const char *key, const struct store_value *v)
{
	struct store_stats *sum = stats;

	sum->entries++;
	sum->bytes += strlen(key) + v->len;
	return true;
}
