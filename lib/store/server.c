#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/systemd.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "store/cursors.h"
#include "store/server.h"
#include "store/session.h"
#include "store/socket.h"
#include "stream/stop.h"

#define TABLES ((size_t)24 << 20) /* bytes of entries in memory */
#define TICK_MS 1000
#define SCARCE_MS 100 /* without descriptors: until the next accept */
#define LAST_MS 2000 /* to send the last replies */

struct server {
	struct serving serving;
	struct listener listener;
	struct pollfd *polls; /* owned: stop, listener, sessions */
	int64_t idle_ms, empty_since; /* the latter if there is no session */
	int64_t next_tick, accept_after;
	int64_t watchdog_ms, next_watchdog;
	bool is_busy; /* a session has requests at hand */
};

static void
read_clocks(struct server *v)
{
	v->serving.engine.now = timestamp_now();
	v->serving.mono = timestamp_monotonic();
}

/* Tell a client that there are too many, unless it has gone. */
static void
refuse(struct serving *s, int fd)
{
	static const char full[] = "-ERR max number of clients reached\r\n";

	send(fd, full, sizeof(full) - 1, MSG_NOSIGNAL);
	close(fd);
	s->count.refused++;
}

/*
 * Accept who waits.  Those for whom there is no room wait for the next turn,
 * which may find that others have gone.
 */
static void
accept_all(struct server *v)
{
	struct serving *s = &v->serving;
	bool was_full = s->n_sessions == SERVER_CLIENTS_MAX;
	int fd;

	while (was_full || s->n_sessions < SERVER_CLIENTS_MAX) {
		fd = listener_accept(&v->listener);
		if (fd == -3)
			v->accept_after = s->mono + SCARCE_MS;
		if (fd == -3 || fd == -1)
			return;
		if (fd == -2)
			s->count.refused++;
		else if (was_full)
			refuse(s, fd);
		else
			s->sessions[s->n_sessions++] = session_new(s, fd);
	}
}

/* Close sessions that are dead. */
static void
bury(struct server *v)
{
	struct serving *s = &v->serving;
	size_t kept = 0;

	for (size_t i = 0; i < s->n_sessions; i++) {
		struct session *c = s->sessions[i];

		if (c->is_dead)
			session_free(s, c);
		else
			s->sessions[kept++] = c;
	}
	if (kept == 0 && s->n_sessions > 0)
		v->empty_since = s->mono;
	s->n_sessions = kept;
}

/* Close sessions that have been quiet, or stuck, for too long. */
static void
time_out(struct serving *s)
{
	for (size_t i = 0; i < s->n_sessions; i++)
		if (session_deadline(s, s->sessions[i]) <= s->mono)
			session_drop(s, s->sessions[i]);
}

/* Drop some of what is over, once in a while. */
static void
sweep(struct server *v)
{
	struct serving *s = &v->serving;
	bool is_more = false;

	for (enum store_db db = 0; db < STORE_DB_COUNT; db++)
		is_more |= engine_sweep(&s->engine, db);
	is_more |= engine_trim(&s->engine);
	v->next_tick = is_more ? s->mono : s->mono + TICK_MS;
}

/* Take what the sessions have sent; poll has found it. */
static void
read_all(struct server *v, size_t n_polled)
{
	struct serving *s = &v->serving;

	for (size_t i = 0; i < n_polled; i++) {
		if (s->sessions[i]->is_waiting)
			session_resume(s, s->sessions[i]);
		else if (v->polls[2 + i].revents & (POLLIN | POLLHUP | POLLERR))
			session_read(s, s->sessions[i]);
	}
}

static void
send_all(struct server *v)
{
	struct serving *s = &v->serving;

	v->is_busy = false;
	for (size_t i = 0; i < s->n_sessions; i++) {
		struct session *c = s->sessions[i];

		if (c->out.len > 0 || c->is_closing)
			session_send(s, c);
		v->is_busy |= c->is_waiting && c->out.len == 0;
	}
}

/* One turn, for what poll has found. */
static void
turn(struct server *v, size_t n_polled)
{
	struct serving *s = &v->serving;
	bool is_tick;

	read_clocks(v);
	is_tick = s->mono >= v->next_tick;
	read_all(v, n_polled);
	if (is_tick)
		sweep(v);
	serving_commit(s);
	send_all(v);
	if (is_tick)
		time_out(s);
	bury(v);
	if (v->polls[1].revents && s->mono >= v->accept_after)
		accept_all(v);
}

/* Milliseconds until something has to be done though nobody asks. */
static int
patience(const struct server *v)
{
	const struct serving *s = &v->serving;
	int64_t until = v->next_tick;

	if (v->is_busy)
		return 0;
	if (s->n_sessions == 0 && v->idle_ms > 0 &&
	    until > v->empty_since + v->idle_ms)
		until = v->empty_since + v->idle_ms;
	if (v->watchdog_ms > 0 && until > v->next_watchdog)
		until = v->next_watchdog;
	if (v->accept_after > s->mono && until > v->accept_after)
		until = v->accept_after;
	return until > s->mono ? (int)(until - s->mono) : 0;
}

/* Wait for something to do.  Returns how many sessions were polled. */
static size_t
wait_for_work(struct server *v)
{
	const struct serving *s = &v->serving;
	bool accepts = s->mono >= v->accept_after;
	size_t n = s->n_sessions;

	v->polls[0] = (struct pollfd){.fd = stop_fd(), .events = POLLIN};
	v->polls[1] = (struct pollfd){
	    .fd = accepts ? v->listener.fd : -1, .events = POLLIN};
	for (size_t i = 0; i < n; i++) {
		const struct session *c = s->sessions[i];
		short events = 0;

		if (!c->is_waiting && !c->is_closing)
			events |= POLLIN;
		if (c->out.len > 0)
			events |= POLLOUT;
		v->polls[2 + i] =
		    (struct pollfd){.fd = c->fd, .events = events};
	}
	if (poll(v->polls, 2 + n, patience(v)) < 0)
		for (size_t i = 0; i < 2 + n; i++)
			v->polls[i].revents = 0;
	return n;
}

static void
watchdog(struct server *v)
{
	if (v->watchdog_ms == 0 || v->serving.mono < v->next_watchdog)
		return;
	systemd_notify("WATCHDOG=1");
	v->next_watchdog = v->serving.mono + v->watchdog_ms;
}

/*
 * Nobody has been here for long.  Leave, unless somebody connects while the
 * path is taken away; returns whether to leave.
 */
static bool
is_over(struct server *v)
{
	const struct serving *s = &v->serving;

	if (v->idle_ms == 0 || s->n_sessions > 0 ||
	    s->mono < v->empty_since + v->idle_ms)
		return false;
	listener_hide(&v->listener);
	accept_all(v);
	if (s->n_sessions > 0)
		listener_show(&v->listener);
	return s->n_sessions == 0;
}

/* Send what there is to be sent, but not without end. */
static void
say_goodbye(struct server *v)
{
	struct serving *s = &v->serving;
	int64_t end = s->mono + LAST_MS;

	v->accept_after = STORE_NEVER;
	for (size_t i = 0; i < s->n_sessions; i++)
		s->sessions[i]->is_closing = true;
	while (s->n_sessions > 0 && s->mono < end) {
		v->next_tick = end;
		v->is_busy = false;
		turn(v, wait_for_work(v));
	}
	for (size_t i = 0; i < s->n_sessions; i++)
		s->sessions[i]->is_dead = true;
	bury(v);
}

static void
serve(struct server *v)
{
	while (stop_signal() == 0 && !is_over(v)) {
		turn(v, wait_for_work(v));
		watchdog(v);
	}
	systemd_notify("STOPPING=1");
	listener_hide(&v->listener);
	say_goodbye(v);
}

/* As many descriptors as we may have. */
static void
raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* Open the databases and the socket. */
static int
start(struct server *v, struct store *s, const struct server_options *o)
{
	struct buf path = {0};
	int status;

	if (!s->backend)
		return EX_CONFIG;
	if (s->backend != &backend_direct)
		return store_fail(s, EX_CONFIG,
		    "what is served is a directory; name one in CDO_STORE");
	status = engine_open(&v->serving.engine, s, TABLES);
	if (status != 0)
		return status;
	buf_addf(&path, "%s%s", o->socket ? o->socket : s->where,
	    o->socket ? "" : "/socket");
	status = listener_open(&v->listener, s, path.data);
	if (status != 0)
		engine_close(&v->serving.engine);
	else
		diag_info("%s: serving at %s", s->where,
		    v->listener.path ? path.data : "the socket of systemd");
	buf_release(&path);
	return status;
}

int
server_run(struct store *s, const struct server_options *o)
{
	struct server v = {.idle_ms = o->idle_ms};
	int status;

	raise_limit();
	status = start(&v, s, o);
	if (status != 0)
		return status;
	read_clocks(&v);
	v.serving.started = v.empty_since = v.next_tick = v.serving.mono;
	v.serving.cursors = cursors_new();
	v.serving.sessions = xcalloc(SERVER_CLIENTS_MAX, sizeof(void *));
	v.polls = xcalloc(SERVER_CLIENTS_MAX + 2, sizeof(*v.polls));
	v.serving.patience_ms =
	    o->patience_ms > 0 ? o->patience_ms : SERVER_PATIENCE_MS;
	v.serving.silence_ms =
	    o->silence_ms > 0 ? o->silence_ms : SERVER_SILENCE_MS;
	v.watchdog_ms = systemd_watchdog();
	systemd_notify("READY=1");
	serve(&v);
	listener_close(&v.listener);
	engine_close(&v.serving.engine);
	cursors_free(v.serving.cursors);
	free(v.serving.sessions);
	free(v.serving.block);
	free(v.polls);
	return 0;
}
