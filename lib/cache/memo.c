#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cache/memo_call.h"
#include "core/diag.h"
#include "core/num.h"
#include "core/process.h"
#include "core/timestamp.h"
#include "obs/run.h"
#include "stream/stop.h"

#define LEASE_MS 60000 /* of one that is not renewed */

/* Is the result to be replayed?  Notes whether it is old. */
static bool
is_good(struct memo_call *c, const struct memo_result *r,
    const struct store_value *v, int64_t now)
{
	const struct memo *m = c->m;

	c->is_old = m->refresh_ms > 0 && now - r->made_ms >= m->refresh_ms;
	if (m->renews)
		return m->refresh_ms > 0 && !c->is_old && !v->is_stale;
	return !v->is_stale;
}

/* Look for the result, and if there is none take the lease. */
static int
look(struct store_txn *t, void *arg)
{
	struct memo_call *c = arg;
	const char *const keys[] = {c->key.data, c->flight.lease.data};
	struct store_value v[2];
	struct memo_result r;
	int status = store_mget(t, keys, 2, v);
	bool is_hit = false;

	if (status != 0)
		return status;
	c->kept.len = 0;
	c->is_old = false;
	if (v[0].data && memo_read(v[0].data, v[0].len, &r)) {
		buf_add(&c->kept, v[0].data, v[0].len);
		c->kept_until = v[0].stale_until;
		is_hit = is_good(c, &r, &v[0], store_now(t));
	}
	if (is_hit)
		c->found = MEMO_RESULT;
	if (is_hit && c->is_old) /* one in the background is enough */
		c->is_old = !flight_is_held(&v[1], store_now(t));
	if (!is_hit && flight_take(t, &c->flight, &v[1], LEASE_MS))
		c->found = MEMO_NOTHING;
	else if (!is_hit)
		c->found = MEMO_LEASE;
	if (c->found != MEMO_LEASE)
		store_count(t, is_hit ? STORE_HIT : STORE_MISS, 1);
	run_counts.cache_hits = is_hit;
	return 0;
}

static void
nap(int64_t ms)
{
	struct timespec ts = {.tv_sec = (time_t)(ms / 1000),
	    .tv_nsec = (long)(ms % 1000 * 1000000)};

	nanosleep(&ts, NULL);
}

/* Look until there is a result, or the lease is ours, or time is over. */
static void
find(struct memo_call *c)
{
	const char *const watch[] = {c->key.data, c->flight.lease.data, NULL};
	int64_t deadline = timestamp_monotonic() + c->m->wait_ms;
	int64_t pause = 0;

	for (;;) {
		if (store_do(c->store, STORE_CACHE, watch, look, c) != 0) {
			diag_warn("%s; running the command without the cache",
			    store_why(c->store));
			c->found = MEMO_TROUBLE;
			c->kept.len = 0;
			return;
		}
		c->has_lease = c->found == MEMO_NOTHING;
		if (c->found != MEMO_LEASE || stop_signal() != 0 ||
		    timestamp_monotonic() >= deadline)
			return;
		pause = flight_pause(pause);
		nap(pause);
	}
}

int
memo_replay(const struct memo_call *c)
{
	struct memo_result r;

	if (!memo_read(c->kept.data, c->kept.len, &r))
		return MEMO_FAILED;
	memo_each_part(r.parts, r.parts_len, 3, c->m->emit);
	return r.status;
}

void
memo_renew(struct memo_call *c)
{
	/* a store that fails now is told when the result is kept */
	if (c->has_lease && flight_renew(&c->flight, c->store, LEASE_MS) != 0)
		diag_debug("%s", store_why(c->store));
}

struct leaving {
	struct memo_call *call;
	const struct buf *result;
	int64_t ttl_ms, stale_ms;
};

static int
leave(struct store_txn *t, void *arg)
{
	const struct leaving *l = arg;
	const struct memo_call *c = l->call;
	struct store_value v;
	int status = store_get(t, c->flight.lease.data, &v);

	if (status != 0)
		return status;
	flight_drop(t, &c->flight, &v);
	if (l->result)
		store_set(t, c->key.data, l->result->data, l->result->len,
		    l->ttl_ms, l->stale_ms);
	return 0;
}

void
memo_leave(struct memo_call *c, const struct buf *result, int64_t ttl_ms,
    int64_t stale_ms)
{
	struct leaving l = {c, result, ttl_ms, stale_ms};
	const char *const watch[] = {c->key.data, c->flight.lease.data, NULL};

	if (c->has_lease &&
	    store_do(c->store, STORE_CACHE, watch, leave, &l) != 0)
		diag_warn("%s; the result is not kept", store_why(c->store));
}

static int
wait_is_over(const struct memo_call *c)
{
	struct buf wait = {0};

	if (stop_signal() != 0)
		return 128 + stop_signal();
	num_add_duration(&wait, c->m->wait_ms);
	diag_error("%s: process %ld runs it, and was not ready within %.*s; "
		   "see --wait",
	    c->m->argv[0], c->flight.pid, (int)wait.len, wait.data);
	buf_release(&wait);
	return MEMO_TIMED_OUT;
}

/* Replay a result, and have it renewed if it is old. */
static int
use(const struct memo_call *c)
{
	int rc = 0;

	if (c->m->renews)
		return 0; /* somebody else was faster */
	if (c->is_old)
		rc = process_detach("/proc/self/exe", c->m->refresh);
	if (rc != 0)
		diag_warn("cannot renew the result: %s", strerror(rc));
	return memo_replay(c);
}

int
memo_run(const struct memo *m, struct store *s)
{
	struct memo_call c = {.m = m, .store = s};
	struct buf why = {0};
	int status = MEMO_FAILED;

	if (memo_key(m, &c.key, &why) != 0) {
		diag_error("%s", why.data);
		goto out;
	}
	flight_init(&c.flight, c.key.data);
	find(&c);
	if (c.found == MEMO_RESULT)
		status = use(&c);
	else if (c.found == MEMO_LEASE)
		status = wait_is_over(&c);
	else
		status = memo_execute(&c);
out:
	buf_release(&why);
	buf_release(&c.key);
	flight_release(&c.flight);
	buf_release(&c.kept);
	buf_release(&c.parts);
	return status;
}
