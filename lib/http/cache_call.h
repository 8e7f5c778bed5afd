#ifndef HTTP_CACHE_CALL_H
#define HTTP_CACHE_CALL_H

#include <pthread.h>

#include "core/map.h"
#include "http/cache.h"
#include "http/freshness.h"
#include "http/kept.h"
#include "state/flight.h"

/* cache_call - one call of cache_do, between its files.  Private. */

struct cache {
	struct store *store; /* lent */
	pthread_mutex_t lock; /* over both */
	struct map flying; /* keys about which a thread of ours asks */
};

/* What a look into the store found. */
enum cache_found {
	FOUND_FRESH,
	FOUND_FAILURE, /* that another one met just now */
	FOUND_FLIGHT, /* another one asks */
	FOUND_NOTHING, /* that is good; it is our turn */
	FOUND_TROUBLE /* no store to rely on */
};

struct cache_call {
	struct cache *cache;
	const struct http_request *q;
	const struct cache_policy *p;
	const struct http_layer *below;
	http_on_retry *on_retry; /* or NULL */
	struct http_result *r;
	struct cache_outcome *o;

	struct buf key, failed; /* keys, strings */
	struct flight flight;
	bool has_turn;
	int64_t begun; /* wall clock */
	int64_t renewed; /* monotonic: when the lease was */

	struct buf bytes; /* of what is kept */
	struct kept kept; /* of the same; status 0: nothing */
	struct freshness freshness; /* of the same */
	struct http_result failure; /* FOUND_FAILURE */

	struct buf body; /* what comes, to be kept */
	int64_t asked;
	bool is_gathered; /* it may be kept, and is not too large */
	bool is_whole; /* all of it came */
	bool has_delivered; /* something of this attempt */
};

/* Append the keys of q, strings: of the answer, and of failures.  vary: what
 * freshness_vary makes of it, or NULL. */
void cache_add_key(struct buf *key, const struct http_request *q,
    const struct cache_policy *p, const char *method, const char *vary);

/* May q be answered from a cache, and its answer kept? */
bool cache_is_for(const struct http_request *q);

/* What the kept answer, or one that came, is at the moment now. */
struct freshness cache_judge(
    const struct cache_policy *p, const struct kept *k, int64_t now);

/* Look, and wait for others; also: whose turn it is. */
enum cache_found cache_find(struct cache_call *c);

/* Read what is kept for c's key into it, within a transaction. */
int cache_read(struct store_txn *t, struct cache_call *c);

/* Keep what is not NULL, and let others have their turn.  ms: for how long
 * what is kept as an answer may be of use. */
void cache_leave(struct cache_call *c, const struct kept *k, int64_t ms,
    const struct http_result *failure);

/* Have our turn for ms more. */
void cache_renew(struct cache_call *c, int64_t ms);

/* Forget the answers for q: it has changed what is there. */
void cache_forget(struct cache_call *c);

/* Ask the server, and hand over what comes of it. */
void cache_ask(struct cache_call *c);

/* Hand over what is kept. */
void cache_serve(struct cache_call *c, enum cache_how how);

/* Is the kept answer to stand in for r, of a failure?  Hands it over. */
bool cache_stand_in(struct cache_call *c, const char *why);

#endif
