#ifndef SOURCE_REVEAL_H
#define SOURCE_REVEAL_H

#include "http/stack.h"
#include "source/compose.h"

/*
 * reveal - a layer below the cache that puts the secrets of params and headers
 * where the cache saw references, and takes them out of the answer's URL.  So
 * no secret is in what is kept, and its key outlives a change of it.
 */

struct reveal {
	const struct composed *real, *shown; /* the same request, twice */
	const struct stack *below; /* without a cache */
};

enum http_class reveal_fetch(void *arg, const struct http_request *q,
    http_on_retry *on_retry, struct http_result *r);

#endif
