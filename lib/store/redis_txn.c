/* Transactions of a store behind a server; their other half is redis_commit.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/xmem.h"
#include "store/entry.h"
#include "store/redis.h"
#include "store/wire.h"

/* Choose the database and watch; also a sign of life. */
static int
prepare(struct store_txn *t, const char *const *watch)
{
	struct redis *r = t->store->redis;
	unsigned db = r->place.db + (t->db == STORE_CACHE);
	size_t n = 0, n_replies = 1;
	int status = 0;

	while (watch && watch[n])
		n++;
	if (r->is_watching) {
		resp_command(r->resp, "UNWATCH", 1);
		n_replies++;
	}
	r->is_watching = n > 0;
	resp_command(r->resp, "SELECT", 2);
	resp_add_integer(r->resp, db);
	n_replies += redis_add_keys(r, "WATCH", watch, n);
	while (n_replies-- > 0 && status == 0)
		status = redis_done(t->store);
	return status;
}

/* The same, connecting if need be, once more if that was long ago. */
static int
enter(struct store_txn *t, const char *const *watch)
{
	struct redis *r = t->store->redis;
	bool was_open = r->resp;
	int status = redis_reach(t->store);

	if (status == 0)
		status = prepare(t, watch);
	if (status != 0 && was_open && r->failure == REDIS_BROKEN) {
		status = redis_reach(t->store);
		if (status == 0)
			status = prepare(t, watch);
	}
	return status;
}

static int
begin(struct store_txn *t, const char *const *watch)
{
	struct redis_work *w = xcalloc(1, sizeof(*w));
	int status;

	w->watches = watch && *watch;
	t->private = w;
	status = enter(t, watch);
	if (status != 0)
		free(w);
	return status;
}

bool
redis_may_retry(struct store_txn *t, int status)
{
	const struct redis_work *w = t->private;
	struct redis *r = t->store->redis;

	return status != 0 && r->failure == REDIS_BROKEN && !r->resp &&
	       !w->watches && enter(t, NULL) == 0;
}

void
redis_value(const struct store_txn *t, const struct resp_reply *reply,
    struct store_value *v)
{
	*v = (struct store_value){0};
	if (reply->kind != RESP_STRING)
		return;
	if (!entry_is(reply->str, reply->len)) {
		v->data = reply->str;
		v->len = reply->len;
		v->is_plain = true;
		return;
	}
	entry_read(reply->str, reply->len, t->now, v);
	if (t->now >= v->stale_until)
		v->data = NULL;
}

void
redis_set_life(const struct store_txn *t, int64_t pttl, struct store_value *v)
{
	if (pttl == -2) /* gone meanwhile */
		v->data = NULL;
	v->created = STORE_NEVER;
	v->expires = pttl < 0 ? STORE_NEVER : entry_later(t->now, pttl);
	v->stale_until = v->expires;
}

static void
forget_kept(struct redis_work *w)
{
	while (w->n_kept > 0)
		resp_reply_free(w->kept[--w->n_kept]);
	free(w->kept);
	w->kept = NULL;
}

/* Read the values of a row of MGETs. */
static int
read_values(struct store_txn *t, size_t n, struct store_value *v)
{
	struct redis_work *w = t->private;
	struct resp_reply *reply;
	int status;

	for (size_t i = 0; i < n; i += reply->len) {
		status = redis_read(t->store, REDIS_KIND(RESP_ARRAY), &reply);
		if (status != 0)
			return status;
		w->kept[w->n_kept++] = reply;
		if (reply->len == 0 || reply->len > n - i)
			return redis_garbled(t->store, "MGET");
		for (size_t k = 0; k < reply->len; k++)
			redis_value(t, reply->elements[k], &v[i + k]);
	}
	return 0;
}

/* Ask how long the plain values live. */
static int
read_lives(struct store_txn *t, const char *const *keys, size_t n,
    struct store_value *v)
{
	struct redis *r = t->store->redis;
	struct resp_reply *reply;
	int status;

	for (size_t i = 0; i < n; i++) {
		if (!v[i].is_plain)
			continue;
		resp_command(r->resp, "PTTL", 2);
		redis_add_key(r, keys[i]);
	}
	for (size_t i = 0; i < n; i++) {
		if (!v[i].is_plain)
			continue;
		status = redis_read(t->store, REDIS_KIND(RESP_INTEGER), &reply);
		if (status != 0)
			return status;
		redis_set_life(t, reply->integer, &v[i]);
		resp_reply_free(reply);
	}
	return 0;
}

int
redis_mget(struct store_txn *t, const char *const *keys, size_t n,
    struct store_value *v)
{
	struct redis *r = t->store->redis;
	struct redis_work *w = t->private;
	int status;

	forget_kept(w);
	status = redis_check(t->store);
	if (status != 0)
		return status;
	w->kept = xcalloc(
	    redis_add_keys(r, "MGET", keys, n), sizeof(struct resp_reply *));
	status = read_values(t, n, v);
	if (status == 0)
		status = read_lives(t, keys, n, v);
	return status;
}

static int
mget(struct store_txn *t, const char *const *keys, size_t n,
    struct store_value *v)
{
	int status = redis_mget(t, keys, n, v);

	return redis_may_retry(t, status) ? redis_mget(t, keys, n, v) : status;
}

static void
count(struct store_txn *t, enum store_event e, uint64_t n)
{
	((struct redis_work *)t->private)->counts[e] += n;
}

/* Add to the counts.  Best effort: what fails here fails nobody's work. */
static void
send_counts(struct store_txn *t)
{
	struct redis_work *w = t->private;
	struct redis *r = t->store->redis;
	struct resp_reply *reply;
	char key[32];
	size_t n = 0;

	for (size_t e = 0; r->resp && e < STORE_EVENT_COUNT; e++) {
		if (w->counts[e] == 0)
			continue;
		n++;
		resp_command(r->resp, "INCRBY", 3);
		resp_add(r->resp, key,
		    (size_t)snprintf(key, sizeof(key), WIRE_EVENT "%s",
			store_event_names[e]));
		resp_add_integer(r->resp, (int64_t)w->counts[e]);
	}
	while (n-- > 0 && r->resp) {
		if (resp_read(r->resp, &reply) == 0)
			resp_reply_free(reply);
		else
			redis_close(r);
	}
}

static void
end(struct store_txn *t)
{
	struct redis_work *w = t->private;

	send_counts(t);
	forget_kept(w);
	free(w);
}

static int
gc(struct store_txn *t, uint64_t *n_removed)
{
	(void)t;
	*n_removed = 0; /* the server does that by itself */
	return 0;
}

/* Read what send_counts has added up. */
static int
read_counts(struct store_txn *t, uint64_t counts[STORE_EVENT_COUNT])
{
	struct resp *resp = t->store->redis->resp;
	struct resp_reply *reply;
	char key[32];
	int status;

	for (size_t e = 0; e < STORE_EVENT_COUNT; e++) {
		resp_command(resp, "GET", 2);
		resp_add(resp, key,
		    (size_t)snprintf(key, sizeof(key), WIRE_EVENT "%s",
			store_event_names[e]));
	}
	for (size_t e = 0; e < STORE_EVENT_COUNT; e++) {
		status = redis_read(t->store,
		    REDIS_KIND(RESP_STRING) | REDIS_KIND(RESP_NIL), &reply);
		if (status != 0)
			return status;
		counts[e] = reply->str ? strtoull(reply->str, NULL, 10) : 0;
		resp_reply_free(reply);
	}
	return 0;
}

static int
stats(struct store_txn *t, struct store_stats *out)
{
	struct store_stats sum = {0};
	int status = redis_scan(t, "", store_add_size, &sum);

	if (status == 0)
		status = read_counts(t, sum.events);
	if (status == 0)
		*out = sum;
	return status;
}

const struct backend backend_redis = {
    .begin = begin,
    .mget = mget,
    .scan = redis_scan,
    .commit = redis_commit,
    .end = end,
    .count = count,
    .gc = gc,
    .stats = stats,
    .clear = redis_clear,
};
