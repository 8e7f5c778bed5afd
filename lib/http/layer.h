#ifndef HTTP_LAYER_H
#define HTTP_LAYER_H

#include "core/buf.h"
#include "http/retry.h"

/*
 * layer - how transfers are stacked: the cache upon the credentials upon
 * retries.  Each takes a request and hands it, perhaps changed, to the one
 * below, which is such a function with its argument.
 *
 * The request that fetch gets has callbacks of its own, and its own arg:
 * on_retry goes with it, and is to be called with q->arg as http_retry does.
 */
struct http_layer {
	enum http_class (*fetch)(void *arg, const struct http_request *q,
	    http_on_retry *on_retry, struct http_result *r);
	void *arg;
};

/* Do q by l with its body put in *body, which is empty; q's own callbacks are
 * left out.  Returns r->class; r is to be released. */
enum http_class layer_get(const struct http_layer *l,
    const struct http_request *q, struct buf *body, struct http_result *r);

#endif
