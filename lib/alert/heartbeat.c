#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "alert/alerts.h"
#include "alert/heartbeat.h"

const char *const heartbeat_states[] = {
    "new", "up", "late", "down", "paused", NULL};

static bool
is_sound(const void *state)
{
	const struct heartbeat *h = state;

	return h->every_ms > 0 && h->grace_ms >= 0 &&
	       h->state >= HEARTBEAT_NEW && h->state <= HEARTBEAT_PAUSED &&
	       h->severity >= ALERT_INFO && h->severity <= ALERT_CRITICAL;
}

static int64_t
life(const void *state, int64_t now)
{
	(void)state;
	(void)now;
	return STORE_NEVER;
}

#define MEMBER(name, type, n) \
	{ \
#name, type, offsetof(struct heartbeat, name), n \
	}

static const struct state_member members[] = {
    MEMBER(name, STATE_STRING, ALERT_NAME_MAX),
    MEMBER(severity, STATE_INT, 0),
    MEMBER(every_ms, STATE_INT, 0),
    MEMBER(grace_ms, STATE_INT, 0),
    MEMBER(state, STATE_INT, 0),
    MEMBER(made_at, STATE_INT, 0),
    MEMBER(changed_at, STATE_INT, 0),
    MEMBER(pinged_at, STATE_INT, 0),
    MEMBER(started_at, STATE_INT, 0),
    MEMBER(run, STATE_STRING, HEARTBEAT_RUN),
    MEMBER(took_ms, STATE_INT, 0),
    MEMBER(exit, STATE_INT, 0),
    MEMBER(log, STATE_JSON, 6 * HEARTBEAT_LOG + 2),
    {NULL, STATE_INT, 0, 0},
};

const struct state_kind heartbeat_kind = {
    "heartbeat", sizeof(struct heartbeat), members, is_sound, life};

static bool
move(struct heartbeat *h, enum heartbeat_state state, int64_t now)
{
	if (h->state == (int64_t)state)
		return false;
	h->state = state;
	h->changed_at = now;
	return true;
}

void
heartbeat_expect(struct heartbeat *h, int64_t every_ms, int64_t grace_ms,
    int64_t severity, int64_t now)
{
	if (h->every_ms == 0) {
		h->made_at = h->changed_at = now;
		h->took_ms = h->exit = -1;
	}
	h->every_ms = every_ms;
	h->grace_ms = grace_ms;
	h->severity = severity;
	if (h->state == HEARTBEAT_PAUSED)
		move(h, h->pinged_at > 0 ? HEARTBEAT_UP : HEARTBEAT_NEW, now);
	if (h->state == HEARTBEAT_NEW)
		h->made_at = now;
}

/* Keep the end of the output, in characters. */
static void
keep_log(struct heartbeat *h, const struct ping_report *p)
{
	const char *s = p->log;
	size_t len = p->log_len;

	if (!s)
		return;
	if (len > HEARTBEAT_LOG) {
		s += len - HEARTBEAT_LOG;
		len = HEARTBEAT_LOG;
	}
	labels_quote(&h->log, s, len);
}

/* A run has ended; of another run than the one that started, nothing is
 * known of how long it took. */
static void
end_run(struct heartbeat *h, const struct ping_report *p, int64_t now)
{
	bool is_its = h->started_at > 0 && strcmp(h->run, p->run) == 0;

	h->took_ms = -1;
	if (is_its && now >= h->started_at)
		h->took_ms = now - h->started_at;
	if (is_its || p->run[0] == '\0')
		h->started_at = 0;
	h->exit = p->exit;
}

bool
heartbeat_ping(struct heartbeat *h, const struct ping_report *p, int64_t now)
{
	keep_log(h, p);
	if (h->state == HEARTBEAT_PAUSED || p->kind == PING_LOG)
		return false;
	if (p->kind == PING_START) {
		h->started_at = now;
		snprintf(h->run, sizeof(h->run), "%s", p->run);
		return false;
	}
	end_run(h, p, now);
	if (p->kind == PING_FAIL || p->exit > 0)
		return move(h, HEARTBEAT_DOWN, now);
	h->pinged_at = now;
	return move(h, HEARTBEAT_UP, now);
}

/* Since when it is to be counted; the clock may have gone back. */
static int64_t
base(const struct heartbeat *h)
{
	return h->pinged_at > 0 ? h->pinged_at : h->made_at;
}

bool
heartbeat_tick(struct heartbeat *h, int64_t now)
{
	int64_t since;

	if (h->pinged_at > now)
		h->pinged_at = now;
	if (h->made_at > now)
		h->made_at = now;
	if (h->started_at > now)
		h->started_at = now;
	if (h->state == HEARTBEAT_PAUSED || h->state == HEARTBEAT_DOWN)
		return false;
	since = now - base(h);
	if (since >= h->every_ms + h->grace_ms ||
	    (h->started_at > 0 && h->grace_ms > 0 &&
		now - h->started_at >= h->grace_ms))
		return move(h, HEARTBEAT_DOWN, now);
	if (since >= h->every_ms)
		return move(h, HEARTBEAT_LATE, now);
	return false;
}

int64_t
heartbeat_due(const struct heartbeat *h)
{
	int64_t due = base(h) + h->every_ms;

	if (h->state == HEARTBEAT_PAUSED || h->state == HEARTBEAT_DOWN)
		return STORE_NEVER;
	if (h->state == HEARTBEAT_LATE)
		due += h->grace_ms;
	if (h->started_at > 0 && h->grace_ms > 0 &&
	    h->started_at + h->grace_ms < due)
		due = h->started_at + h->grace_ms;
	return due;
}
