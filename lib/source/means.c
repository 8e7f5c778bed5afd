/* source: what all workers ask by, made when it is needed. */
#include "core/diag.h"
#include "source/task.h"

struct store *
source_store(struct source *s)
{
	if (!s->store)
		s->store = store_new(NULL, STORE_WAIT_MS);
	return s->store;
}

struct http *
source_http(struct source *s)
{
	struct http *h;

	pthread_mutex_lock(&s->lock);
	if (!s->http)
		s->http = s->options->jobs > 1 ? http_new_shared() : http_new();
	h = s->http;
	pthread_mutex_unlock(&s->lock);
	return h;
}

struct origin *
source_origin(struct source *s, const struct definition *d, const char *url)
{
	const struct source_options *o = s->options;
	struct origin_rules rules = {
	    .rate = o->rate.interval_us ? o->rate : d->rate,
	    .remaining = d->quota_remaining,
	    .reset = d->quota_reset,
	    .reset_form = (enum origin_reset)d->quota_form};
	struct origin *origin = NULL;
	struct buf name = {0};

	if (d->is_bare && !o->shares && rules.rate.interval_us == 0)
		return NULL;
	pthread_mutex_lock(&s->lock);
	if (!s->origins) {
		if (!d->is_bare || o->shares)
			s->origin_store = store_new(NULL, STORE_WAIT_MS);
		s->origins = origins_new(s->origin_store);
	}
	if (d->breaker)
		buf_adds(&name, d->breaker);
	if (d->breaker || origin_name(&name, url)) {
		buf_addc(&name, '\0');
		origin = origins_get(s->origins, name.data, &rules);
	}
	pthread_mutex_unlock(&s->lock);
	buf_release(&name);
	return origin;
}

struct cache *
source_cache(struct source *s)
{
	struct cache *c;

	pthread_mutex_lock(&s->lock);
	if (!s->cache) {
		s->cache_store = store_new(NULL, STORE_WAIT_MS);
		s->cache = cache_new(s->cache_store);
	}
	c = s->cache;
	pthread_mutex_unlock(&s->lock);
	return c;
}

struct s3 *
source_s3(struct source *s)
{
	struct buf why = {0};
	struct s3 *made;

	pthread_mutex_lock(&s->lock);
	if (!s->s3)
		s->s3 = s3_new(&why);
	made = s->s3;
	pthread_mutex_unlock(&s->lock);
	if (!made)
		diag_error("%.*s", (int)why.len, why.data);
	buf_release(&why);
	return made;
}
