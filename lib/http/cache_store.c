/* The cache and the store: looking, whose turn it is, keeping. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "core/diag.h"
#include "core/secret.h"
#include "core/timestamp.h"
#include "http/cache_call.h"
#include "obs/run.h"
#include "stream/stop.h"

#define FAILED_MS 5000 /* how long a failure is remembered */
#define LEASE_MS 30000 /* more than a transfer may take */

/* For how long we need our turn: a transfer, and some time. */
static int64_t
turn_ms(const struct cache_call *c)
{
	int64_t ms = c->q->timeout_ms ? c->q->timeout_ms : HTTP_TIMEOUT_MS;

	return ms + LEASE_MS;
}

/* The key of the answer for this q's headers; vary: names. */
static bool
add_variant(struct buf *key, const struct cache_call *c, const char *vary)
{
	struct buf values = {0};
	bool is_good = freshness_vary(&values, vary, c->q->headers);

	buf_addc(&values, '\0');
	if (is_good)
		cache_add_key(key, c->q, c->p,
		    c->q->method ? c->q->method : "GET", values.data);
	buf_release(&values);
	return is_good;
}

/* What is kept at the key; or at another one, which it points to. */
static int
get(struct store_txn *t, const struct cache_call *c, struct store_value *v)
{
	int status = store_get(t, c->key.data, v);
	struct buf key = {0};
	char *vary = NULL;

	if (status == 0 && v->data)
		vary = kept_read_vary(v->data, v->len);
	if (vary && add_variant(&key, c, vary))
		status = store_get(t, key.data, v);
	free(vary);
	buf_release(&key);
	return status;
}

int
cache_read(struct store_txn *t, struct cache_call *c)
{
	struct store_value v;
	int status = get(t, c, &v);

	c->bytes.len = 0;
	kept_release(&c->kept);
	if (status != 0 || !v.data)
		return status;
	buf_add(&c->bytes, v.data, v.len);
	if (!kept_read(c->bytes.data, c->bytes.len, &c->kept))
		c->kept = (struct kept){0};
	else
		c->freshness = cache_judge(c->p, &c->kept, store_now(t));
	return 0;
}

struct look {
	struct cache_call *call;
	enum cache_found found;
};

/* Did another one fail just now? */
static bool
has_failed(const struct cache_call *c, const struct store_value *v, int64_t now,
    struct http_result *r)
{
	int64_t at;

	return v->data && kept_read_failure(v->data, v->len, r, &at) &&
	       at <= now && now - at < FAILED_MS &&
	       (!c->p->reloads || at > c->begun);
}

static bool
is_good(const struct cache_call *c)
{
	return c->kept.status != 0 && c->freshness.is_fresh &&
	       (!c->p->reloads || c->kept.asked > c->begun);
}

static int
look(struct store_txn *t, void *arg)
{
	struct look *l = arg;
	struct cache_call *c = l->call;
	const char *const keys[] = {c->flight.lease.data, c->failed.data};
	struct store_value v[2];
	bool is_ours = map_get(&c->cache->flying, c->key.data, c->key.len);
	int status = cache_read(t, c);

	if (status == 0)
		status = store_mget(t, keys, 2, v);
	if (status != 0)
		return status;
	if (is_good(c))
		l->found = FOUND_FRESH;
	else if (has_failed(c, &v[1], store_now(t), &c->failure))
		l->found = FOUND_FAILURE;
	else if (is_ours || !flight_take(t, &c->flight, &v[0], turn_ms(c)))
		l->found = FOUND_FLIGHT;
	else
		l->found = FOUND_NOTHING;
	if (l->found == FOUND_FRESH || l->found == FOUND_NOTHING)
		store_count(
		    t, l->found == FOUND_FRESH ? STORE_HIT : STORE_MISS, 1);
	return 0;
}

static enum cache_found
look_once(struct cache_call *c)
{
	const char *const watch[] = {c->key.data, c->flight.lease.data, NULL};
	struct look l = {c, FOUND_TROUBLE};

	pthread_mutex_lock(&c->cache->lock);
	if (store_do(c->cache->store, STORE_CACHE, watch, look, &l) != 0) {
		diag_warn(
		    "%s; asking without the cache", store_why(c->cache->store));
		l.found = FOUND_TROUBLE;
		c->kept.status = 0;
	}
	if (l.found == FOUND_FRESH)
		run_counts.cache_hits++;
	if (l.found == FOUND_NOTHING) {
		*map_put(&c->cache->flying, c->key.data, c->key.len) = c;
		c->has_turn = true;
		c->renewed = timestamp_monotonic();
	}
	pthread_mutex_unlock(&c->cache->lock);
	return l.found;
}

enum cache_found
cache_find(struct cache_call *c)
{
	int64_t deadline = timestamp_monotonic() + c->p->wait_ms;
	int64_t pause = 0;
	enum cache_found found;

	while ((found = look_once(c)) == FOUND_FLIGHT && stop_signal() == 0 &&
	       timestamp_monotonic() < deadline) {
		struct pollfd stop = {.fd = stop_fd(), .events = POLLIN};

		pause = flight_pause(pause);
		poll(&stop, 1, (int)pause);
	}
	return found;
}

void
cache_renew(struct cache_call *c, int64_t ms)
{
	if (!c->has_turn)
		return;
	pthread_mutex_lock(&c->cache->lock);
	/* a store that fails now is told when the answer is kept */
	if (flight_renew(&c->flight, c->cache->store, turn_ms(c) + ms) != 0)
		diag_debug("%s", store_why(c->cache->store));
	pthread_mutex_unlock(&c->cache->lock);
	c->renewed = timestamp_monotonic();
}

struct leaving {
	struct cache_call *call;
	const struct buf *value; /* or NULL */
	const char *vary; /* or NULL */
	int64_t ms;
	const struct http_result *failure; /* or NULL */
};

static void
set(struct store_txn *t, const char *key, const struct buf *value, int64_t ms)
{
	store_set(t, key, value->data, value->len, ms, 0);
}

static int
leave(struct store_txn *t, void *arg)
{
	const struct leaving *l = arg;
	struct cache_call *c = l->call;
	struct store_value v;
	struct buf key = {0}, text = {0};
	int status = store_get(t, c->flight.lease.data, &v);

	if (status != 0)
		return status;
	flight_drop(t, &c->flight, &v);
	if (l->failure) {
		kept_write_failure(&text, l->failure, store_now(t));
		set(t, c->failed.data, &text, FAILED_MS);
	}
	if (l->value && l->vary && add_variant(&key, c, l->vary)) {
		kept_write_vary(&text, l->vary);
		set(t, c->key.data, &text, l->ms);
		set(t, key.data, l->value, l->ms);
	} else if (l->value) {
		set(t, c->key.data, l->value, l->ms);
	}
	buf_release(&key);
	buf_release(&text);
	return 0;
}

/* Is one of our secrets in what came?  Then it is not to be kept. */
static bool
has_secret(const struct buf *value)
{
	struct buf copy = {0};
	bool has;

	buf_add(&copy, value->data, value->len);
	has = secret_mask(copy.data, copy.len) != value->len;
	buf_release(&copy);
	return has;
}

void
cache_leave(struct cache_call *c, const struct kept *k, int64_t ms,
    const struct http_result *failure)
{
	const char *const watch[] = {c->key.data, c->flight.lease.data, NULL};
	struct buf value = {0};
	struct leaving l = {c, NULL, NULL, ms, failure};

	if (k) {
		kept_write(&value, k);
		l.value = &value;
		l.vary = answer_get(k->answer, "Vary");
		if (l.vary && l.vary[0] == '\0')
			l.vary = NULL;
		if (has_secret(&value)) {
			diag_info("the answer has a secret in it, and is not "
				  "kept");
			l.value = NULL;
		}
	}
	pthread_mutex_lock(&c->cache->lock);
	if ((c->has_turn || l.value || failure) &&
	    store_do(c->cache->store, STORE_CACHE, watch, leave, &l) != 0)
		diag_warn(
		    "%s; the answer is not kept", store_why(c->cache->store));
	if (c->has_turn)
		map_remove(&c->cache->flying, c->key.data, c->key.len);
	c->has_turn = false;
	pthread_mutex_unlock(&c->cache->lock);
	buf_release(&value);
}

static int
forget(struct store_txn *t, void *arg)
{
	const struct cache_call *c = arg;
	static const char *const methods[] = {"GET", "HEAD", NULL};

	for (size_t i = 0; methods[i]; i++) {
		struct buf key = {0};

		cache_add_key(&key, c->q, c->p, methods[i], NULL);
		store_del(t, key.data);
		buf_release(&key);
	}
	return 0;
}

void
cache_forget(struct cache_call *c)
{
	pthread_mutex_lock(&c->cache->lock);
	if (store_do(c->cache->store, STORE_CACHE, NULL, forget, c) != 0)
		diag_warn("%s; what is kept may be out of date",
		    store_why(c->cache->store));
	pthread_mutex_unlock(&c->cache->lock);
}
