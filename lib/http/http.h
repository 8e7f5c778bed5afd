#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * http - one transfer over http or https.  The only module that knows
 * libcurl.  (retry.h has the same with retries.)
 *
 * TLS is verified.  Credentials in URLs are refused: they belong in headers.
 * Redirects are followed for GET and HEAD, at most 5 and never from https to
 * http; see enum http_redirects.  Bodies of gzip are unpacked, and counted
 * after that; gzip that is cut is a body cut short.  A signal (stream/stop)
 * ends a transfer at once.  SIGPIPE is ignored from http_new on; stream/out
 * knows.
 * Proxies are taken from the environment as curl has it.
 */

#define HTTP_ERROR 256 /* room for a message, and its NUL */
#define HTTP_TYPE 128 /* room for a content type, and its NUL */
#define HTTP_TIMEOUT_MS 30000
#define HTTP_CONNECT_TIMEOUT_MS 10000
#define HTTP_MAX_SIZE ((uint64_t)64 << 20)

/* The same host by https with its usual port counts as the same origin. */
enum http_redirects {
	HTTP_REDIRECTS_SAME, /* only within the origin */
	HTTP_REDIRECTS_ANY, /* elsewhere too, there without the headers */
	HTTP_REDIRECTS_NONE
};

enum http_class {
	HTTP_OK, /* 2xx, and all of the body came */
	HTTP_TEMPORARY, /* it may work later */
	HTTP_PERMANENT, /* not unless somebody changes something */
	HTTP_STOPPED /* by a signal, or because on_data said so */
};

/* Does it make sense to send the same request again at once?  See retry.h. */
enum http_again { HTTP_AGAIN_NEVER, HTTP_AGAIN_ONCE, HTTP_AGAIN };

struct http_result;

/* All but url may be 0.  Everything is lent. */
struct http_request {
	const char *method; /* "GET" if NULL; upper case */
	const char *url;
	const char *const *headers; /* "Name: value", ends with NULL */
	const void *body; /* sent if not NULL */
	size_t body_len;
	bool is_idempotent; /* a POST or PATCH that may arrive twice */
	bool finishes; /* no signal ends it, but it ends retries */
	enum http_redirects redirects;
	/* Of the whole transfer, without the time that the callbacks take:
	 * HTTP_TIMEOUT_MS if 0.  In any case 30 s without a byte are too long.
	 */
	int64_t timeout_ms;
	int64_t connect_timeout_ms; /* HTTP_CONNECT_TIMEOUT_MS if 0 */
	uint64_t max_size; /* of the answer's body, HTTP_MAX_SIZE if 0 */

	/*
	 * Takes the body of a 2xx as it comes; r has the status and the type
	 * already.  Returns false to stop.  NULL: the body is dropped, as
	 * that of any other status is.
	 */
	bool (*on_data)(void *arg, const struct http_result *r,
	    const char *data, size_t len);
	/* What has come is handed over, and now we wait: flush.  Or NULL. */
	void (*on_wait)(void *arg);
	/* All of a 2xx came.  May call http_result_fail.  Or NULL. */
	void (*on_end)(void *arg, struct http_result *r);
	void *arg;
};

struct http_result {
	enum http_class class;
	int status; /* of HTTP; 0: no answer */
	int exit; /* what a program should exit with, EX_ or 0 */
	enum http_again again;
	bool is_timeout;
	int64_t retry_after_ms; /* told by the server; -1: nothing */
	uint64_t size; /* bytes of body handed over */
	char type[HTTP_TYPE]; /* content type as it came, or "" */
	/* "HTTP 503", "connection refused"; "" if ok.  No URL in it, nothing
	 * secret, nothing from the body. */
	char error[HTTP_ERROR];
};

struct http;

/* Connections are kept between transfers.  One thread a client. */
struct http *http_new(void);

/* NULL is fine. */
void http_free(struct http *h);

/* For on_end: what came is no good after all, ask again. */
void http_result_fail(struct http_result *r, int exit, const char *why);

/* Do one transfer, fill *r.  Returns r->class. */
enum http_class http_do(
    struct http *h, const struct http_request *q, struct http_result *r);

#endif
