#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/timestamp.h"
#include "core/xmem.h"
#include "http/cache_call.h"
#include "http/outcome.h"
#include "stream/stop.h"

const char *const cache_how_names[] = {
    "passed", "miss", "hit", "revalidated", "stale", "failed", NULL};

struct cache *
cache_new(struct store *s)
{
	struct cache *c = xcalloc(1, sizeof(*c));

	c->store = s;
	pthread_mutex_init(&c->lock, NULL);
	return c;
}

void
cache_free(struct cache *c)
{
	if (!c)
		return;
	map_release(&c->flying);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

/* Fill *r as if the kept answer had just come. */
static void
fill(struct cache_call *c)
{
	const struct http_facts facts = {
	    .end = HTTP_END_NONE, .is_accepted = c->kept.status / 100 == 2};
	struct http_result *r = c->r;
	struct kept *k = &c->kept;
	const char *type = answer_get(k->answer, "Content-Type");
	const char *date = answer_get(k->answer, "Date");

	http_result_release(r);
	*r = (struct http_result){.status = k->status,
	    .retry_after_ms = -1,
	    .latency_us = -1,
	    .date_ms = -1,
	    .answer = k->answer,
	    .url = k->url};
	k->answer = NULL; /* it is r's now */
	k->url = NULL;
	snprintf(r->type, sizeof(r->type), "%s", type ? type : "");
	if (date)
		freshness_date(date, &r->date_ms);
	http_judge(r, c->q, &facts);
}

void
cache_serve(struct cache_call *c, enum cache_how how)
{
	const struct http_request *q = c->q;
	struct http_result *r = c->r;
	int64_t now = timestamp_now();

	c->o->how = how;
	c->o->age_ms = cache_judge(c->p, &c->kept, now).age;
	fill(c);
	if (r->class != HTTP_OK)
		return;
	if (q->on_data && c->kept.body_len > 0 &&
	    !q->on_data(q->arg, r, c->kept.body, c->kept.body_len)) {
		r->class = HTTP_STOPPED;
		snprintf(r->error, sizeof(r->error), "stopped");
		return;
	}
	r->size = c->kept.body_len;
	if (q->on_end)
		q->on_end(q->arg, r);
}

bool
cache_stand_in(struct cache_call *c, const char *why)
{
	if (c->kept.status == 0 ||
	    !cache_judge(c->p, &c->kept, timestamp_now()).is_usable_stale)
		return false;
	if (c->has_delivered && c->on_retry &&
	    !c->on_retry(c->q->arg, c->r, -1))
		return false;
	snprintf(c->o->why, sizeof(c->o->why), "%s", why);
	cache_serve(c, CACHE_STALE);
	return true;
}

/* Another one has failed just now: so do we, or an old answer does. */
static void
share_failure(struct cache_call *c)
{
	c->o->how = CACHE_FAILED;
	http_result_release(c->r);
	*c->r = c->failure;
	cache_stand_in(c, c->failure.error);
}

/* Another one asks, and takes longer than we may wait. */
static void
go_on(struct cache_call *c)
{
	if (stop_signal() != 0) {
		c->o->how = CACHE_FAILED;
		c->r->class = HTTP_STOPPED;
		snprintf(c->r->error, sizeof(c->r->error), "stopped");
	} else if (!cache_stand_in(c, "another process asks, and waits")) {
		cache_ask(c);
	}
}

static void
run(struct cache_call *c)
{
	switch (cache_find(c)) {
	case FOUND_FRESH:
		cache_serve(c, CACHE_HIT);
		break;
	case FOUND_FAILURE:
		share_failure(c);
		break;
	case FOUND_FLIGHT:
		go_on(c);
		break;
	case FOUND_TROUBLE:
		c->o->how = CACHE_PASSED;
		c->below->fetch(c->below->arg, c->q, c->on_retry, c->r);
		break;
	case FOUND_NOTHING:
		cache_ask(c);
		break;
	}
}

/* What is not kept; but it may change what is. */
static void
pass(struct cache_call *c)
{
	const char *method = c->q->method ? c->q->method : "GET";

	c->below->fetch(c->below->arg, c->q, c->on_retry, c->r);
	if (c->r->class == HTTP_OK && strcmp(method, "GET") != 0 &&
	    strcmp(method, "HEAD") != 0)
		cache_forget(c);
}

static void
call_init(struct cache_call *c)
{
	const char *method = c->q->method ? c->q->method : "GET";

	cache_add_key(&c->key, c->q, c->p, method, NULL);
	buf_addf(&c->failed, "failed:%s", c->key.data);
	flight_init(&c->flight, c->key.data);
	c->begun = timestamp_now();
}

static void
call_release(struct cache_call *c)
{
	kept_release(&c->kept);
	buf_release(&c->bytes);
	buf_release(&c->body);
	buf_release(&c->key);
	buf_release(&c->failed);
	flight_release(&c->flight);
}

enum http_class
cache_do(struct cache *cache, const struct http_request *q,
    const struct cache_policy *p, const struct http_layer *below,
    http_on_retry *on_retry, struct http_result *r, struct cache_outcome *o)
{
	struct cache_call c = {.cache = cache,
	    .q = q,
	    .p = p,
	    .below = below,
	    .on_retry = on_retry,
	    .r = r,
	    .o = o};

	*o = (struct cache_outcome){.how = CACHE_PASSED};
	*r = (struct http_result){
	    .retry_after_ms = -1, .latency_us = -1, .date_ms = -1};
	call_init(&c);
	if (cache_is_for(q))
		run(&c);
	else
		pass(&c);
	call_release(&c);
	return r->class;
}

static int
explain(struct store_txn *t, void *arg)
{
	return cache_read(t, arg);
}

int
cache_explain(struct cache *cache, const struct http_request *q,
    const struct cache_policy *p, struct cache_look *look, struct buf *why)
{
	struct cache_call c = {.cache = cache, .q = q, .p = p};
	int status;

	*look = (struct cache_look){0};
	call_init(&c);
	pthread_mutex_lock(&cache->lock);
	status = store_do(cache->store, STORE_CACHE, NULL, explain, &c);
	if (status != 0)
		buf_addf(why, "%s", store_why(cache->store));
	pthread_mutex_unlock(&cache->lock);
	if (status == 0 && c.kept.status != 0)
		*look = (struct cache_look){.is_kept = true,
		    .status = c.kept.status,
		    .size = c.kept.body_len,
		    .age_ms = c.freshness.age,
		    .fresh_ms = c.freshness.lifetime - c.freshness.age,
		    .is_usable_stale = c.freshness.is_usable_stale};
	call_release(&c);
	return status;
}
