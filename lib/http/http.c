#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "core/timestamp.h"
#include "core/xmem.h"
#include "http/headers.h"
#include "http/http.h"
#include "http/outcome.h"
#include "http/redirect.h"
#include "http/request.h"
#include "http/retry.h"
#include "http/transfer.h"
#include "obs/run.h"

#define MAX_REDIRECTS 5

static struct http *
new_client(void)
{
	struct http *h = xcalloc(1, sizeof(*h));
	const char *file = getenv("SSL_CERT_FILE");

	signal(SIGPIPE, SIG_IGN);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		xmem_fail();
	pthread_mutex_init(&h->lock, NULL);
	if (file && *file)
		h->authorities = xstrndup(file, strlen(file));
	return h;
}

struct http *
http_new(void)
{
	struct http *h = new_client();

	h->multi = curl_multi_init();
	if (!h->multi)
		xmem_fail();
	return h;
}

struct http *
http_new_shared(void)
{
	struct http *h = new_client();

	h->hub = hub_new();
	return h;
}

void
http_free(struct http *h)
{
	struct lane *l;

	if (!h)
		return;
	hub_free(h->hub); /* before the lanes: it may be waking one still */
	while ((l = h->idle)) {
		h->idle = l->next;
		lane_free(l);
	}
	curl_multi_cleanup(h->multi);
	curl_global_cleanup();
	pthread_mutex_destroy(&h->lock);
	free(h->authorities);
	free(h);
}

static struct lane *
take_lane(struct http *h)
{
	struct lane *l;

	pthread_mutex_lock(&h->lock);
	l = h->idle;
	if (l)
		h->idle = l->next;
	pthread_mutex_unlock(&h->lock);
	return l ? l : lane_new();
}

static void
give_lane(struct http *h, struct lane *l)
{
	pthread_mutex_lock(&h->lock);
	l->next = h->idle;
	h->idle = l;
	pthread_mutex_unlock(&h->lock);
}

void
http_result_release(struct http_result *r)
{
	answer_free(r->answer);
	free(r->url);
	r->answer = NULL;
	r->url = NULL;
}

const char *
http_result_header(const struct http_result *r, const char *name)
{
	return r->answer ? answer_get(r->answer, name) : NULL;
}

const char *
http_result_url(const struct http_result *r)
{
	return r->url;
}

/* Begin with a hop: what came before counts as bytes only. */
static void
reset(struct http_result *r, uint64_t wire_size)
{
	*r = (struct http_result){.retry_after_ms = -1,
	    .latency_us = -1,
	    .date_ms = -1,
	    .wire_size = wire_size};
}

/* What the header says, and curl counted. */
static void
read_facts(struct transfer *t, struct http_facts *f)
{
	CURL *easy = t->lane->easy;
	curl_off_t sent = 0, body = 0, first = 0;
	long os_errno = 0, header = 0;
	const char *told, *date;

	curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &sent);
	curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_errno);
	curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &body);
	curl_easy_getinfo(easy, CURLINFO_HEADER_SIZE, &header);
	curl_easy_getinfo(easy, CURLINFO_STARTTRANSFER_TIME_T, &first);
	f->was_sent = sent > 0;
	f->os_errno = (int)os_errno;
	t->r->wire_size += (uint64_t)body + (uint64_t)header;
	transfer_read_header(t);
	t->lane->answer = NULL; /* the result has it from now on */
	run_add(&run_counts.calls, 1);
	run_add(&run_counts.wire_bytes, (uint64_t)body + (uint64_t)header);
	if (first > 0) {
		t->r->latency_us = first;
		run_latency(first);
	}
	told = answer_get(t->r->answer, "Retry-After");
	date = answer_get(t->r->answer, "Date");
	if (told)
		t->r->retry_after_ms =
		    http_retry_after_ms(told, date, timestamp_now());
	if (date)
		t->r->date_ms = headers_date_ms(date);
}

static void
judge(struct transfer *t, CURLcode code)
{
	struct http_facts f = {.end = t->end,
	    .code = code,
	    .timeout_ms =
		t->end == HTTP_END_STALLED ? HTTP_STALL_MS : t->q->timeout_ms,
	    .max_size = t->q->max_size};

	if (t->end == HTTP_END_NONE && code != CURLE_OK && t->lane->is_private)
		f.end = HTTP_END_ADDRESS;
	read_facts(t, &f);
	f.is_accepted = transfer_is_accepted(t, t->r->status);
	http_judge(t->r, t->q, &f);
	t->r->url = xstrndup(t->url, strlen(t->url));
	if (t->r->class == HTTP_OK && t->q->on_end)
		t->q->on_end(t->q->arg, t->r);
}

/* Without such a file curl would talk to anybody. */
static bool
is_without_hosts(const struct transfer *t)
{
	return strncasecmp(t->url, "ftp", 3) != 0 && !t->q->login->known_hosts;
}

/* One hop.  Returns where a redirect leads, to be freed, with a result that is
 * empty again; or NULL. */
static char *
hop(struct transfer *t, unsigned n)
{
	struct curl_slist *headers;
	char *next = NULL;
	CURLcode code;

	if (!headers_new(&headers, t->q, t->is_elsewhere)) {
		http_refuse(t->r, EX_USAGE, "malformed header");
	} else if (t->q->login && is_without_hosts(t)) {
		http_refuse(t->r, EX_CONFIG,
		    "sftp needs a file of known hosts, by which to tell that "
		    "it is the right one");
	} else {
		request_set_up(t->lane->easy, t->q, t->url, headers);
		if (t->http->authorities)
			curl_easy_setopt(t->lane->easy, CURLOPT_CAINFO,
			    t->http->authorities);
		code = transfer_run(t);
		judge(t, code);
		if (code == CURLE_OK && t->end == HTTP_END_NONE &&
		    t->r->class != HTTP_OK)
			next = redirect_target(t->lane->easy, t->q, t->r);
		if (next && n >= MAX_REDIRECTS) {
			http_refuse(t->r, EX_PROTOCOL,
			    "HTTP %d: more than %d redirects", t->r->status,
			    MAX_REDIRECTS);
			free(next);
			next = NULL;
		}
	}
	curl_slist_free_all(headers);
	if (next) {
		http_result_release(t->r);
		reset(t->r, t->r->wire_size);
	}
	return next;
}

enum http_class
http_do(struct http *h, const struct http_request *q, struct http_result *r)
{
	struct http_request full = *q;
	struct transfer t = {.http = h, .q = &full, .r = r, .url = q->url};
	char *next, *url = NULL;

	if (!q->max_size)
		full.max_size = HTTP_MAX_SIZE;
	if (!q->timeout_ms)
		full.timeout_ms = HTTP_TIMEOUT_MS;
	t.lane = take_lane(h);
	t.lane->max_header = q->max_header ? q->max_header : HTTP_MAX_HEADER;
	t.lane->is_public = q->is_from_data;
	t.deadline = timestamp_monotonic() + full.timeout_ms;
	reset(r, 0);
	for (unsigned n = 0; (next = hop(&t, n)); n++) {
		t.is_elsewhere |= !redirect_is_same(t.url, next);
		free(url);
		t.url = url = next;
	}
	free(url);
	give_lane(h, t.lane);
	return r->class;
}
