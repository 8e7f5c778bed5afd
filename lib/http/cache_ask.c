/* The cache and the server: asking, and what is made of the answer. */
#define _DEFAULT_SOURCE /* getentropy */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "http/cache_call.h"
#include "http/outcome.h"

#define NOT_MODIFIED 304
#define RENEW_MS 15000 /* of our turn, while a body comes */
#define KEEP_MS (INT64_C(7) * 24 * 3600 * 1000) /* to be asked about later */

/* Is that a status whose answer, with its body, is kept? */
static bool
is_kept_status(int status)
{
	return status == 200 || status == 203 || status == 204;
}

/* May the answer that begins be kept? */
static bool
is_storable(const struct http_result *r)
{
	const struct freshness_answer a = {
	    .cache_control = http_result_header(r, "Cache-Control"),
	    .vary = http_result_header(r, "Vary")};

	return is_kept_status(r->status) && freshness_is_storable(&a);
}

static void
begin_attempt(struct cache_call *c)
{
	c->asked = timestamp_now();
	c->body.len = 0;
	c->is_whole = c->has_delivered = false;
	c->is_gathered = true;
}

static void
gather(struct cache_call *c, const char *data, size_t len)
{
	if (!c->is_gathered)
		return;
	if (len > CACHE_BODY_MAX - c->body.len) {
		c->is_gathered = false;
		buf_release(&c->body);
		diag_info("a body of more than %zu bytes is not kept",
		    CACHE_BODY_MAX);
		return;
	}
	buf_add(&c->body, data, len);
}

static bool
on_data(void *arg, const struct http_result *r, const char *data, size_t len)
{
	struct cache_call *c = arg;

	if (r->status == NOT_MODIFIED)
		return true;
	if (timestamp_monotonic() - c->renewed > RENEW_MS)
		cache_renew(c, 0);
	if (!c->has_delivered && !is_storable(r))
		c->is_gathered = false;
	gather(c, data, len);
	c->has_delivered = true;
	return !c->q->on_data || c->q->on_data(c->q->arg, r, data, len);
}

static void
on_wait(void *arg)
{
	struct cache_call *c = arg;

	if (c->q->on_wait)
		c->q->on_wait(c->q->arg);
}

static void
on_end(void *arg, struct http_result *r)
{
	struct cache_call *c = arg;

	if (r->status == NOT_MODIFIED)
		return;
	if (c->q->on_end)
		c->q->on_end(c->q->arg, r);
	c->is_whole = r->class == HTTP_OK;
}

static bool
on_retry(void *arg, const struct http_result *r, int64_t wait_ms)
{
	struct cache_call *c = arg;

	if (c->on_retry && !c->on_retry(c->q->arg, r, wait_ms))
		return false;
	begin_attempt(c);
	c->asked += wait_ms;
	cache_renew(c, wait_ms);
	return true;
}

/* The headers of q, and the conditions; the strings in extra are owned. */
static const char **
conditional(const struct cache_call *c, char *extra[2])
{
	const char *etag = answer_get(c->kept.answer, "ETag");
	const char *since = answer_get(c->kept.answer, "Last-Modified");
	const char *const *h = c->q->headers;
	const char **all;
	size_t n = 0;
	struct buf b = {0};

	while (h && h[n])
		n++;
	all = xcalloc(n + 3, sizeof(*all));
	if (n > 0)
		memcpy(all, h, n * sizeof(*all));
	if (etag) {
		buf_addf(&b, "If-None-Match: %s", etag);
		all[n++] = extra[0] = b.data;
	}
	b = (struct buf){0};
	if (since) {
		buf_addf(&b, "If-Modified-Since: %s", since);
		all[n] = extra[1] = b.data;
	}
	return all;
}

/* What q accepts, and 304. */
static int *
accepted_with_304(const struct http_request *q)
{
	size_t n = 0;
	int *all;

	while (q->accepted && q->accepted[n])
		n++;
	all = xcalloc(n + 2, sizeof(*all));
	if (n > 0)
		memcpy(all, q->accepted, n * sizeof(*all));
	all[n] = NOT_MODIFIED;
	return all;
}

/* Ask, with conditions or without. */
static void
fetch(struct cache_call *c, bool has_conditions)
{
	struct http_request q = *c->q;
	char *extra[2] = {NULL, NULL};
	const char **headers = NULL;
	int *accepted = accepted_with_304(c->q);

	begin_attempt(c);
	if (has_conditions)
		q.headers = headers = conditional(c, extra);
	q.accepted = accepted;
	q.on_data = on_data;
	q.on_wait = on_wait;
	q.on_end = on_end;
	q.arg = c;
	c->below->fetch(c->below->arg, &q, on_retry, c->r);
	free(headers);
	free(extra[0]);
	free(extra[1]);
	free(accepted);
}

/* How much of a lifetime counts: 90 to 100 percent. */
static unsigned
roll(void)
{
	uint8_t dice = 0;

	if (getentropy(&dice, sizeof(dice)) != 0)
		dice = (uint8_t)timestamp_monotonic();
	return 900 + dice % 101U;
}

/* For how long it may be of use: then it is gone. */
static int64_t
use_of(const struct cache_call *c, const struct kept *k)
{
	struct freshness f = cache_judge(c->p, k, k->came);

	return f.lifetime + (f.stale_for > KEEP_MS ? f.stale_for : KEEP_MS);
}

/* Keep what came whole. */
static void
keep(struct cache_call *c)
{
	struct kept k = {.status = c->r->status,
	    .asked = c->asked,
	    .came = timestamp_now(),
	    .per_mille = roll(),
	    .url = c->r->url,
	    .answer = c->r->answer,
	    .body = c->body.data,
	    .body_len = c->body.len};
	bool is_good = c->is_whole && c->is_gathered && is_storable(c->r) &&
		       c->body.len == c->r->size;

	c->o->how = CACHE_MISS;
	cache_leave(c, is_good ? &k : NULL, is_good ? use_of(c, &k) : 0, NULL);
}

/* 404 and 410, if they are to be kept: without their body. */
static bool
keep_negative(struct cache_call *c)
{
	struct kept k = {.status = c->r->status,
	    .asked = c->asked,
	    .came = timestamp_now(),
	    .per_mille = roll(),
	    .answer = c->r->answer};

	if (c->p->negative_ttl_ms <= 0 || c->r->class != HTTP_PERMANENT ||
	    (k.status != 404 && k.status != 410))
		return false;
	c->o->how = CACHE_MISS;
	cache_leave(c, &k, c->p->negative_ttl_ms, NULL);
	return true;
}

/* It holds still: renew it, and hand it over. */
static void
revalidate(struct cache_call *c)
{
	struct kept *k = &c->kept;

	kept_update(k, c->r->answer);
	k->asked = c->asked;
	k->came = timestamp_now();
	k->per_mille = roll();
	cache_leave(c, k, use_of(c, k), NULL);
	cache_serve(c, CACHE_REVALIDATED);
}

/* Is that 304 about what is kept? */
static bool
is_about_kept(const struct cache_call *c)
{
	const char *told = http_result_header(c->r, "ETag");
	const char *etag;

	if (c->kept.status == 0)
		return false;
	etag = answer_get(c->kept.answer, "ETag");
	return !told || !etag || strcmp(told, etag) == 0;
}

/* What failed, or an old answer in its place. */
static void
fail(struct cache_call *c)
{
	bool is_passing = c->r->class == HTTP_TEMPORARY;
	/* not what is known without asking, nor a body that is no good */
	bool is_told = is_passing && !c->r->refused && c->r->status / 100 != 2;
	struct buf why = {0};

	c->o->how = CACHE_FAILED;
	cache_leave(c, NULL, 0, is_told ? c->r : NULL);
	if (is_passing) {
		buf_addf(&why, "%s", c->r->error);
		cache_stand_in(c, why.data);
	}
	buf_release(&why);
}

void
cache_ask(struct cache_call *c)
{
	bool has_conditions = c->kept.status / 100 == 2 && !c->p->reloads;

	fetch(c, has_conditions);
	if (c->r->class == HTTP_OK && c->r->status == NOT_MODIFIED &&
	    has_conditions && is_about_kept(c)) {
		revalidate(c);
		return;
	}
	if (c->r->class == HTTP_OK && c->r->status == NOT_MODIFIED) {
		http_result_release(c->r);
		fetch(c, false);
		if (c->r->class == HTTP_OK && c->r->status == NOT_MODIFIED)
			http_refuse(c->r, EX_PROTOCOL,
			    "HTTP 304, though nothing was said to be here");
	}
	if (c->r->class == HTTP_OK)
		keep(c);
	else if (!keep_negative(c))
		fail(c);
}
