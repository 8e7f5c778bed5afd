#define _DEFAULT_SOURCE /* getentropy */
#include <ctype.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/timestamp.h"
#include "http/headers.h"
#include "http/retry.h"
#include "obs/run.h"
#include "stream/stop.h"

#define YEAR_S ((int64_t)366 * 86400)
#define MAX_SPREAD_MS 5000

static uint64_t
roll(void)
{
	uint64_t dice;

	if (getentropy(&dice, sizeof(dice)) != 0) /* no kernel like that */
		dice = (uint64_t)timestamp_monotonic() *
		       UINT64_C(0x9E3779B97F4A7C15);
	return dice;
}

int64_t
http_backoff_ms(const struct http_policy *p, unsigned n, uint64_t dice)
{
	int64_t most = p->base_ms;

	for (unsigned i = 0; i < n && most < p->cap_ms; i++)
		most *= 2;
	if (most > p->cap_ms)
		most = p->cap_ms;
	if (most <= p->base_ms)
		return p->base_ms;
	return p->base_ms + (int64_t)(dice % (uint64_t)(most - p->base_ms + 1));
}

int64_t
http_retry_after_ms(const char *value, const char *date, int64_t now_ms)
{
	int64_t s = 0, now_s = now_ms / 1000;
	const char *p = value + strspn(value, " \t");

	if (isdigit((unsigned char)*p)) {
		for (; isdigit((unsigned char)*p); p++)
			if (s < YEAR_S)
				s = s * 10 + (*p - '0');
		p += strspn(p, " \t");
	} else {
		s = headers_date_ms(p);
		if (s == -1)
			return -1;
		if (date && headers_date_ms(date) != -1)
			now_s = headers_date_ms(date) / 1000;
		s = s / 1000 - now_s;
		p = "";
	}
	if (*p != '\0' || s < 0)
		return -1;
	return (s < YEAR_S ? s : YEAR_S) * 1000;
}

/* The wait before retry n, or -1: there must be none. */
static int64_t
wait_before(const struct http_policy *p, unsigned n, int64_t told)
{
	int64_t spread = told / 10 < MAX_SPREAD_MS ? told / 10 : MAX_SPREAD_MS;

	if (told < 0)
		return http_backoff_ms(p, n, roll());
	if (told > p->max_wait_ms)
		return -1;
	return told + (int64_t)(roll() % (uint64_t)(spread + 1));
}

/* Returns whether no signal cut it short. */
static bool
sleep_ms(int64_t ms)
{
	struct pollfd stop = {.fd = stop_fd(), .events = POLLIN};
	int64_t end = timestamp_monotonic() + ms, left;

	while (!stop_signal() && (left = end - timestamp_monotonic()) > 0)
		poll(&stop, 1, left < 1000 ? (int)left : 1000);
	return !stop_signal();
}

enum http_class
http_retry(struct http *h, const struct http_request *q,
    const struct http_policy *p, http_on_retry *on_retry, struct http_result *r)
{
	int64_t end = timestamp_monotonic() + p->deadline_ms, wait;
	unsigned n = 1;

	for (; http_do(h, q, r) == HTTP_TEMPORARY; n++) {
		if (n >= p->attempts || r->again == HTTP_AGAIN_NEVER ||
		    (r->again == HTTP_AGAIN_ONCE && n > 1))
			break;
		wait = wait_before(p, n, r->retry_after_ms);
		if (wait < 0 || timestamp_monotonic() + wait > end)
			break;
		if (on_retry && !on_retry(q->arg, r, wait))
			break;
		run_counts.retries++;
		http_result_release(r);
		if (!sleep_ms(wait)) {
			r->class = HTTP_STOPPED;
			break;
		}
	}
	return r->class;
}
