/*
 * The commit of a store behind a server.
 *
 * All writes go in one MULTI ... EXEC, which the server makes as a whole, or
 * not if a watched key has changed.  But one command that fails, as INCRBY of
 * what is no integer does, would not undo the others.  So what additions meet
 * is looked at before, and watched.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/timestamp.h"
#include "core/xmem.h"
#include "store/entry.h"
#include "store/query.h"
#include "store/redis.h"

#define VALUE_MAX ((size_t)512 << 20) /* the largest string of Redis */
#define LONGEST_PX ((int64_t)1 << 52) /* beyond it there is no end */

/* A commit at work. */
struct commit {
	struct store_txn *t;
	const char **adds; /* owned; keys that are added to and kept */
	size_t n_adds;
	struct store_value *old; /* owned; what they hold */
};

/* Gather SET or DEL, whichever makes the entry v. */
static int
add_set(struct store_txn *t, const char *key, const struct store_value *v)
{
	struct redis *r = t->store->redis;
	int64_t px = v->stale_until - t->now;
	size_t head = v->is_plain ? 0 : ENTRY_HEADER;
	size_t max = r->is_ours ? QUERY_BULK_MAX : VALUE_MAX;
	bool ends = v->stale_until != STORE_NEVER && px < LONGEST_PX;

	if (!v->data || v->stale_until <= t->now) {
		resp_command(r->resp, "DEL", 2);
		redis_add_key(r, key);
		return 0;
	}
	if (v->len > max - head)
		return store_fail(t->store, EX_DATAERR,
		    "%s: the value is larger than %zu MiB", key, max >> 20);
	resp_command(r->resp, "SET", ends ? 5 : 3);
	redis_add_key(r, key);
	resp_arg(r->resp, head + v->len);
	if (v->is_plain)
		buf_add(&r->resp->out, v->data, v->len);
	else
		entry_write(&r->resp->out, v);
	resp_end_arg(r->resp);
	if (ends) {
		resp_add(r->resp, "PX", 2);
		resp_add_integer(r->resp, px);
	}
	return 0;
}

static void
add_incrby(struct redis *r, const char *key, int64_t delta)
{
	resp_command(r->resp, "INCRBY", 3);
	redis_add_key(r, key);
	resp_add_integer(r->resp, delta);
}

/* Gather what one write takes; old is what an addition meets, or NULL. */
static int
add_op(struct store_txn *t, const char *key, const struct op *op,
    const struct store_value *old)
{
	struct store_value v = old ? *old : (struct store_value){0};
	bool counts = old && (!old->data || old->is_plain);
	char number[OP_NUMBER];
	int status = op_apply(t, key, op, &v, number);

	if (status != 0)
		return status;
	if (!counts)
		return add_set(t, key, &v);
	add_incrby(t->store->redis, key, op->delta);
	return 0;
}

static bool
meets_entry(const struct op *op)
{
	return op->adds && op->kind == OP_KEEP;
}

/* Watch what additions meet, and look at it. */
static int
look(struct commit *c)
{
	struct store_txn *t = c->t;
	struct redis *r = t->store->redis;
	const struct map_entry *e;
	size_t i = 0, n;
	int status = 0;

	c->adds = xcalloc(t->ops.n, sizeof(*c->adds));
	c->old = xcalloc(t->ops.n, sizeof(*c->old));
	while ((e = map_next(&t->ops, &i)))
		if (meets_entry(e->value))
			c->adds[c->n_adds++] = e->key;
	if (c->n_adds == 0)
		return 0;
	r->is_watching = true;
	n = redis_add_keys(r, "WATCH", c->adds, c->n_adds);
	while (n-- > 0 && status == 0)
		status = redis_done(t->store);
	return status == 0 ? redis_mget(t, c->adds, c->n_adds, c->old) : status;
}

/* Gather MULTI, the writes, EXEC. */
static int
add_all(struct commit *c)
{
	struct store_txn *t = c->t;
	struct redis *r = t->store->redis;
	const struct map_entry *e;
	size_t i = 0, k = 0;
	int status = 0;

	resp_command(r->resp, "MULTI", 1);
	while (status == 0 && (e = map_next(&t->ops, &i)))
		status = add_op(t, e->key, e->value,
		    meets_entry(e->value) ? &c->old[k++] : NULL);
	resp_command(r->resp, "EXEC", 1);
	return status;
}

/* The reply to EXEC: nil, or what each command gave. */
static int
read_exec(struct store_txn *t)
{
	struct resp_reply *reply;
	int status = redis_read(
	    t->store, REDIS_KIND(RESP_ARRAY) | REDIS_KIND(RESP_NIL), &reply);

	t->store->redis->is_watching = false;
	if (status != 0)
		return status;
	if (reply->kind == RESP_NIL)
		status = -1;
	for (size_t i = 0; i < reply->len && status == 0; i++)
		if (reply->elements[i]->kind == RESP_ERROR)
			status = redis_refused(t->store, reply->elements[i]);
	resp_reply_free(reply);
	return status;
}

/* What a commit failed with: was it made or not? */
static int
verdict(struct store_txn *t, int status)
{
	struct buf why = {0};

	if (status <= 0 || t->store->redis->failure == REDIS_REFUSED)
		return status;
	/* without the store's name, which store_fail puts before it */
	buf_adds(&why, store_why(t->store) + strlen(t->store->where));
	buf_addc(&why, '\0');
	store_fail(t->store, EX_TEMPFAIL,
	    "the commit was not answered, and may have been made or not%s",
	    why.data);
	buf_release(&why);
	return EX_TEMPFAIL;
}

/* Send what was gathered, read what comes of it. */
static int
make(struct store_txn *t)
{
	int status = redis_done(t->store);

	for (size_t n = t->ops.n; n > 0 && status == 0; n--)
		status = redis_done(t->store);
	if (status == 0)
		status = read_exec(t);
	return verdict(t, status);
}

/* One addition and nothing else: the server can do that by itself. */
static int
add_one(struct store_txn *t)
{
	struct redis *r = t->store->redis;
	const struct map_entry *e;
	const struct op *op;
	struct resp_reply *reply;
	size_t i = 0;
	int status;

	e = map_next(&t->ops, &i);
	op = e->value;
	add_incrby(r, e->key, op->delta);
	status = redis_read(t->store,
	    REDIS_KIND(RESP_INTEGER) | REDIS_KIND(RESP_ERROR), &reply);
	if (status != 0)
		return verdict(t, status);
	/* an error of any kind is found again, and told, on the long way */
	status = reply->kind == RESP_INTEGER ? 0 : -1;
	resp_reply_free(reply);
	return status;
}

static int
try_commit(struct store_txn *t)
{
	struct commit c = {.t = t};
	int status = look(&c);

	if (status == 0) {
		status = add_all(&c);
		if (status == 0)
			status = make(t);
		else /* half a command line */
			redis_close(t->store->redis);
	}
	free(c.adds);
	free(c.old);
	return status;
}

int
redis_commit(struct store_txn *t)
{
	const struct redis_work *w = t->private;
	const struct map_entry *e;
	int64_t start = timestamp_monotonic();
	size_t i = 0;
	int status = -1, n = 0;

	if (redis_check(t->store) != 0)
		return EX_TEMPFAIL;
	e = map_next(&t->ops, &i);
	if (t->ops.n == 1 && !w->watches && meets_entry(e->value))
		status = add_one(t);
	while (status == -1) {
		status = try_commit(t);
		if (status != -1 || w->watches)
			break;
		if (!store_may_retry(t->store, ++n, start))
			return EX_TEMPFAIL;
	}
	return status;
}
