/*
 * How a request may have its own answer spoilt, by parameters of its query:
 *
 *	status=N            answer with this status
 *	header=NAME:VALUE   add a header; may be repeated
 *	fields=N            add so many headers without a value
 *	type=TYPE           the Content-Type
 *	redirect=URL        302 to there
 *	etag=WORD           an ETag, and 304 for those who know it
 *	delay=MS            wait before the first byte
 *	chunk=N, pause=MS   send the body N bytes at a time, wait in between
 *	cut=N               announce the whole body, send N bytes, close
 *	abort=N             the same with a reset of the connection
 *	reset=1             close without an answer
 *	good=N              all but the first N requests for this path, or
 *	fail=N              the first N of them, get 503, or
 *	fail_status=S         this, with Retry-After where
 *	retry_after=S         this is given, or
 *	retry_date=S          the date that is so many seconds ahead
 *	clock=S             our clock, as Date tells it, is so many seconds
 *ahead gzip=1              compress the body
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "core/diag.h"
#include "core/num.h"
#include "core/xmem.h"
#include "httpd.h"
#include "stream/stop.h"

/* A body that is sent bit by bit. */
struct body {
	struct buf bytes; /* owned */
	int reset_fd; /* the connection that the cut resets, or -1 */
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

/* Reset the connection, whatever follows. */
static void
reset(int fd)
{
	struct sockaddr none = {.sa_family = AF_UNSPEC};

	if (connect(fd, &none, sizeof(none)) != 0)
		diag_warn("no reset");
}

static int
connection_fd(const struct request *q)
{
	return MHD_get_connection_info(
	    q->connection, MHD_CONNECTION_INFO_CONNECTION_FD)
	    ->connect_fd;
}

static ssize_t
next_bytes(void *cls, uint64_t at, char *out, size_t max)
{
	struct body *b = cls;
	size_t n = b->bytes.len - at;

	if (at > 0)
		wait_ms(b->pause_ms);
	if (at >= b->cut && b->reset_fd >= 0)
		reset(b->reset_fd);
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
	char link[512], name[16];

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
	for (uint64_t n = request_number(q, "fields", 0, 10000); n > 0; n--) {
		snprintf(name, sizeof(name), "X%u", (unsigned)n);
		MHD_add_response_header(m, name, "0");
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

/* A date of HTTP, so many seconds ahead; negative ones in the past. */
static void
add_date(struct MHD_Response *m, const char *name, long ahead_s)
{
	time_t at = time(NULL) + ahead_s;
	char text[64];
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	MHD_add_response_header(m, name, text);
}

/* What the clock of the server is ahead of ours. */
static long
clock_of(const struct request *q)
{
	const char *clock = request_param(q, "clock");

	return clock ? strtol(clock, NULL, 10) : 0;
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
	if (request_param(q, "retry_date"))
		add_date(m, MHD_HTTP_HEADER_RETRY_AFTER,
		    clock_of(q) +
			(long)request_number(q, "retry_date", 0, 1000000));
	if (request_param(q, "clock"))
		add_date(m, MHD_HTTP_HEADER_DATE, clock_of(q));
	done = MHD_queue_response(q->connection, status, m);
	MHD_destroy_response(m);
	return done;
}

enum MHD_Result
reply_send(const struct reply *r, const struct request *q, size_t cut)
{
	struct body *b;
	struct MHD_Response *m;
	unsigned status = status_of(r, q);
	enum MHD_Result done;

	wait_ms((int)request_number(q, "delay", 0, 600000));
	if (request_param(q, "reset")) {
		reset(connection_fd(q));
		return MHD_NO;
	}
	if (q->seen <= request_number(q, "fail", 0, 1000000) ||
	    (request_param(q, "good") &&
		q->seen > request_number(q, "good", 0, 1000000)))
		return send_failure(q);
	b = xcalloc(1, sizeof(*b));
	b->cut = cut;
	if (request_param(q, "cut"))
		b->cut = request_number(q, "cut", 0, SIZE_MAX / 2);
	b->reset_fd = -1;
	if (request_param(q, "abort")) {
		b->cut = request_number(q, "abort", 0, SIZE_MAX / 2);
		b->reset_fd = connection_fd(q);
	}
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
