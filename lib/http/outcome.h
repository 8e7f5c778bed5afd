#ifndef HTTP_OUTCOME_H
#define HTTP_OUTCOME_H

#include <curl/curl.h>

#include "http/http.h"

/*
 * outcome - what an answer, or its absence, means.  Private to http.
 */

/* What curl cannot know: why we ended a transfer ourselves. */
enum http_end {
	HTTP_END_NONE,
	HTTP_END_STOPPED,
	HTTP_END_TIMEOUT,
	HTTP_END_STALLED,
	HTTP_END_SIZE,
	HTTP_END_HEADERS,
	HTTP_END_RATIO,
	HTTP_END_ENCODING,
	HTTP_END_ADDRESS
};

struct http_facts {
	enum http_end end;
	CURLcode code; /* only if end is NONE */
	int os_errno; /* of a failed connect */
	bool was_sent; /* maybe in part */
	bool is_accepted; /* the status */
	int64_t timeout_ms; /* as it was set */
	uint64_t max_size;
};

/* Fill class, exit, again, is_timeout and error; status is set already. */
void http_judge(struct http_result *r, const struct http_request *q,
    const struct http_facts *f);

/* May the request arrive twice? */
bool http_is_idempotent(const struct http_request *q);

/* A failure of our own making, told in words. */
void http_refuse(struct http_result *r, int exit, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
