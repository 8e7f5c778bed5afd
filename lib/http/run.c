/*
 * transfer: one hop from its start to its end, driven by this thread or by
 * the client's own.
 */
#include <string.h>

#include "core/timestamp.h"
#include "core/xmem.h"
#include "http/transfer.h"
#include "stream/stop.h"

#define TURN_MS 1000 /* no wait is longer, so that no signal is missed */

/* Is it over for us, whatever comes? */
static void
look_at_clock(struct transfer *t)
{
	int64_t now = timestamp_monotonic(), heard = t->lane->heard_at;

	if (heard < t->idle_since)
		heard = t->idle_since;
	if (!t->q->finishes && stop_signal())
		t->end = HTTP_END_STOPPED;
	else if (now >= t->deadline)
		t->end = HTTP_END_TIMEOUT;
	else if (now - heard >= HTTP_STALL_MS)
		t->end = HTTP_END_STALLED;
}

static void
let_flush(struct transfer *t)
{
	int64_t now = timestamp_monotonic();

	if (!t->q->on_wait)
		return;
	t->q->on_wait(t->q->arg);
	t->deadline += timestamp_monotonic() - now;
}

/* How long to wait at most, in ms. */
static int
turn(const struct transfer *t)
{
	int64_t left = t->deadline - timestamp_monotonic();

	if (left < 0)
		return 0;
	return left < TURN_MS ? (int)left : TURN_MS;
}

static size_t
on_body(char *data, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;

	n *= size;
	t->lane->heard_at = timestamp_monotonic();
	t->lane->has_body = true;
	return transfer_receive(t, data, n) ? n : 0;
}

/* Wait for the network, a signal, or time to pass. */
static void
wait_for_network(struct transfer *t)
{
	CURLM *multi = t->http->multi;
	struct curl_waitfd stop = {
	    .fd = (curl_socket_t)stop_fd(), .events = CURL_WAIT_POLLIN};
	unsigned n_stop = !t->q->finishes && stop_fd() >= 0;
	int ready = 0;

	curl_multi_poll(multi, &stop, n_stop, 0, &ready);
	if (ready == 0) {
		let_flush(t);
		curl_multi_poll(multi, &stop, n_stop, turn(t), NULL);
	}
	look_at_clock(t);
}

static CURLcode
run_alone(struct transfer *t)
{
	CURLM *multi = t->http->multi;
	CURL *easy = t->lane->easy;
	CURLcode code = CURLE_OK;
	CURLMsg *m;
	int running = 1, left;

	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
	if (curl_multi_add_handle(multi, easy) != CURLM_OK)
		xmem_fail();
	while (t->end == HTTP_END_NONE) {
		if (curl_multi_perform(multi, &running) != CURLM_OK)
			xmem_fail();
		if (running == 0)
			break;
		wait_for_network(t);
	}
	if (t->end != HTTP_END_NONE) /* do not wait for the resolver */
		curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	while ((m = curl_multi_info_read(multi, &left)))
		if (m->msg == CURLMSG_DONE)
			code = m->data.result;
	curl_multi_remove_handle(multi, easy);
	return code;
}

static CURLcode
run_shared(struct transfer *t)
{
	struct hub *hub = t->http->hub;
	struct buf piece = {0};
	enum hub_news news = HUB_NOTHING;
	bool is_good = true;

	hub_add(hub, t->lane);
	while (is_good && t->end == HTTP_END_NONE) {
		news = hub_take(hub, t->lane, &piece, 0);
		if (news == HUB_NOTHING) {
			let_flush(t);
			news = hub_take(hub, t->lane, &piece, turn(t));
		}
		if (news == HUB_OVER)
			break;
		if (news == HUB_DATA)
			is_good = transfer_receive(t, piece.data, piece.len);
		piece.len = 0;
		if (is_good)
			look_at_clock(t);
	}
	if (news != HUB_OVER)
		hub_end(hub, t->lane);
	buf_release(&piece);
	return t->lane->code;
}

CURLcode
transfer_run(struct transfer *t)
{
	CURLcode code;

	t->body = t->packed = 0;
	t->has_begun = false;
	t->idle_since = timestamp_monotonic();
	lane_start(t->lane);
	code = t->http->hub ? run_shared(t) : run_alone(t);
	if (t->lane->is_header_large)
		t->end = HTTP_END_HEADERS;
	if (code == CURLE_OK && t->end == HTTP_END_NONE)
		transfer_received(t);
	unpack_free(t->unpack);
	t->unpack = NULL;
	return t->fault == CURLE_OK ? code : t->fault;
}
