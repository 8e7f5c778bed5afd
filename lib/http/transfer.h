#ifndef HTTP_TRANSFER_H
#define HTTP_TRANSFER_H

#include "http/http.h"
#include "http/hub.h"
#include "http/lane.h"
#include "http/outcome.h"
#include "http/unpack.h"

/*
 * transfer - one request and all its redirects, in the thread that asked.
 * Private to http.
 */

#define HTTP_STALL_MS 30000 /* a transfer without a byte ends then */

struct http {
	CURLM *multi; /* of one thread; or NULL, and then */
	struct hub *hub;
	pthread_mutex_t lock;
	struct lane *idle; /* under lock; nobody uses them */
	char *authorities; /* owned: their file; or NULL: the usual ones */
};

struct transfer {
	struct http *http;
	struct lane *lane;
	const struct http_request *q; /* with its defaults filled in */
	struct http_result *r;
	const char *url; /* of this hop */
	bool is_elsewhere; /* left the origin: no headers of the caller's */
	enum http_end end;
	CURLcode fault; /* one that curl does not see, or CURLE_OK */
	struct unpack *unpack; /* owned; NULL: the body is taken as it is */
	bool has_begun; /* the body */
	bool is_wanted; /* it is handed over, not dropped */
	uint64_t packed, body; /* bytes as they came, and unpacked */
	int64_t deadline; /* monotonic, as idle_since */
	int64_t idle_since; /* when the callbacks came back last */
};

/* Is the status one whose body the caller wants? */
bool transfer_is_accepted(const struct transfer *t, int status);

/* Move what the header said to the result, which is lent the answer. */
void transfer_read_header(struct transfer *t);

/* Some of the body as it came.  Returns false to stop: end or fault says
 * why. */
bool transfer_receive(struct transfer *t, const char *data, size_t len);

/* All of it came, with a good end: is it whole? */
void transfer_received(struct transfer *t);

/* The caller worked since then: take it off the clock. */
void transfer_take_time(struct transfer *t, int64_t since);

/* Run one hop, which is set up, to its end. */
CURLcode transfer_run(struct transfer *t);

#endif
