#ifndef HTTP_STACK_H
#define HTTP_STACK_H

#include "http/auth.h"
#include "http/cache.h"
#include "http/origin.h"
#include "http/s3.h"

/*
 * stack - a request through all layers: the cache, credentials, and what
 * stands before each call to a server, with its retries.
 *
 * A call that leaves for another server than the request's, for a token, has
 * no part in the origin.
 */

/* Everything is lent; what is NULL is left out. */
struct stack {
	struct http *http; /* never NULL */
	const struct http_policy *policy; /* never NULL */
	struct origin *origin;
	struct auth *auth; /* unlocked */
	struct s3 *s3; /* signs, in place of auth: the URL is of s3_url */
	struct cache *cache;
	/* with cache, never NULL; a profile of NULL is that of auth or s3 */
	const struct cache_policy *caching;
};

/*
 * Do q.  *o says where the answer is from: CACHE_PASSED without a cache.
 * on_retry: see cache_do.  Returns r->class; r is to be released.
 */
enum http_class stack_do(const struct stack *s, const struct http_request *q,
    http_on_retry *on_retry, struct http_result *r, struct cache_outcome *o);

/* The cache policy with the profile that it has for s. */
struct cache_policy stack_caching(const struct stack *s);

#endif
