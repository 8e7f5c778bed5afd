/*
 * How a request may have its own answer spoilt, by parameters of its query:
 *
 *	status=N            answer with this status
 *	header=NAME:VALUE   add a header; may be repeated
 *	type=TYPE           the Content-Type
 *	redirect=URL        302 to there
 *	etag=WORD           an ETag, and 304 for those who know it
 *	delay=MS            wait before the first byte
 *	chunk=N, pause=MS   send the body N bytes at a time, wait in between
 *	cut=N               announce the whole body, send N bytes, close
 *	reset=1             close without an answer
 *	fail=N              the first N requests for this path get 503, or
 *	fail_status=S         this, with Retry-After where
 *	retry_after=S         this is given
 *	gzip=1              compress the body
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "core/num.h"
#include "core/xmem.h"
#include "httpd.h"
#include "stream/stop.h"

/* A body that is sent bit by bit. */
struct body {
	struct buf bytes; /* owned */
	size_t cut, chunk;
	int pause_ms;
};

/* Sleep, unless the server ends. */
static void
wait_ms(int ms)
{
	struct pollfd p = {.fd = stop_fd(), .events = POLLIN};

	if (ms > 0)
		poll(&p, 1, ms);
}

const char *
request_param(const struct request *q, const char *name)
{
	return MHD_lookup_connection_value(
	    q->connection, MHD_GET_ARGUMENT_KIND, name);
}

uint64_t
request_number(
    const struct request *q, const char *name, uint64_t low, uint64_t high)
{
	const char *text = request_param(q, name);
	uint64_t n = low;

	if (text)
		num_uint(text, low, high, &n);
	return n;
}

static ssize_t
next_bytes(void *cls, uint64_t at, char *out, size_t max)
{
	struct body *b = cls;
	size_t n = b->bytes.len - at;

	if (at > 0)
		wait_ms(b->pause_ms);
	if (at >= b->cut)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	n = n < b->cut - at ? n : b->cut - at;
	n = n < b->chunk ? n : b->chunk;
	n = n < max ? n : max;
	memcpy(out, b->bytes.data + at, n);
	return (ssize_t)n;
}

static void
body_free(void *cls)
{
	struct body *b = cls;

	buf_release(&b->bytes);
	free(b);
}

static enum MHD_Result
add_header(
    void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	char *copy, *colon;

	(void)kind;
	if (strcmp(name, "header") != 0 || !value)
		return MHD_YES;
	copy = xstrndup(value, strlen(value));
	colon = strchr(copy, ':');
	if (colon) {
		*colon++ = '\0';
		colon += strspn(colon, " ");
		MHD_add_response_header(cls, copy, colon);
	}
	free(copy);
	return MHD_YES;
}

static void
add_headers(
    struct MHD_Response *m, const struct reply *r, const struct request *q)
{
	const char *type = request_param(q, "type");
	const char *etag = request_param(q, "etag");
	char link[512];

	MHD_add_response_header(
	    m, MHD_HTTP_HEADER_CONTENT_TYPE, type ? type : r->type);
	if (request_param(q, "redirect"))
		MHD_add_response_header(
		    m, MHD_HTTP_HEADER_LOCATION, request_param(q, "redirect"));
	if (etag)
		MHD_add_response_header(m, MHD_HTTP_HEADER_ETAG, etag);
	if (request_param(q, "gzip"))
		MHD_add_response_header(
		    m, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
	if (r->next) {
		snprintf(link, sizeof(link), "<%s>; rel=\"next\"", r->next);
		MHD_add_response_header(m, MHD_HTTP_HEADER_LINK, link);
	}
	MHD_get_connection_values(
	    q->connection, MHD_GET_ARGUMENT_KIND, add_header, m);
}

static unsigned
status_of(const struct reply *r, const struct request *q)
{
	const char *etag = request_param(q, "etag");
	const char *known = MHD_lookup_connection_value(
	    q->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_IF_NONE_MATCH);

	if (request_param(q, "status"))
		return (unsigned)request_number(q, "status", 200, 599);
	if (request_param(q, "redirect"))
		return MHD_HTTP_FOUND;
	if (etag && known && strcmp(etag, known) == 0)
		return MHD_HTTP_NOT_MODIFIED;
	return r->status;
}

/* A short answer that is not spoilt any further. */
static enum MHD_Result
send_failure(const struct request *q)
{
	struct MHD_Response *m = MHD_create_response_from_buffer(
	    10, (void *)"try later\n", MHD_RESPMEM_PERSISTENT);
	const char *after = request_param(q, "retry_after");
	unsigned status =
	    request_param(q, "fail_status")
		? (unsigned)request_number(q, "fail_status", 200, 599)
		: MHD_HTTP_SERVICE_UNAVAILABLE;
	enum MHD_Result done;

	if (after)
		MHD_add_response_header(m, MHD_HTTP_HEADER_RETRY_AFTER, after);
	done = MHD_queue_response(q->connection, status, m);
	MHD_destroy_response(m);
	return done;
}

/* Let the close that follows be a reset. */
static enum MHD_Result
reset(const struct request *q)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};
	int fd = MHD_get_connection_info(
	    q->connection, MHD_CONNECTION_INFO_CONNECTION_FD)
		     ->connect_fd;

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	return MHD_NO;
}

enum MHD_Result
reply_send(const struct reply *r, const struct request *q, size_t cut)
{
	struct body *b;
	struct MHD_Response *m;
	unsigned status = status_of(r, q);
	enum MHD_Result done;

	wait_ms((int)request_number(q, "delay", 0, 600000));
	if (request_param(q, "reset"))
		return reset(q);
	if (q->seen <= request_number(q, "fail", 0, 1000000))
		return send_failure(q);
	b = xcalloc(1, sizeof(*b));
	b->cut = request_param(q, "cut")
		     ? request_number(q, "cut", 0, SIZE_MAX / 2)
		     : cut;
	b->chunk = request_param(q, "chunk")
		       ? request_number(q, "chunk", 1, SIZE_MAX / 2)
		       : SIZE_MAX;
	b->pause_ms = (int)request_number(q, "pause", 0, 600000);
	if (request_param(q, "gzip"))
		gzip_store(&b->bytes, r->body.data, r->body.len);
	else if (status != MHD_HTTP_NOT_MODIFIED)
		buf_add(&b->bytes, r->body.data, r->body.len);
	m = MHD_create_response_from_callback(
	    b->bytes.len, 65536, next_bytes, b, body_free);
	add_headers(m, r, q);
	done = MHD_queue_response(q->connection, status, m);
	MHD_destroy_response(m);
	return done;
}
