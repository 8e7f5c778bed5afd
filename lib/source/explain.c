#include <inttypes.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/secret.h"
#include "core/timestamp.h"
#include "source/explain.h"
#include "source/task.h"
#include "state/lease.h"
#include "stream/out.h"
#include "json/write.h"

/* What is found about one request, while it is written. */
struct finding {
	struct buf out;
	const char *verdict; /* what would happen; static */
	int64_t until; /* ms since 1970; 0: now */
	int status;
};

static void
add_time(struct buf *b, const char *before, int64_t ms)
{
	char text[TIMESTAMP_SIZE];

	timestamp_format(ms, text);
	jwrite_text(b, before, text);
}

/* The first reason counts. */
static void
decide(struct finding *f, const char *verdict, int64_t until)
{
	if (f->verdict)
		return;
	f->verdict = verdict;
	f->until = until;
}

static void
tell(struct finding *f, const struct stream *st, int status, struct buf *why)
{
	if (status == 0)
		return;
	diag_error("%s: %.*s", st->task->name, (int)why->len, why->data);
	f->status = status;
	why->len = 0;
}

static void
look_at_cache(struct finding *f, struct stream *st)
{
	struct cache_policy caching = stream_caching(st);
	struct stack stack = {.auth = st->d->auth, .caching = &caching};
	struct composed shown = {0};
	struct http_request q = {0};
	struct cache_look look = {0};
	struct buf why = {0};
	int status;

	if (!stream_is_cached(st, &caching))
		return;
	caching = stack_caching(&stack);
	stream_compose(st, &shown, true);
	q.url = shown.url.data;
	q.method = shown.method;
	q.headers = (const char *const *)shown.headers;
	status = cache_explain(
	    source_cache(st->w->source), &q, &caching, &look, &why);
	tell(f, st, status, &why);
	composed_release(&shown);
	buf_release(&why);
	if (!look.is_kept) {
		buf_adds(&f->out, ",\"cache\":null");
		return;
	}
	buf_addf(&f->out,
	    ",\"cache\":{\"status\":%d,\"age_s\":%" PRId64
	    ",\"fresh_s\":%" PRId64 ",\"usable_stale\":%s}",
	    look.status, look.age_ms / 1000, look.fresh_ms / 1000,
	    look.is_usable_stale ? "true" : "false");
	if (look.fresh_ms > 0)
		decide(
		    f, "serve from the cache", timestamp_now() + look.fresh_ms);
}

static bool
has_rate(const struct stream *st)
{
	return st->d->rate.interval_us > 0;
}

static void
look_at_origin(struct finding *f, struct stream *st)
{
	struct origin *o =
	    source_origin(st->w->source, st->d, st->request.url.data);
	struct origin_look look = {0};
	struct buf why = {0};
	int64_t now = timestamp_now();
	int status;

	if (!o)
		return;
	status = origin_look(o, &look, &why);
	tell(f, st, status, &why);
	buf_release(&why);
	if (status != 0)
		return;
	jwrite_text(&f->out, ",\"breaker\":", look.breaker);
	buf_addf(&f->out, ",\"failures\":%" PRId64 ",\"retry_tokens\":%" PRId64,
	    look.failures, look.retries);
	if (look.not_before > now) {
		add_time(&f->out, ",\"not_before\":", look.not_before);
		decide(f, "wait: the server wants no call before",
		    look.not_before);
	}
	if ((strcmp(look.breaker, "open") == 0 ||
		strcmp(look.breaker, "forced-open") == 0) &&
	    look.open_until > now) {
		add_time(&f->out, ",\"open_until\":", look.open_until);
		decide(
		    f, "not call: the breaker is open until", look.open_until);
	}
	if (has_rate(st) && look.turn_at > now) {
		add_time(&f->out, ",\"turn_at\":", look.turn_at);
		decide(f, "call, when its turn by the rate limit comes",
		    look.turn_at);
	}
}

static void
look_at_cursor(struct finding *f, const struct stream *st)
{
	struct buf since = {0};

	if (!st->track.c)
		return;
	track_since(&st->track, &since);
	buf_adds(&f->out, ",\"cursor\":{\"key\":");
	jwrite_string(&f->out, st->track.key.data, st->track.key.len - 1);
	jwrite_count(&f->out, ",\"version\":", (uint64_t)st->track.version);
	buf_adds(&f->out, ",\"since\":");
	if (since.len > 0)
		jwrite_string(&f->out, since.data, since.len);
	else
		buf_adds(&f->out, "null");
	buf_addc(&f->out, '}');
	buf_release(&since);
}

static bool
look_at(void *state, int64_t now, void *arg)
{
	const struct lease *l = state;

	*(int64_t *)arg = l->holder[0] && l->expires > now ? l->expires : 0;
	return false;
}

static void
look_at_lease(struct finding *f, struct stream *st)
{
	int64_t expires = 0;

	if (!st->track.c)
		return;
	f->status = stream_step_lease(st, look_at, &expires);
	if (expires == 0)
		return;
	add_time(&f->out, ",\"leased_until\":", expires);
	decide(f, "give way: another run is at it", 0);
}

static int
explain_one(void *arg, struct stream *st)
{
	struct finding f = {0};
	struct buf url = {0};

	(void)arg;
	secret_mask_url(&url, st->request.url.data);
	buf_addc(&url, '\0');
	jwrite_text(&f.out, "{\"source\":", st->d->name);
	if (st->task->partition[0])
		jwrite_text(&f.out, ",\"row\":", st->task->partition);
	jwrite_text(&f.out, ",\"url\":", url.data);
	look_at_lease(&f, st);
	look_at_cache(&f, st);
	look_at_origin(&f, st);
	look_at_cursor(&f, st);
	decide(&f, "call", 0);
	jwrite_text(&f.out, ",\"would\":", f.verdict);
	if (f.until > 0)
		add_time(&f.out, ",\"until\":", f.until);
	buf_adds(&f.out, "}\n");
	if (f.status == 0)
		out_write(STDOUT_FILENO, "<stdout>", f.out.data, f.out.len);
	buf_release(&f.out);
	buf_release(&url);
	return f.status;
}

int
source_explain(struct source *s, const char *name)
{
	struct worker w;
	struct task *t;
	int status = source_ask(s, name), rc;

	worker_init(&w, s);
	while (status == 0 && (t = source_next(s))) {
		rc = stream_look(&w, t, explain_one, NULL);
		status = status ? status : rc;
		source_done(s, t);
	}
	worker_release(&w);
	return status;
}
