#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/diag.h"
#include "core/num.h"
#include "core/process.h"
#include "core/timestamp.h"
#include "obs/run.h"
#include "state/holder.h"
#include "cache/memo.h"
#include "stream/stop.h"

#define LEASE_MS (INT64_C(24) * 3600 * 1000) /* of one that nobody returned */
#define NAP_MS 20 /* between looks at a lease: this, growing to the next */
#define NAP_MAX_MS 500

/* Of a wrapper that fails: cdo(7). */
enum { TIMED_OUT = 124, FAILED = 125, CANNOT_RUN = 126, NOT_FOUND = 127 };

/* What a look into the store found. */
enum found {
	FOUND_RESULT, /* fresh */
	FOUND_LEASE, /* somebody else is at it */
	FOUND_NOTHING, /* the lease is ours */
	FOUND_TROUBLE /* no store to rely on */
};

struct call {
	const struct memo *m;
	struct store *store;
	struct buf key, lease; /* keys; strings */
	char self[HOLDER_SIZE];
	enum found found;
	bool has_lease;
	struct buf kept; /* what the store has: a result, maybe old; or empty */
	int64_t kept_until; /* when that is gone */
	long holder; /* process that has the lease */

	struct buf out, err; /* of the command */
	bool holds_back; /* out is not to be emitted yet */
	bool is_large; /* more than may be kept: the rest only passes */
};

/* Look for the result, and if there is none take the lease. */
static int
look(struct store_txn *t, void *arg)
{
	struct call *c = arg;
	const char *const keys[] = {c->key.data, c->lease.data};
	struct store_value v[2];
	struct memo_result r;
	int status = store_mget(t, keys, 2, v);

	if (status != 0)
		return status;
	c->kept.len = 0;
	c->found = FOUND_NOTHING;
	if (v[0].data && memo_read(v[0].data, v[0].len, &r)) {
		buf_add(&c->kept, v[0].data, v[0].len);
		c->kept_until = v[0].stale_until;
		if (!v[0].is_stale)
			c->found = FOUND_RESULT;
	}
	if (c->found == FOUND_NOTHING && v[1].data &&
	    holder_lives(v[1].data, v[1].len, &c->holder))
		c->found = FOUND_LEASE;
	if (c->found == FOUND_RESULT)
		store_count(t, STORE_HIT, 1);
	run_counts.cache_hits = c->found == FOUND_RESULT;
	if (c->found != FOUND_NOTHING)
		return 0;
	store_count(t, STORE_MISS, 1);
	store_set(t, c->lease.data, c->self, strlen(c->self), LEASE_MS, 0);
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
find(struct call *c)
{
	const char *const watch[] = {c->key.data, c->lease.data, NULL};
	int64_t deadline = timestamp_monotonic() + c->m->wait_ms;
	int64_t pause = NAP_MS;

	for (;;) {
		if (store_do(c->store, STORE_CACHE, watch, look, c) != 0) {
			diag_warn("%s; running the command without the cache",
			    store_why(c->store));
			c->found = FOUND_TROUBLE;
			c->kept.len = 0;
			return;
		}
		c->has_lease = c->found == FOUND_NOTHING;
		if (c->found != FOUND_LEASE || stop_signal() != 0 ||
		    timestamp_monotonic() >= deadline)
			return;
		nap(pause);
		pause = pause * 2 < NAP_MAX_MS ? pause * 2 : NAP_MAX_MS;
	}
}

static void
emit(const struct call *c, int stream, const struct buf *b)
{
	if (b->len > 0)
		c->m->emit(stream, b->data, b->len);
}

/* Record what the command writes, and pass it on. */
static void
on_data(void *arg, int stream, const char *data, size_t len)
{
	struct call *c = arg;
	struct buf *b = stream == 1 ? &c->out : &c->err;
	bool passes = stream != 1 || !c->holds_back;

	if (!c->is_large && c->out.len + c->err.len + len > c->m->max_size) {
		c->is_large = true;
		if (c->holds_back)
			emit(c, 1, &c->out);
		c->holds_back = false;
		passes = true;
	}
	if (!c->is_large)
		buf_add(b, data, len);
	if (passes)
		c->m->emit(stream, data, len);
}

/* Replay what the store had.  Returns its exit status. */
static int
replay(const struct call *c)
{
	struct memo_result r;

	if (!memo_read(c->kept.data, c->kept.len, &r))
		return FAILED;
	if (r.out_len > 0)
		c->m->emit(1, r.out, r.out_len);
	if (r.err_len > 0)
		c->m->emit(2, r.err, r.err_len);
	return r.status;
}

/* What to leave in the store: set by finish. */
struct leaving {
	struct call *call;
	const struct buf *result; /* NULL: leave what is there */
	int64_t ttl_ms, stale_ms;
};

/* Keep a result, and return the lease if nobody else has taken it. */
static int
leave(struct store_txn *t, void *arg)
{
	const struct leaving *l = arg;
	struct call *c = l->call;
	struct store_value v;
	int status = store_get(t, c->lease.data, &v);

	if (status != 0)
		return status;
	if (v.data && v.len == strlen(c->self) &&
	    memcmp(v.data, c->self, v.len) == 0)
		store_del(t, c->lease.data);
	if (l->result)
		store_set(t, c->key.data, l->result->data, l->result->len,
		    l->ttl_ms, l->stale_ms);
	return 0;
}

static void
leave_all(struct leaving *l)
{
	struct call *c = l->call;
	const char *const watch[] = {c->key.data, c->lease.data, NULL};

	if (c->has_lease &&
	    store_do(c->store, STORE_CACHE, watch, leave, l) != 0)
		diag_warn("%s; the result is not kept", store_why(c->store));
}

/* The command failed: let the old result stand in for it. */
static int
fall_back(struct call *c)
{
	struct leaving l = {.call = c};
	int64_t fail_ttl = c->m->fail_ttl_ms, now = timestamp_now();
	struct buf age = {0};
	struct memo_result r;

	if (memo_read(c->kept.data, c->kept.len, &r))
		num_add_duration(&age, now - r.made_ms);
	diag_warn("%s: failed; its result of %.*s ago stands in", c->m->argv[0],
	    (int)age.len, age.data);
	buf_release(&age);
	if (fail_ttl > 0 && fail_ttl < c->kept_until - now) {
		l.result = &c->kept;
		l.ttl_ms = fail_ttl;
		l.stale_ms = c->kept_until - now - fail_ttl;
	}
	leave_all(&l);
	return replay(c);
}

/* The command ran to its end: keep what it did, if that is to be kept. */
static void
keep(struct call *c, int status, int64_t took_ms)
{
	struct memo_result r = {.status = status,
	    .made_ms = timestamp_now(),
	    .took_ms = took_ms,
	    .out = c->out.data,
	    .err = c->err.data,
	    .out_len = c->out.len,
	    .err_len = c->err.len};
	struct leaving l = {.call = c,
	    .ttl_ms = status == 0 ? c->m->ttl_ms : c->m->fail_ttl_ms,
	    .stale_ms = status == 0 ? c->m->stale_ms : 0};
	struct buf result = {0};

	if (c->is_large)
		diag_warn("%s: more than %zu bytes of output: not kept",
		    c->m->argv[0], c->m->max_size);
	if (!c->is_large && (l.ttl_ms > 0 || l.stale_ms > 0)) {
		memo_write(&result, &r);
		l.result = &result;
	}
	leave_all(&l);
	buf_release(&result);
}

/* Run the command.  Returns its exit status; *ended says whether it came to
 * that by itself. */
static int
run_command(struct call *c, bool *ended)
{
	struct process p = {.argv = c->m->argv,
	    .in = c->m->input ? PROCESS_PIPE : PROCESS_NULL,
	    .out = PROCESS_PIPE,
	    .err = PROCESS_PIPE,
	    .input = c->m->input,
	    .input_len = c->m->input_len,
	    .on_data = on_data,
	    .arg = c,
	    .stop_fd = stop_fd()};
	struct process_result r;
	int errnum = process_run(&p, &r);

	*ended = false;
	if (errnum != 0) {
		diag_error("%s: %s", p.argv[0], strerror(errnum));
		return errnum == ENOENT ? NOT_FOUND : CANNOT_RUN;
	}
	if (r.stopped)
		return 128 + stop_signal();
	if (r.signo != 0)
		return 128 + r.signo;
	*ended = true;
	return r.status;
}

static int
run(struct call *c)
{
	int64_t start = timestamp_monotonic();
	struct leaving nothing = {.call = c};
	bool ended, may_fall_back = c->m->stale_ms > 0 && c->kept.len > 0;
	int status;

	c->holds_back = may_fall_back;
	status = run_command(c, &ended);
	if (status != 0 && may_fall_back && !c->is_large && stop_signal() == 0)
		return fall_back(c);
	if (c->holds_back)
		emit(c, 1, &c->out);
	if (ended)
		keep(c, status, timestamp_monotonic() - start);
	else
		leave_all(&nothing);
	return status;
}

static int
wait_is_over(const struct call *c)
{
	struct buf wait = {0};

	if (stop_signal() != 0)
		return 128 + stop_signal();
	num_add_duration(&wait, c->m->wait_ms);
	diag_error("%s: process %ld runs it, and was not ready within %.*s; "
		   "see --wait",
	    c->m->argv[0], c->holder, (int)wait.len, wait.data);
	buf_release(&wait);
	return TIMED_OUT;
}

int
memo_run(const struct memo *m, struct store *s)
{
	struct call c = {.m = m, .store = s};
	struct buf why = {0};
	int status = FAILED;

	holder_self(c.self);
	if (memo_key(m, &c.key, &why) != 0) {
		diag_error("%s", why.data);
		goto out;
	}
	buf_addf(&c.lease, "lease:%s", c.key.data);
	find(&c);
	if (c.found == FOUND_RESULT)
		status = replay(&c);
	else if (c.found == FOUND_LEASE)
		status = wait_is_over(&c);
	else
		status = run(&c);
out:
	buf_release(&why);
	buf_release(&c.key);
	buf_release(&c.lease);
	buf_release(&c.kept);
	buf_release(&c.out);
	buf_release(&c.err);
	return status;
}
