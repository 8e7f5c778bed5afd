/* The running half of memo. */
#include <errno.h>
#include <string.h>

#include "cache/memo_call.h"
#include "core/diag.h"
#include "core/num.h"
#include "core/process.h"
#include "core/timestamp.h"
#include "stream/stop.h"

#define RENEW_MS 15000 /* a quarter of the lease */

/* Emit the standard output that was held back; errors have passed. */
static void
let_go(struct memo_call *c)
{
	if (c->holds_back)
		memo_each_part(c->parts.data, c->parts.len, 1, c->m->emit);
	c->holds_back = false;
}

/* Record what the command writes, and pass it on. */
static void
on_data(void *arg, int stream, const char *data, size_t len)
{
	struct memo_call *c = arg;

	if (!c->is_large && c->size + len > c->m->max_size) {
		c->is_large = true;
		let_go(c);
	}
	c->size += len;
	if (!c->is_large)
		memo_add_part(&c->parts, &c->last, stream, data, len);
	if (stream != 1 || !c->holds_back)
		c->m->emit(stream, data, len);
}

static void
on_tick(void *arg)
{
	memo_renew(arg);
}

/* The command failed: let the old result stand in for it. */
static int
fall_back(struct memo_call *c)
{
	int64_t fail_ttl = c->m->fail_ttl_ms, now = timestamp_now();
	int64_t left = c->kept_until - now;
	struct buf age = {0};
	struct memo_result r;

	if (memo_read(c->kept.data, c->kept.len, &r))
		num_add_duration(&age, now - r.made_ms);
	diag_warn("%s: failed; its result of %.*s ago stands in", c->m->argv[0],
	    (int)age.len, age.data);
	buf_release(&age);
	if (fail_ttl > 0 && fail_ttl < left)
		memo_leave(c, &c->kept, fail_ttl, left - fail_ttl);
	else
		memo_leave(c, NULL, 0, 0);
	return memo_replay(c);
}

/* The command ran to its end: keep what it did, if that is to be kept. */
static void
keep(struct memo_call *c, int status, int64_t took_ms)
{
	struct memo_result r = {.status = status,
	    .made_ms = timestamp_now(),
	    .took_ms = took_ms,
	    .parts = c->parts.data,
	    .parts_len = c->parts.len};
	int64_t ttl = status == 0 ? c->m->ttl_ms : c->m->fail_ttl_ms;
	int64_t stale = status == 0 ? c->m->stale_ms : 0;
	bool is_kept = !c->is_large && (ttl > 0 || stale > 0);
	struct buf result = {0};

	if (c->is_large)
		diag_warn("%s: more than %zu bytes of output: not kept",
		    c->m->argv[0], c->m->max_size);
	memo_write(&result, &r);
	memo_leave(c, is_kept ? &result : NULL, ttl, stale);
	buf_release(&result);
}

/* Run the command.  Returns its exit status; *ended says whether it came to
 * that by itself. */
static int
run_command(struct memo_call *c, bool *ended)
{
	struct process p = {.argv = c->m->argv,
	    .in = c->m->input ? PROCESS_PIPE : PROCESS_NULL,
	    .out = PROCESS_PIPE,
	    .err = PROCESS_PIPE,
	    .input = c->m->input,
	    .input_len = c->m->input_len,
	    .on_data = on_data,
	    .arg = c,
	    .stop_fd = stop_fd(),
	    .tick_ms = RENEW_MS,
	    .on_tick = on_tick};
	struct process_result r;
	int errnum = process_run(&p, &r);

	*ended = false;
	if (errnum != 0) {
		diag_error("%s: %s", p.argv[0], strerror(errnum));
		return errnum == ENOENT ? MEMO_NOT_FOUND : MEMO_CANNOT_RUN;
	}
	if (r.stopped)
		return 128 + stop_signal();
	if (r.signo != 0)
		return 128 + r.signo;
	*ended = true;
	return r.status;
}

int
memo_execute(struct memo_call *c)
{
	int64_t start = timestamp_monotonic();
	bool ended, may_fall_back = c->m->stale_ms > 0 && c->kept.len > 0;
	int status;

	c->holds_back = may_fall_back;
	status = run_command(c, &ended);
	if (status != 0 && may_fall_back && !c->is_large && stop_signal() == 0)
		return fall_back(c);
	let_go(c);
	if (ended)
		keep(c, status, timestamp_monotonic() - start);
	else
		memo_leave(c, NULL, 0, 0);
	return status;
}
