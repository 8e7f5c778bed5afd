#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "core/timestamp.h"
#include "core/xmem.h"
#include "http/hub.h"
#include "stream/stop.h"

#define POLL_MS 1000

struct hub {
	CURLM *multi;
	pthread_t thread;
	pthread_mutex_t lock;
	struct lane *orders; /* under lock: lanes that want something */
	bool is_asleep, is_quitting; /* under lock */
	struct lane *running; /* the thread's */
	bool has_told; /* the thread's: of the signal */
};

/* Put it on the list of orders, under the lock, and wake the thread. */
static void
order(struct hub *hub, struct lane *l)
{
	if (!l->is_waiting) {
		l->is_waiting = true;
		l->next_order = hub->orders;
		hub->orders = l;
	}
	if (hub->is_asleep)
		curl_multi_wakeup(hub->multi);
}

static size_t
on_body(char *data, size_t size, size_t n, void *arg)
{
	struct lane *l = arg;
	bool is_full;

	n *= size;
	l->heard_at = timestamp_monotonic();
	l->has_body = true;
	pthread_mutex_lock(&l->lock);
	is_full = l->ahead.len >= HTTP_AHEAD;
	if (is_full)
		l->is_paused = true;
	else
		buf_add(&l->ahead, data, n);
	pthread_mutex_unlock(&l->lock);
	l->has_news = true;
	return is_full ? CURL_WRITEFUNC_PAUSE : n;
}

/* Out of the list of those that run. */
static void
unlink_running(struct hub *hub, struct lane *l)
{
	struct lane **p = &hub->running;

	while (*p != l)
		p = &(*p)->next_running;
	*p = l->next_running;
	l->is_running = false;
}

static void
finish(struct hub *hub, struct lane *l, CURLcode code)
{
	curl_multi_remove_handle(hub->multi, l->easy);
	unlink_running(hub, l);
	pthread_mutex_lock(&l->lock);
	l->code = code;
	l->is_over = true;
	pthread_mutex_unlock(&l->lock);
	/* behind the unlock, so that who wakes need not wait for it; the lane
	 * lives as long as the hub */
	pthread_cond_signal(&l->news);
}

static void
begin(struct hub *hub, struct lane *l)
{
	if (curl_multi_add_handle(hub->multi, l->easy) != CURLM_OK)
		xmem_fail();
	l->is_running = true;
	l->next_running = hub->running;
	hub->running = l;
}

static void
tell(struct lane *l)
{
	l->has_news = false;
	pthread_mutex_lock(&l->lock);
	pthread_cond_signal(&l->news);
	pthread_mutex_unlock(&l->lock);
}

/* Do what others want.  Returns whether to go on. */
static bool
take_orders(struct hub *hub)
{
	struct lane *l;
	bool goes_on;

	pthread_mutex_lock(&hub->lock);
	while ((l = hub->orders)) {
		bool add = l->wants_add, resume = l->wants_resume;
		bool end = l->wants_end;

		hub->orders = l->next_order;
		l->is_waiting = l->wants_add = l->wants_resume = false;
		l->wants_end = false;
		pthread_mutex_unlock(&hub->lock);
		if (add)
			begin(hub, l);
		if (resume && l->is_running)
			curl_easy_pause(l->easy, CURLPAUSE_CONT);
		if (end && l->is_running) {
			/* do not wait for the resolver */
			curl_easy_setopt(l->easy, CURLOPT_QUICK_EXIT, 1L);
			finish(hub, l, CURLE_ABORTED_BY_CALLBACK);
		}
		pthread_mutex_lock(&hub->lock);
	}
	goes_on = !hub->is_quitting;
	pthread_mutex_unlock(&hub->lock);
	return goes_on;
}

/* Tell those whose transfers moved: once a turn, not once a piece, so that a
 * small answer wakes its thread once. */
static void
tell_news(struct hub *hub)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(hub->multi, &left))) {
		struct lane *l;
		CURLcode code = m->data.result;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &l);
		finish(hub, l, code);
	}
	for (struct lane *l = hub->running; l; l = l->next_running)
		if (l->has_news)
			tell(l);
}

static void
sleep_until_news(struct hub *hub)
{
	struct curl_waitfd stop = {
	    .fd = (curl_socket_t)stop_fd(), .events = CURL_WAIT_POLLIN};
	bool heeds = stop_fd() >= 0 && !hub->has_told, sleeps;

	pthread_mutex_lock(&hub->lock);
	sleeps = hub->is_asleep = !hub->orders && !hub->is_quitting;
	pthread_mutex_unlock(&hub->lock);
	if (!sleeps)
		return;
	curl_multi_poll(hub->multi, &stop, heeds, POLL_MS, NULL);
	pthread_mutex_lock(&hub->lock);
	hub->is_asleep = false;
	pthread_mutex_unlock(&hub->lock);
	if (heeds && stop_signal()) {
		hub->has_told = true;
		for (struct lane *l = hub->running; l; l = l->next_running)
			tell(l);
	}
}

static void *
run(void *arg)
{
	struct hub *hub = arg;
	int running;

	while (take_orders(hub)) {
		if (curl_multi_perform(hub->multi, &running) != CURLM_OK)
			xmem_fail();
		tell_news(hub);
		sleep_until_news(hub);
	}
	return NULL;
}

struct hub *
hub_new(void)
{
	struct hub *hub = xcalloc(1, sizeof(*hub));
	sigset_t all, before;

	pthread_mutex_init(&hub->lock, NULL);
	hub->multi = curl_multi_init();
	if (!hub->multi)
		xmem_fail();
	sigfillset(&all); /* signals are for the threads of the program */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&hub->thread, NULL, run, hub) != 0)
		xmem_fail();
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return hub;
}

void
hub_free(struct hub *hub)
{
	if (!hub)
		return;
	pthread_mutex_lock(&hub->lock);
	hub->is_quitting = true;
	curl_multi_wakeup(hub->multi);
	pthread_mutex_unlock(&hub->lock);
	pthread_join(hub->thread, NULL);
	curl_multi_cleanup(hub->multi);
	pthread_mutex_destroy(&hub->lock);
	free(hub);
}

void
hub_add(struct hub *hub, struct lane *l)
{
	curl_easy_setopt(l->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(l->easy, CURLOPT_WRITEDATA, l);
	curl_easy_setopt(l->easy, CURLOPT_PRIVATE, l);
	l->ahead.len = 0;
	l->is_over = l->is_paused = l->has_news = false;
	pthread_mutex_lock(&hub->lock);
	l->wants_add = true;
	l->wants_resume = l->wants_end = false;
	order(hub, l);
	pthread_mutex_unlock(&hub->lock);
}

static void
wait_for_news(struct lane *l, int64_t wait_ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(wait_ms / 1000);
	until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_cond_timedwait(&l->news, &l->lock, &until);
}

enum hub_news
hub_take(struct hub *hub, struct lane *l, struct buf *piece, int64_t wait_ms)
{
	enum hub_news news = HUB_DATA;
	bool resume;

	pthread_mutex_lock(&l->lock);
	if (wait_ms > 0 && l->ahead.len == 0 && !l->is_over)
		wait_for_news(l, wait_ms);
	if (l->ahead.len > 0) {
		struct buf taken = l->ahead;

		l->ahead = *piece;
		*piece = taken;
	} else {
		news = l->is_over ? HUB_OVER : HUB_NOTHING;
	}
	resume = l->is_paused && news == HUB_DATA;
	if (resume)
		l->is_paused = false;
	pthread_mutex_unlock(&l->lock);
	if (resume) {
		pthread_mutex_lock(&hub->lock);
		l->wants_resume = true;
		order(hub, l);
		pthread_mutex_unlock(&hub->lock);
	}
	return news;
}

void
hub_end(struct hub *hub, struct lane *l)
{
	pthread_mutex_lock(&hub->lock);
	l->wants_end = true;
	order(hub, l);
	pthread_mutex_unlock(&hub->lock);
	pthread_mutex_lock(&l->lock);
	while (!l->is_over)
		pthread_cond_wait(&l->news, &l->lock);
	pthread_mutex_unlock(&l->lock);
}
