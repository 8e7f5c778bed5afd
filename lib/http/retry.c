#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "core/backoff.h"
#include "core/random.h"
#include "core/timestamp.h"
#include "http/headers.h"
#include "http/retry.h"
#include "obs/run.h"
#include "state/budget.h"
#include "stream/stop.h"

#define YEAR_S ((int64_t)366 * 86400)
#define MAX_SPREAD_MS 5000
#define PROBE_MORE_MS 5000 /* beyond the timeout of an attempt */

int64_t
http_backoff_ms(const struct http_policy *p, unsigned n, uint64_t dice)
{
	struct backoff b = {.kind = BACKOFF_EXPONENTIAL,
	    .base_ms = p->base_ms,
	    .cap_ms = p->cap_ms};

	return backoff_ms(&b, n, dice);
}

int64_t
http_retry_after_ms(const char *value, const char *date, int64_t now_ms)
{
	int64_t s = 0, now_s = now_ms / 1000;
	const char *p = value + strspn(value, " \t");

	if (isdigit((unsigned char)*p)) {
		for (; isdigit((unsigned char)*p); p++)
			if (s < YEAR_S)
				s = s * 10 + (*p - '0');
		p += strspn(p, " \t");
	} else {
		s = headers_date_ms(p);
		if (s == -1)
			return -1;
		if (date && headers_date_ms(date) != -1)
			now_s = headers_date_ms(date) / 1000;
		s = s / 1000 - now_s;
		p = "";
	}
	if (*p != '\0' || s < 0)
		return -1;
	return (s < YEAR_S ? s : YEAR_S) * 1000;
}

/* The wait before retry n, or -1: there must be none. */
static int64_t
wait_before(const struct http_policy *p, unsigned n, int64_t told)
{
	int64_t spread = told / 10 < MAX_SPREAD_MS ? told / 10 : MAX_SPREAD_MS;

	if (told < 0)
		return http_backoff_ms(p, n, random_seed());
	if (told > p->max_wait_ms)
		return -1;
	return told + (int64_t)(random_seed() % (uint64_t)(spread + 1));
}

/* One call of http_retry. */
struct call {
	struct http *http;
	const struct http_request *q;
	const struct http_policy *p;
	struct origin *origin;
	struct http_result *r;
	int64_t end; /* monotonic */
	unsigned n; /* of the attempt, from 1 */
	int64_t paid; /* tokens of the origin's budget */
};

static const struct http_result nothing = {
    .retry_after_ms = -1, .latency_us = -1, .date_ms = -1};

/* The first attempt was refused: say why. */
static void
refuse(struct http_result *r, enum origin_verdict v, int64_t until)
{
	static const struct {
		enum http_refused refused;
		int exit;
		const char *text;
	} reasons[] = {
	    [ORIGIN_OPEN] = {HTTP_BREAKER_OPEN, EX_UNAVAILABLE,
		"not called, its circuit breaker is open until"},
	    [ORIGIN_HELD] = {HTTP_NOT_BEFORE, EX_TEMPFAIL,
		"not called, the server wants no call before"},
	    [ORIGIN_BUSY] = {HTTP_RATE, EX_TEMPFAIL,
		"not called, by the rate limit the next turn is"},
	};
	char at[TIMESTAMP_SIZE];

	r->class = HTTP_TEMPORARY;
	r->exit = reasons[v].exit;
	r->refused = reasons[v].refused;
	r->until = until;
	timestamp_format(until, at);
	snprintf(r->error, sizeof(r->error), "%s %s", reasons[v].text, at);
}

static void
stopped(struct http_result *r)
{
	r->class = HTTP_STOPPED;
	snprintf(r->error, sizeof(r->error), "stopped");
}

/* Returns whether the attempt may go; if not, *c->r says why, or is still of
 * the attempt before. */
static bool
enter(const struct call *c)
{
	int64_t timeout = c->q->timeout_ms ? c->q->timeout_ms : HTTP_TIMEOUT_MS;
	int64_t left = c->end - timestamp_monotonic(), until = 0;
	enum origin_verdict v;

	if (!c->origin)
		return true;
	if (left > c->p->max_wait_ms)
		left = c->p->max_wait_ms;
	v = origin_enter(
	    c->origin, left > 0 ? left : 0, timeout + PROBE_MORE_MS, &until);
	if (v == ORIGIN_GO)
		return true;
	if (c->n == 1)
		*c->r = nothing;
	if (v == ORIGIN_STOPPED)
		stopped(c->r);
	else if (c->n == 1)
		refuse(c->r, v, until);
	return false;
}

static void
add_error(struct http_result *r, const char *text)
{
	size_t len = strlen(r->error);

	snprintf(r->error + len, sizeof(r->error) - len, "%s", text);
}

/* The attempt is over.  Returns the wait before the next, or -1. */
static int64_t
leave(struct call *c)
{
	struct http_result *r = c->r;
	bool ends = r->class != HTTP_TEMPORARY || c->n >= c->p->attempts ||
		    r->again == HTTP_AGAIN_NEVER ||
		    (r->again == HTTP_AGAIN_ONCE && c->n > 1);
	int64_t cost = 0, wait = -1;

	if (c->origin)
		origin_learn(c->origin, r);
	if (!ends)
		wait = wait_before(c->p, c->n, r->retry_after_ms);
	if (wait >= 0 && timestamp_monotonic() + wait > c->end)
		wait = -1;
	if (!c->origin)
		return wait;
	if (wait >= 0)
		cost = r->is_timeout ? BUDGET_TIMEOUT : BUDGET_RETRY;
	if (origin_leave(c->origin, r, cost, c->paid)) {
		c->paid += cost;
	} else if (wait >= 0) {
		add_error(r, "; no retry, this server has failed too often");
		wait = -1;
	}
	return wait;
}

enum http_class
http_retry(struct http *h, const struct http_request *q,
    const struct http_policy *p, struct origin *o, http_on_retry *on_retry,
    struct http_result *r)
{
	struct call c = {.http = h,
	    .q = q,
	    .p = p,
	    .origin = o,
	    .r = r,
	    .end = timestamp_monotonic() + p->deadline_ms,
	    .n = 1};
	int64_t wait;

	for (; enter(&c); c.n++) {
		if (c.n > 1)
			http_result_release(r);
		http_do(h, q, r);
		wait = leave(&c);
		if (wait < 0 || (on_retry && !on_retry(q->arg, r, wait)))
			break;
		run_add(&run_counts.retries, 1);
		if (!stop_sleep(wait)) {
			stopped(r);
			break;
		}
	}
	return r->class;
}
