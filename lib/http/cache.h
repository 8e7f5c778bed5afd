#ifndef HTTP_CACHE_H
#define HTTP_CACHE_H

#include "http/layer.h"
#include "store/store.h"

/*
 * cache - answers to GET and HEAD, kept in the store's cache and used again:
 * a private cache as RFC 9111 has it, with stale-if-error (RFC 5861).
 *
 * An answer is kept in one write, after all of it came: status, headers,
 * times and body together.  So its validators never outlive its body.  The
 * key is the method, the URL without its fragment, the name of the
 * credentials, and what Vary names; it is hashed, and an answer in which a
 * secret that we know appears is not kept.  The request must not yet have
 * credentials of the layer below in its URL.  Set-Cookie is not kept.
 *
 * One at a time asks (a lease in the store, and within the process a list);
 * the others wait for what it gets.  A failure is remembered for 5 s, for
 * those that waited.  A lifetime is shortened by up to a tenth, so that what
 * was kept together does not expire together.
 *
 * A store that fails is a warning, and the answer passes as if there were
 * no cache.  Any thread may call; the callbacks are called in its own.
 */

#define CACHE_BODY_MAX ((size_t)15 << 20) /* bytes; a larger one passes */

struct cache_policy {
	int64_t ttl_ms; /* in place of what the server says; -1: as it says */
	int64_t stale_if_error_ms; /* -1: as the server says; 0: never */
	bool is_forced; /* stale also where must-revalidate forbids it */
	bool is_heuristic; /* guess from Last-Modified where nothing is said */
	bool reloads; /* ask without conditions, whatever is kept */
	int64_t negative_ttl_ms; /* of 404 and 410; 0: not kept */
	int64_t wait_ms; /* for another one that asks */
	const char *profile; /* name of the credentials, or NULL; no secret */
};

#define CACHE_POLICY \
	{ \
		.ttl_ms = -1, .stale_if_error_ms = -1, .wait_ms = 10000 \
	}

enum cache_how {
	CACHE_PASSED, /* not cached: the method, or what it asks for */
	CACHE_MISS, /* from the server */
	CACHE_HIT, /* kept, and fresh */
	CACHE_REVALIDATED, /* kept; the server said that it still holds */
	CACHE_STALE, /* kept, and old; why says why it had to do */
	CACHE_FAILED /* neither; also: another one failed just now */
};

extern const char *const cache_how_names[]; /* "passed", "miss" ... */

struct cache_outcome {
	enum cache_how how;
	int64_t age_ms; /* of what was kept; 0 for others */
	char why[HTTP_ERROR]; /* of CACHE_STALE: what failed */
};

struct cache;

/* s is lent, and used by nobody else as long as the cache is. */
struct cache *cache_new(struct store *s);

/* NULL is fine.  No thread may be in cache_do. */
void cache_free(struct cache *c);

/*
 * Do q, from the cache or by below.  The body goes to q's callbacks in either
 * case, and *r is what http_do would have filled; also for a kept 404, whose
 * body is not.  Pair with http_result_release.
 *
 * on_retry, which may be NULL, is called with q->arg, also before an old
 * answer is handed over where a failed attempt has delivered something: then
 * with a wait of -1, after which nothing is tried again.  If it returns false
 * the failure stands.
 * Returns r->class.
 */
enum http_class cache_do(struct cache *c, const struct http_request *q,
    const struct cache_policy *p, const struct http_layer *below,
    http_on_retry *on_retry, struct http_result *r, struct cache_outcome *o);

/* What is kept for q. */
struct cache_look {
	bool is_kept;
	int status;
	size_t size; /* bytes of body */
	int64_t age_ms, fresh_ms; /* fresh_ms: for how long still; or below 0 */
	bool is_usable_stale;
};

/*
 * Look what there is, without asking: for explain.
 * Returns 0, or an EX_ status with the reason appended to why.
 */
int cache_explain(struct cache *c, const struct http_request *q,
    const struct cache_policy *p, struct cache_look *look, struct buf *why);

#endif
