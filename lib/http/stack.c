#include <stddef.h>

#include "http/redirect.h"
#include "http/stack.h"

/* The lowest layer: where the request goes that came from above. */
struct ground {
	const struct stack *stack;
	const char *url;
};

static enum http_class
call(void *arg, const struct http_request *q, http_on_retry *on_retry,
    struct http_result *r)
{
	const struct ground *g = arg;
	const struct stack *s = g->stack;
	struct origin *o = redirect_is_same(g->url, q->url) ? s->origin : NULL;

	return http_retry(s->http, q, s->policy, o, on_retry, r);
}

struct cache_policy
stack_caching(const struct stack *s)
{
	struct cache_policy p = *s->caching;

	if (!p.profile && s->s3)
		p.profile = s3_profile(s->s3);
	else if (!p.profile && s->auth)
		p.profile = auth_profile(s->auth);
	return p;
}

enum http_class
stack_do(const struct stack *s, const struct http_request *q,
    http_on_retry *on_retry, struct http_result *r, struct cache_outcome *o)
{
	struct ground ground = {s, q->url};
	struct http_layer below = {call, &ground};
	struct s3_layer bucket = {s->s3, &below, 0};
	struct auth_layer credentials = {s->auth, &below};
	struct http_layer top = below;
	struct cache_policy p;

	if (s->s3)
		top = (struct http_layer){s3_fetch, &bucket};
	else if (s->auth)
		top = (struct http_layer){auth_fetch, &credentials};
	if (s->cache) {
		p = stack_caching(s);
		return cache_do(s->cache, q, &p, &top, on_retry, r, o);
	}
	*o = (struct cache_outcome){.how = CACHE_PASSED};
	return top.fetch(top.arg, q, on_retry, r);
}
