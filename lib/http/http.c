#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/timestamp.h"
#include "core/xmem.h"
#include "http/gunzip.h"
#include "http/headers.h"
#include "http/http.h"
#include "http/outcome.h"
#include "http/redirect.h"
#include "http/request.h"
#include "http/retry.h"
#include "stream/stop.h"

#define MAX_REDIRECTS 5
#define STALL_MS 30000 /* a transfer without a byte ends then */
#define MAX_HEADERS ((size_t)256 << 10)

struct http {
	CURLM *multi;
	CURL *easy;
};

/* One request and all its redirects. */
struct transfer {
	struct http *http;
	const struct http_request *q;
	struct http_result *r;
	const char *url; /* of this hop */
	bool is_elsewhere; /* left the origin: no headers of the caller's */
	enum http_end end;
	CURLcode fault; /* one that curl does not see, or CURLE_OK */
	struct gunzip *gunzip; /* owned; NULL: the body is taken as it is */
	bool has_begun; /* the body */
	bool is_wanted; /* it is handed over, not dropped */
	size_t headers; /* bytes */
	uint64_t body; /* bytes, of any status */
	int64_t timeout_ms, deadline; /* monotonic, as idle_since */
	int64_t idle_since; /* the last byte, or the start */
};

struct http *
http_new(void)
{
	struct http *h = xcalloc(1, sizeof(*h));

	signal(SIGPIPE, SIG_IGN);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		xmem_fail();
	h->multi = curl_multi_init();
	h->easy = curl_easy_init();
	if (!h->multi || !h->easy)
		xmem_fail();
	return h;
}

void
http_free(struct http *h)
{
	if (!h)
		return;
	curl_easy_cleanup(h->easy);
	curl_multi_cleanup(h->multi);
	curl_global_cleanup();
	free(h);
}

/* Let the caller work, off the clock. */
static void
take_time(struct transfer *t, int64_t since)
{
	int64_t now = timestamp_monotonic();

	t->deadline += now - since;
	t->idle_since = now;
}

static void
read_status(struct transfer *t)
{
	const char *type = NULL;
	long status = 0;

	curl_easy_getinfo(t->http->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(t->http->easy, CURLINFO_CONTENT_TYPE, &type);
	t->r->status = (int)status;
	snprintf(t->r->type, sizeof(t->r->type), "%s", type ? type : "");
}

/* Some of the body, unpacked. */
static bool
take(void *arg, const char *data, size_t n)
{
	struct transfer *t = arg;
	int64_t now = timestamp_monotonic();

	t->body += n;
	if (t->body > t->q->max_size) {
		t->end = HTTP_END_SIZE;
		return false;
	}
	if (!t->is_wanted)
		return true;
	if (!t->q->on_data(t->q->arg, t->r, data, n)) {
		t->end = HTTP_END_STOPPED;
		return false;
	}
	t->r->size += n;
	take_time(t, now);
	return true;
}

/* Before the body: how is it packed?  What is dropped may be as it likes. */
static void
begin(struct transfer *t)
{
	enum headers_coding coding = headers_coding(t->http->easy);

	read_status(t);
	t->has_begun = true;
	t->is_wanted = t->q->on_data && t->r->status / 100 == 2;
	if (t->is_wanted && coding == HEADERS_FOREIGN)
		t->end = HTTP_END_ENCODING;
	if (t->is_wanted && coding == HEADERS_GZIP)
		t->gunzip = gunzip_new(take, t);
}

static size_t
on_body(char *data, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	bool is_good;

	n *= size;
	t->idle_since = timestamp_monotonic();
	if (!t->has_begun)
		begin(t);
	if (t->end != HTTP_END_NONE)
		return 0;
	if (t->gunzip)
		is_good = gunzip_feed(t->gunzip, data, n);
	else
		is_good = take(t, data, n);
	if (!is_good && t->end == HTTP_END_NONE)
		t->fault = CURLE_BAD_CONTENT_ENCODING;
	return is_good ? n : 0;
}

/* After the last byte of the body: is it whole? */
static void
finish(struct transfer *t)
{
	const char *method = t->q->method ? t->q->method : "";
	int status;

	read_status(t);
	status = t->r->status;
	if (strcmp(method, "HEAD") == 0 || status == 204 || status == 205)
		return;
	if (!t->has_begun)
		begin(t);
	if (t->gunzip && !gunzip_is_whole(t->gunzip))
		t->fault = CURLE_PARTIAL_FILE;
}

static size_t
on_header(char *data, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;

	(void)data;
	n *= size;
	t->headers += n;
	if (t->headers > MAX_HEADERS) {
		t->end = HTTP_END_HEADERS;
		return 0;
	}
	t->idle_since = timestamp_monotonic();
	return n;
}

static void
set_up(struct transfer *t, const struct curl_slist *headers)
{
	CURL *easy = t->http->easy;

	request_set_up(easy, t->q, t->url, headers);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
}

/* Wait for the network, a signal, or time to pass. */
static void
wait_turn(struct transfer *t)
{
	struct curl_waitfd stop = {
	    .fd = (curl_socket_t)stop_fd(), .events = CURL_WAIT_POLLIN};
	bool heeds = !t->q->finishes;
	unsigned n_stop = heeds && stop_fd() >= 0;
	int64_t now = timestamp_monotonic(), left;
	int ready = 0;

	curl_multi_poll(t->http->multi, &stop, n_stop, 0, &ready);
	if (ready == 0 && t->q->on_wait) {
		t->q->on_wait(t->q->arg);
		t->deadline += timestamp_monotonic() - now;
		now = timestamp_monotonic();
	}
	left = t->deadline - now < 1000 ? t->deadline - now : 1000;
	if (ready == 0 && left > 0)
		curl_multi_poll(t->http->multi, &stop, n_stop, (int)left, NULL);
	now = timestamp_monotonic();
	if (heeds && stop_signal())
		t->end = HTTP_END_STOPPED;
	else if (now >= t->deadline)
		t->end = HTTP_END_TIMEOUT;
	else if (now - t->idle_since >= STALL_MS)
		t->end = HTTP_END_STALLED;
}

/* Run one hop to its end. */
static CURLcode
run(struct transfer *t)
{
	struct http *h = t->http;
	CURLcode code = CURLE_OK;
	CURLMsg *m;
	int running = 1, left;

	t->headers = 0;
	t->body = 0;
	t->has_begun = false;
	t->idle_since = timestamp_monotonic();
	if (curl_multi_add_handle(h->multi, h->easy) != CURLM_OK)
		xmem_fail();
	while (t->end == HTTP_END_NONE) {
		if (curl_multi_perform(h->multi, &running) != CURLM_OK)
			xmem_fail();
		if (running == 0)
			break;
		wait_turn(t);
	}
	if (t->end != HTTP_END_NONE) /* do not wait for the resolver */
		curl_easy_setopt(h->easy, CURLOPT_QUICK_EXIT, 1L);
	while ((m = curl_multi_info_read(h->multi, &left)))
		if (m->msg == CURLMSG_DONE)
			code = m->data.result;
	curl_multi_remove_handle(h->multi, h->easy);
	if (code == CURLE_OK && t->end == HTTP_END_NONE)
		finish(t);
	gunzip_free(t->gunzip);
	t->gunzip = NULL;
	return t->fault == CURLE_OK ? code : t->fault;
}

static void
judge(struct transfer *t, CURLcode code)
{
	CURL *easy = t->http->easy;
	struct http_facts f = {.end = t->end,
	    .code = code,
	    .timeout_ms = t->end == HTTP_END_STALLED ? STALL_MS : t->timeout_ms,
	    .max_size = t->q->max_size};
	const char *told;
	curl_off_t sent = 0;
	long os_errno = 0;

	curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &sent);
	curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_errno);
	f.was_sent = sent > 0;
	f.os_errno = (int)os_errno;
	read_status(t);
	told = headers_get(easy, "Retry-After");
	if (told)
		t->r->retry_after_ms = http_retry_after_ms(
		    told, headers_get(easy, "Date"), timestamp_now());
	http_judge(t->r, t->q, &f);
	if (t->r->class == HTTP_OK && t->q->on_end)
		t->q->on_end(t->q->arg, t->r);
}

/* One hop.  Returns where a redirect leads, to be freed, or NULL. */
static char *
hop(struct transfer *t, unsigned n)
{
	struct curl_slist *headers;
	char *next = NULL;
	CURLcode code;

	if (!headers_new(&headers, t->q->headers, t->is_elsewhere)) {
		http_refuse(t->r, EX_USAGE, "malformed header");
	} else {
		set_up(t, headers);
		code = run(t);
		judge(t, code);
		if (code == CURLE_OK && t->end == HTTP_END_NONE &&
		    n < MAX_REDIRECTS)
			next = redirect_target(t->http->easy, t->q, t->r);
		else if (code == CURLE_OK && t->r->status / 100 == 3)
			http_refuse(t->r, EX_PROTOCOL,
			    "HTTP %d: more than %d redirects", t->r->status,
			    MAX_REDIRECTS);
	}
	curl_slist_free_all(headers);
	return next;
}

enum http_class
http_do(struct http *h, const struct http_request *q, struct http_result *r)
{
	struct http_request full = *q;
	struct transfer t = {.http = h, .q = &full, .r = r, .url = q->url};
	char *next, *url = NULL;

	full.max_size = q->max_size ? q->max_size : HTTP_MAX_SIZE;
	t.timeout_ms = q->timeout_ms ? q->timeout_ms : HTTP_TIMEOUT_MS;
	t.deadline = timestamp_monotonic() + t.timeout_ms;
	*r = (struct http_result){.retry_after_ms = -1};
	for (unsigned n = 0; (next = hop(&t, n)); n++) {
		t.is_elsewhere |= !redirect_is_same(t.url, next);
		free(url);
		t.url = url = next;
		*r = (struct http_result){.retry_after_ms = -1};
	}
	free(url);
	return r->class;
}
