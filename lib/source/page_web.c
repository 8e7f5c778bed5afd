/* task: one page over http or https. */
#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#include "core/diag.h"
#include "core/num.h"
#include "core/random.h"
#include "http/retry.h"
#include "obs/run.h"
#include "source/reveal.h"
#include "source/task.h"
#include "source/url.h"
#include "stream/stop.h"

static bool
on_data(void *arg, const struct http_result *r, const char *data, size_t len)
{
	struct stream *st = arg;

	if (st->outcome.how == CACHE_STALE)
		st->is_stale = true;
	if (!st->is_started)
		page_start(st, r->type);
	if (st->w->source->options->record)
		buf_add(&st->recorded, data, len);
	return page_feed(st, data, len);
}

static void
on_wait(void *arg)
{
	struct stream *st = arg;

	emit_flush(&st->w->emit);
}

/* All of the body came: is it whole? */
static void
on_end(void *arg, struct http_result *r)
{
	struct stream *st = arg;

	if (!page_finish(st)) {
		http_result_fail(
		    r, EX_DATAERR, "body ends in the middle of a value");
	} else if (st->parse_retries > 0 && st->w->emit.n_faults > 0 &&
		   !st->w->emit.has_left) {
		st->parse_retries--;
		st->is_cut = true; /* if it is the last, what is good counts */
		http_result_fail(r, EX_DATAERR, "body is malformed");
	}
}

static enum status_action
action_of(const struct stream *st, const struct http_result *r)
{
	return r->status >= 0 && r->status < 600
		   ? (enum status_action)st->d->on_status[r->status]
		   : STATUS_DEFAULT;
}

/* Drop what the attempt brought.  Returns false if that is not possible. */
static bool
start_anew(struct stream *st)
{
	struct emit *e = &st->w->emit;

	if (e->has_left)
		return false;
	emit_drop(e);
	if (st->track.c)
		track_undo(&st->track);
	st->is_started = st->is_cut = false;
	st->n_bytes = 0;
	st->recorded.len = 0;
	return true;
}

static void
tell_retry(struct stream *st, const struct http_result *r, int64_t wait_ms)
{
	struct buf wait = {0};

	num_add_duration(&wait, wait_ms);
	diag_warn("%s: %s (retrying in %.*s)", st->name.data, r->error,
	    (int)wait.len, wait.data);
	buf_release(&wait);
}

static bool
on_retry(void *arg, const struct http_result *r, int64_t wait_ms)
{
	struct stream *st = arg;
	enum status_action action = action_of(st, r);

	if (wait_ms < 0) /* an old answer is at hand */
		return start_anew(st);
	if (action == STATUS_FAIL || action == STATUS_IGNORE || !start_anew(st))
		return false;
	tell_retry(st, r, wait_ms);
	return true;
}

static int64_t
first_of(int64_t a, int64_t b, int64_t otherwise)
{
	if (a > 0)
		return a;
	return b > 0 ? b : otherwise;
}

static struct http_policy
policy_of(const struct stream *st)
{
	const struct source_options *o = st->w->source->options;
	const struct definition *d = st->d;
	struct http_policy p = HTTP_POLICY;

	if (o->retries >= 0)
		p.attempts = 1 + (unsigned)o->retries;
	else if (d->retries >= 0)
		p.attempts = 1 + (unsigned)d->retries;
	p.base_ms = first_of(o->retry_delay_ms, d->retry_delay_ms, p.base_ms);
	p.deadline_ms = first_of(o->deadline_ms, d->deadline_ms, p.deadline_ms);
	return p;
}

/* What goes wrong that on_status wants to be tried again, though nobody else
 * would. */
static bool
wants_again(
    const struct stream *st, const struct http_result *r, unsigned *attempts)
{
	enum status_action action = action_of(st, r);

	if (r->class == HTTP_OK || r->class == HTTP_STOPPED)
		return false;
	if (action == STATUS_REFRESH && r->status == 401)
		*attempts = *attempts > 2 ? 2 : *attempts;
	return (action == STATUS_RETRY || action == STATUS_REFRESH) &&
	       r->again == HTTP_AGAIN_NEVER;
}

struct cache_policy
stream_caching(const struct stream *st)
{
	const struct source_options *o = st->w->source->options;
	const struct definition *d = st->d;
	struct cache_policy p = CACHE_POLICY;

	p.ttl_ms = o->ttl_ms >= 0 ? o->ttl_ms : d->ttl_ms;
	p.stale_if_error_ms = o->stale_if_error_ms >= 0 ? o->stale_if_error_ms
							: d->stale_if_error_ms;
	p.is_forced = d->is_forced;
	p.is_heuristic = d->is_heuristic;
	p.negative_ttl_ms = d->negative_ttl_ms;
	return p;
}

bool
stream_is_cached(const struct stream *st, const struct cache_policy *p)
{
	return !url_is_of_files(st->request.url.data) &&
	       (st->d->is_cached || p->ttl_ms >= 0 ||
		   p->stale_if_error_ms >= 0);
}

/* An old answer had to do: say so. */
static void
tell_stale(struct stream *st)
{
	struct buf age = {0};

	if (st->outcome.how != CACHE_STALE)
		return;
	st->is_stale = true; /* also without a byte of it */
	num_add_duration(&age, st->outcome.age_ms);
	diag_warn("%s: %s; an answer of %.*s ago had to do", st->name.data,
	    st->outcome.why, (int)age.len, age.data);
	buf_release(&age);
}

/* By the cache, which sees references in the place of secrets. */
static void
ask_cache(
    struct stream *st, const struct stack *stack, const struct http_request *q)
{
	struct cache_policy policy = stack_caching(stack);
	struct composed shown = {0};
	struct reveal reveal = {&st->request, &shown, stack};
	struct http_layer below = {reveal_fetch, &reveal};
	struct http_request public = *q;

	stream_compose(st, &shown, true);
	if (stack->s3) { /* its keys are in headers only */
		shown.url.len = 0;
		buf_add(&shown.url, q->url, strlen(q->url) + 1);
		shown.url.len--;
	}
	public.url = shown.url.data;
	public.headers = (const char *const *)shown.headers;
	cache_do(source_cache(st->w->source), &public, &policy, &below,
	    on_retry, &st->result, &st->outcome);
	composed_release(&shown);
}

/* Send it, as often as need be. */
static void
send_page(struct stream *st, const struct http_request *q, struct s3 *s3)
{
	struct http_policy p = policy_of(st);
	struct http_result *r = &st->result;
	struct source *s = st->w->source;
	struct cache_policy caching = stream_caching(st);
	struct stack stack = {.http = source_http(s),
	    .policy = &p,
	    .origin = source_origin(s, st->d, q->url),
	    .auth = st->d->auth,
	    .s3 = s3,
	    .caching = &caching};
	unsigned attempts = p.attempts;
	int64_t wait;

	for (unsigned n = 1;; n++) {
		st->outcome = (struct cache_outcome){0};
		if (stream_is_cached(st, &caching))
			ask_cache(st, &stack, q);
		else
			stack_do(&stack, q, on_retry, r, &st->outcome);
		if (!wants_again(st, r, &attempts) || n >= attempts ||
		    !start_anew(st) || stop_signal())
			break;
		wait = http_backoff_ms(&p, n, random_seed());
		tell_retry(st, r, wait);
		if (!stop_sleep(wait))
			break;
		http_result_release(r);
	}
	tell_stale(st);
}

/* What the last attempt comes to. */
static enum page_end
conclude(struct stream *st, int *status)
{
	struct emit *e = &st->w->emit;
	const struct http_result *r = &st->result;
	uint64_t n = e->has_left ? e->n_records : 0;

	if (r->class == HTTP_OK)
		return PAGE_CAME;
	if (action_of(st, r) == STATUS_IGNORE)
		return PAGE_ABSENT;
	/* stopped: by a signal, the limit or a fault; whole values count */
	if (r->class == HTTP_STOPPED || st->is_cut)
		return PAGE_STOPPED;
	emit_drop(e);
	if (n > 0)
		diag_error("%s: %s, after %" PRIu64 " records went out",
		    st->name.data, r->error, n);
	else
		diag_error("%s: %s", st->name.data, r->error);
	*status = r->exit;
	return PAGE_LOST;
}

enum page_end
page_get(struct stream *st, const char *url, const struct http_login *login,
    struct s3 *s3, int *status)
{
	const struct source_options *o = st->w->source->options;
	const struct definition *d = st->d;
	struct http_request q = {
	    .method = st->request.method,
	    .url = url,
	    .login = login,
	    .headers = (const char *const *)st->request.headers,
	    .body = st->request.body.len > 0 ? st->request.body.data : NULL,
	    .body_len = st->request.body.len,
	    .is_idempotent = d->is_idempotent,
	    .is_from_data = st->task->is_from_data,
	    .redirects = (enum http_redirects)(
		o->redirects >= 0 ? o->redirects : d->redirects),
	    .timeout_ms = first_of(o->timeout_ms, d->timeout_ms, 0),
	    .max_size = o->max_size ? o->max_size : d->max_size,
	    .on_data = on_data,
	    .on_wait = on_wait,
	    .on_end = on_end,
	    .arg = st,
	};
	enum page_end end;

	st->parse_retries = (unsigned)d->parse_retries;
	send_page(st, &q, s3);
	end = conclude(st, status);
	run_add(&run_counts.bytes_in, st->n_bytes);
	return end;
}

enum page_end
page_from_web(struct stream *st, int *status)
{
	return page_get(st, st->request.url.data, NULL, NULL, status);
}
