/* Connection, transactions and single reads of a store behind a server. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/xmem.h"
#include "store/connect.h"
#include "store/entry.h"
#include "store/redis.h"
#include "store/wire.h"

#define LEAST_WAIT_MS 1000 /* for an answer: a network is never at once */

void
redis_close(struct redis *r)
{
	resp_free(r->resp);
	r->resp = NULL;
	r->is_watching = false;
}

void
redis_free(struct redis *r)
{
	if (!r)
		return;
	redis_close(r);
	place_release(&r->place);
	free(r);
}

static const char *
prefix_of(const struct redis *r)
{
	return r->is_ours ? "" : WIRE_PREFIX;
}

void
redis_add_key(struct redis *r, const char *key)
{
	const char *prefix = prefix_of(r);

	resp_arg(r->resp, strlen(prefix) + strlen(key));
	buf_adds(&r->resp->out, prefix);
	buf_adds(&r->resp->out, key);
	resp_end_arg(r->resp);
}

size_t
redis_add_keys(
    struct redis *r, const char *name, const char *const *keys, size_t n)
{
	size_t n_commands = 0, part;

	for (; n > 0; n -= part, keys += part, n_commands++) {
		part = n < WIRE_ARGS ? n : WIRE_ARGS - 1;
		resp_command(r->resp, name, part + 1);
		for (size_t i = 0; i < part; i++)
			redis_add_key(r, keys[i]);
	}
	return n_commands;
}

/* The EX_ status of an error, by its first word. */
static int
status_of(const char *error)
{
	static const struct {
		const char *word;
		int status;
	} table[] = {
	    {"NOAUTH ", EX_NOPERM},
	    {"WRONGPASS ", EX_NOPERM},
	    {"NOPERM ", EX_NOPERM},
	    {"ERR invalid password", EX_NOPERM},
	    {"ERR Client sent AUTH", EX_CONFIG},
	    {"ERR AUTH ", EX_CONFIG},
	    {"ERR DB index", EX_CONFIG},
	    {"ERR invalid DB", EX_CONFIG},
	    {"ERR SELECT", EX_CONFIG},
	    {"MOVED ", EX_CONFIG},
	    {"CROSSSLOT ", EX_CONFIG},
	    {"READONLY ", EX_CONFIG},
	    {"LOADING ", EX_TEMPFAIL},
	    {"BUSY ", EX_TEMPFAIL},
	    {"TRYAGAIN ", EX_TEMPFAIL},
	    {"CLUSTERDOWN ", EX_TEMPFAIL},
	    {"MASTERDOWN ", EX_TEMPFAIL},
	    {"ERR max number of clients", EX_TEMPFAIL},
	    {"OOM ", EX_IOERR},
	    {"MISCONF ", EX_IOERR},
	    {"NOREPLICAS ", EX_IOERR},
	    {"IOERR ", EX_IOERR},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (strncmp(error, table[i].word, strlen(table[i].word)) == 0)
			return table[i].status;
	return EX_PROTOCOL;
}

int
redis_refused(struct store *s, const struct resp_reply *error)
{
	int status = status_of(error->str);
	size_t len = error->len;
	const char *hint = "";

	if (status == EX_NOPERM)
		hint = "; set CDO_REDIS_PASSWORD, and the user in CDO_STORE";
	else if (status == EX_CONFIG && strstr(error->str, "DB index"))
		hint = "; the state needs one database, the cache the next";
	else if (status == EX_CONFIG && strncmp(error->str, "MOVED", 5) == 0)
		hint = "; a cluster cannot keep a store, a single server can";
	if (len > 0 && error->str[len - 1] == '.')
		len--;
	return store_fail(s, status, "%.*s%s", (int)len, error->str, hint);
}

int
redis_read(struct store *s, unsigned kinds, struct resp_reply **reply)
{
	struct redis *r = s->redis;
	struct resp_reply *got = NULL;
	int status = resp_read(r->resp, &got);

	r->failure = REDIS_REFUSED;
	if (status != 0) {
		r->failure = status == EX_IOERR ? REDIS_BROKEN : REDIS_SILENT;
		store_fail(s, status, "%s", r->resp->why.data);
	} else if (!(kinds & REDIS_KIND(got->kind))) {
		status = got->kind == RESP_ERROR
			     ? redis_refused(s, got)
			     : redis_garbled(s, "a command");
	}
	if (status == 0) {
		*reply = got;
		return 0;
	}
	resp_reply_free(got);
	redis_close(r);
	return status == EX_IOERR ? EX_TEMPFAIL : status;
}

int
redis_garbled(struct store *s, const char *command)
{
	redis_close(s->redis);
	s->redis->failure = REDIS_SILENT;
	return store_fail(s, EX_PROTOCOL,
	    "the reply to %s is not what a server of Redis' kind would give",
	    command);
}

int
redis_check(struct store *s)
{
	if (s->redis->resp)
		return 0;
	return store_fail(s, EX_TEMPFAIL,
	    "the connection was lost during the transaction; nothing was "
	    "done");
}

int
redis_done(struct store *s)
{
	struct resp_reply *reply;
	int status = redis_read(s, REDIS_KIND(RESP_STATUS), &reply);

	if (status == 0)
		resp_reply_free(reply);
	return status;
}

/* Is that the reply of our own server to HELLO? */
static bool
is_ours(const struct resp_reply *hello)
{
	const struct resp_reply *name, *value;

	if (hello->kind != RESP_ARRAY)
		return false;
	for (size_t i = 0; i + 1 < hello->len; i += 2) {
		name = hello->elements[i];
		value = hello->elements[i + 1];
		if (name->str && value->str && strcmp(name->str, "server") == 0)
			return strcmp(value->str, WIRE_SERVER) == 0;
	}
	return false;
}

/* Say who we are, and hear who they are. */
static int
greet(struct store *s)
{
	struct redis *r = s->redis;
	const struct place *p = &r->place;
	struct resp_reply *hello;
	int status;

	if (p->password) {
		resp_command(r->resp, "AUTH", p->user ? 3 : 2);
		if (p->user)
			resp_add(r->resp, p->user, strlen(p->user));
		resp_add(r->resp, p->password, strlen(p->password));
		if ((status = redis_done(s)) != 0)
			return status;
	}
	r->is_ours = false;
	if (!p->path)
		return 0;
	resp_command(r->resp, "HELLO", 1);
	status = redis_read(
	    s, REDIS_KIND(RESP_ARRAY) | REDIS_KIND(RESP_ERROR), &hello);
	if (status != 0)
		return status;
	r->is_ours = is_ours(hello);
	resp_reply_free(hello);
	return 0;
}

/* Connect, unless it is done already. */
static int
reach(struct store *s)
{
	struct redis *r = s->redis;
	const struct place *p = &r->place;
	int64_t wait_ms =
	    s->wait_ms > LEAST_WAIT_MS ? s->wait_ms : LEAST_WAIT_MS;
	struct buf why = {0};
	int fd, status = EX_TEMPFAIL;

	if (r->resp)
		return 0;
	if (p->path)
		fd = connect_unix(p->path, wait_ms, &status, &why);
	else
		fd = connect_tcp(p->host, p->port, wait_ms, &status, &why);
	if (fd < 0) {
		store_fail(s, status, "%.*s", (int)why.len, why.data);
		buf_release(&why);
		return status;
	}
	r->resp = resp_new(fd, wait_ms);
	return greet(s);
}

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
	int status = reach(t->store);

	if (status == 0)
		status = prepare(t, watch);
	if (status != 0 && was_open && r->failure == REDIS_BROKEN) {
		status = reach(t->store);
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

static bool
add_entry(void *arg, const char *key, const struct store_value *v)
{
	struct store_stats *sum = arg;

	sum->entries++;
	sum->bytes += strlen(key) + v->len;
	return true;
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
	int status = redis_scan(t, "", add_entry, &sum);

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
