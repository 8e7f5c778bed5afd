#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * http - one transfer over http or https, or of a file over ftp or sftp.  The
 * only module that knows libcurl.  (retry.h has the same with retries.)
 *
 * TLS is verified.  Credentials in URLs are refused: they belong in headers.
 * Redirects are followed for GET and HEAD, at most 5 and never from https to
 * http; see enum http_redirects.  Bodies of gzip and zstd are unpacked,
 * whether the header says so or only their first bytes do, and counted after
 * that; one that is cut is a body cut short.  A signal (stream/stop) ends a
 * transfer at once.  SIGPIPE is ignored from http_new on; stream/out knows.
 * A request that may arrive twice goes again at once, five times at most, over
 * other connections, if one that was kept turns out to be closed; others have
 * a new one each.
 * Proxies are taken from the environment as curl has it, and authorities of
 * TLS from SSL_CERT_FILE as OpenSSL has it.
 *
 * A client of http_new is for one thread, which drives the transfer itself.
 * One of http_new_shared is for many: a thread of its own drives all
 * transfers over shared connections, several at once over one of HTTP/2; it
 * hands the bodies over in pieces, and lets a server wait whose receiver is
 * HTTP_AHEAD behind.  Everything else is the same: a call of http_do blocks
 * its thread, and its callbacks are called in that thread.
 */

#define HTTP_ERROR 256 /* room for a message, and its NUL */
#define HTTP_TYPE 128 /* room for a content type, and its NUL */
#define HTTP_TIMEOUT_MS 30000
#define HTTP_CONNECT_TIMEOUT_MS 10000
#define HTTP_MAX_SIZE ((uint64_t)64 << 20)
#define HTTP_MAX_HEADER ((size_t)256 << 10)
#define HTTP_MAX_FIELDS 1000 /* lines of a header */
#define HTTP_AHEAD ((size_t)1 << 20)
/* A body that is larger than MIN may not be so many times its packed size. */
#define HTTP_MAX_RATIO 100
#define HTTP_MAX_RATIO_MIN ((uint64_t)1 << 20)

/* The same host by https with its usual port counts as the same origin. */
enum http_redirects {
	HTTP_REDIRECTS_SAME, /* only within the origin, or see origins */
	HTTP_REDIRECTS_ANY, /* elsewhere too, there without the headers */
	HTTP_REDIRECTS_NONE
};

enum http_class {
	HTTP_OK, /* 2xx or accepted, and all of the body came */
	HTTP_TEMPORARY, /* it may work later */
	HTTP_PERMANENT, /* not unless somebody changes something */
	HTTP_STOPPED /* by a signal, or because on_data said so */
};

/* Does it make sense to send the same request again at once?  See retry.h. */
enum http_again { HTTP_AGAIN_NEVER, HTTP_AGAIN_ONCE, HTTP_AGAIN };

/* Who refused a call before it was made; see origin.h. */
enum http_refused {
	HTTP_NOT_REFUSED,
	HTTP_BREAKER_OPEN,
	HTTP_NOT_BEFORE,
	HTTP_RATE
};

struct http_result;

/* How to log in where files are; all may be NULL.  Lent. */
struct http_login {
	const char *user, *password; /* NULL: anonymous, for ftp */
	const char *key_file; /* sftp: a private key; NULL: ssh-agent's */
	/* sftp: keys of hosts, as ssh has them; no other host is talked to. */
	const char *known_hosts;
};

/* All but url may be 0.  Everything is lent. */
struct http_request {
	const char *method; /* "GET" if NULL; upper case */
	const char *url;
	const char *const *headers; /* "Name: value", ends with NULL */
	const void *body; /* sent if not NULL */
	size_t body_len;
	/*
	 * Not NULL: a file over ftp, ftps or sftp, and nothing else.  One
	 * whose URL ends in a slash is a folder: the names in it, one a line.
	 * method, headers, body and redirects do not count; status is 0.
	 */
	const struct http_login *login;
	bool is_idempotent; /* a POST or PATCH that may arrive twice */
	bool finishes; /* no signal ends it, but it ends retries */
	/*
	 * The URL came with data that somebody else wrote: only addresses
	 * that anybody could reach (see address.h), looked at when the
	 * connection is made, so that no name server can cheat; and no proxy.
	 */
	bool is_from_data;
	enum http_redirects redirects;
	/* Where SAME lets a redirect go too: "https://files.example.org",
	 * ends with NULL; or NULL. */
	const char *const *origins;
	/* Names of headers that go along to another origin, ends with NULL;
	 * without them only Accept, Accept-Language and User-Agent do. */
	const char *const *carried;
	/* Statuses beyond 2xx that are taken like them, ends with 0: 304 for
	 * a conditional request.  None of them is followed. */
	const int *accepted;
	/* Of the whole transfer, without the time that the callbacks take:
	 * HTTP_TIMEOUT_MS if 0.  In any case 30 s without a byte are too long.
	 */
	int64_t timeout_ms;
	int64_t connect_timeout_ms; /* HTTP_CONNECT_TIMEOUT_MS if 0 */
	uint64_t max_size; /* of the answer's body, HTTP_MAX_SIZE if 0 */
	size_t max_header; /* of the answer, HTTP_MAX_HEADER if 0 */

	/*
	 * Takes the body of a 2xx or an accepted status as it comes; r has
	 * status, type and headers already.  Returns false to stop.  NULL:
	 * the body is dropped, as that of any other status is.
	 */
	bool (*on_data)(void *arg, const struct http_result *r,
	    const char *data, size_t len);
	/* What has come is handed over, and now we wait: flush.  Or NULL. */
	void (*on_wait)(void *arg);
	/* All of it came.  May call http_result_fail.  Or NULL. */
	void (*on_end)(void *arg, struct http_result *r);
	void *arg;
};

struct http_result {
	enum http_class class;
	int status; /* of HTTP; 0: no answer */
	int exit; /* what a program should exit with, EX_ or 0 */
	enum http_again again;
	bool is_timeout;
	enum http_refused refused; /* by http_retry, without a call; then */
	int64_t until; /* when to ask again, ms since 1970 */
	int64_t retry_after_ms; /* told by the server; -1: nothing */
	uint64_t size; /* bytes of body handed over */
	uint64_t wire_size; /* bytes that came, headers too; all hops */
	int64_t latency_us; /* until the answer's first byte; -1: none came */
	int64_t date_ms; /* the server's clock, since 1970; -1: not told */
	char type[HTTP_TYPE]; /* content type as it came, or "" */
	/* "HTTP 503", "connection refused"; "" if ok.  No URL in it, nothing
	 * secret, nothing from the body. */
	char error[HTTP_ERROR];
	/* Owned; ask http_result_header, http_result_url. */
	struct answer *answer;
	char *url;
};

struct http;

/* Connections are kept between transfers. */
struct http *http_new(void);
struct http *http_new_shared(void);

/* NULL is fine.  No thread may be in http_do. */
void http_free(struct http *h);

/*
 * Do one transfer, fill *r, which is not read before.  Returns r->class.
 * Pair with http_result_release.
 */
enum http_class http_do(
    struct http *h, const struct http_request *q, struct http_result *r);

/* For on_end: what came is no good after all, ask again. */
void http_result_fail(struct http_result *r, int exit, const char *why);

/* A header of the answer, whatever the case of its name; several of the name
 * are joined by ", " (RFC 9110, 5.3).  NULL if there is none.  Lent. */
const char *http_result_header(const struct http_result *r, const char *name);

/* Where the answer came from, after redirects; NULL: nowhere.  Lent. */
const char *http_result_url(const struct http_result *r);

/* Free what it owns.  Safe twice. */
void http_result_release(struct http_result *r);

#endif
