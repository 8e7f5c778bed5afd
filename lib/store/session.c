#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/xmem.h"
#include "store/command.h"
#include "store/session.h"

#define BLOCK ((size_t)64 << 10) /* bytes one read takes, at most */
#define KEEP ((size_t)16 << 10) /* bytes of an empty buffer that may stay */

struct session *
session_new(struct serving *s, int fd)
{
	struct session *c = xcalloc(1, sizeof(*c));

	if (!s->block)
		s->block = xmalloc(BLOCK);
	c->fd = fd;
	c->id = ++s->last_id;
	c->db = STORE_STATE;
	c->active = s->mono;
	s->count.sessions++;
	return c;
}

void
session_free(struct serving *s, struct session *c)
{
	session_unwatch(c);
	close(c->fd);
	s->held -= c->held;
	buf_release(&c->in);
	buf_release(&c->out);
	buf_release(&c->queue);
	free(c);
}

/* Bring s->held up to date. */
static void
measure(struct serving *s, struct session *c)
{
	size_t held = c->in.cap + c->out.cap + c->queue.cap + c->watch_bytes;

	s->held += held - c->held;
	c->held = held;
}

/*
 * Run the requests in the bytes at p; returns how many bytes those were.  What
 * is left is the beginning of a request, or has to wait.
 */
static size_t
run(struct serving *s, struct session *c, const char *p, size_t len)
{
	enum query_result r = QUERY_WHOLE;
	const char *why;
	size_t done = 0;

	c->is_waiting = false;
	while (!c->is_closing && !c->is_dead) {
		c->is_waiting = c->out.len - c->n_sent >= SESSION_OUT_SOFT;
		if (c->is_waiting)
			return done;
		r = query_parse(
		    p + done, len - done, &s->request, &c->need, &why);
		if (r != QUERY_WHOLE)
			break;
		done += s->request.len; /* EXEC has others there */
		if (s->request.n_args > 0)
			command_run(s, c, p + done - s->request.len);
	}
	if (r == QUERY_BAD) {
		reply_error(c, "ERR Protocol error: %s", why);
		c->is_closing = true;
	}
	return done;
}

/* What is to be done with a read's result that is no number of bytes. */
static void
end_of_input(struct session *c, ssize_t n)
{
	if (n == 0)
		c->is_closing = true;
	else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
		c->is_dead = true;
}

/* Keep what is left of the bytes at p. */
static void
keep(struct serving *s, struct session *c, const char *p, size_t len)
{
	if (len == 0)
		return;
	buf_add(&c->in, p, len);
	c->in_since = s->mono;
}

/* Room in c->in for what is missing, or for some of it. */
static size_t
make_room(struct session *c)
{
	size_t missing = c->need > c->in.len ? c->need - c->in.len : 1;
	size_t most = c->in.len < BLOCK ? BLOCK : c->in.len;

	if (missing > most)
		missing = most;
	if (missing < 1024)
		missing = 1024;
	if (c->in.cap - c->in.len < missing) {
		c->in.cap = c->in.len + missing;
		c->in.data = xrealloc(c->in.data, c->in.cap, 1);
	}
	return c->in.cap - c->in.len;
}

/* Run what c->in holds; what is left stays there. */
static void
run_in(struct serving *s, struct session *c)
{
	size_t done = run(s, c, c->in.data, c->in.len);

	if (done == 0)
		return;
	c->in.len -= done;
	memmove(c->in.data, c->in.data + done, c->in.len);
	c->in_since = s->mono;
	if (c->in.len == 0)
		buf_release(&c->in);
}

/* The beginning of a request has come before. */
static void
read_more(struct serving *s, struct session *c)
{
	size_t room = make_room(c);
	ssize_t n;

	measure(s, c);
	if (s->held > SERVING_HELD_MAX) {
		reply_error(c, "ERR all buffers are full; try again later");
		c->is_closing = true;
		return;
	}
	n = recv(c->fd, c->in.data + c->in.len, room, 0);
	if (n <= 0) {
		end_of_input(c, n);
		return;
	}
	c->in.len += (size_t)n;
	c->active = s->mono;
	if (c->in.len >= c->need)
		run_in(s, c);
}

void
session_read(struct serving *s, struct session *c)
{
	ssize_t n;
	size_t done;

	if (c->in.len > 0) {
		read_more(s, c);
	} else {
		n = recv(c->fd, s->block, BLOCK, 0);
		if (n > 0) {
			c->active = s->mono;
			done = run(s, c, s->block, (size_t)n);
			keep(s, c, s->block + done, (size_t)n - done);
		} else {
			end_of_input(c, n);
		}
	}
	measure(s, c);
}

void
session_resume(struct serving *s, struct session *c)
{
	if (c->out.len - c->n_sent >= SESSION_OUT_SOFT)
		return;
	if (c->in.len > 0)
		run_in(s, c);
	else
		c->is_waiting = false;
	measure(s, c);
}

/* Note that n bytes of out are sent. */
static void
advance(struct serving *s, struct session *c, size_t n)
{
	c->n_sent += n;
	if (c->n_sent >= c->out.len / 2) {
		c->out.len -= c->n_sent;
		memmove(c->out.data, c->out.data + c->n_sent, c->out.len);
		c->n_sent = 0;
	}
	if (n > 0 || !c->is_stuck)
		c->out_since = s->mono;
	c->is_stuck = c->out.len > 0;
	if (c->out.len > 0 || c->out.cap <= KEEP)
		return;
	buf_release(&c->out);
	measure(s, c);
}

void
session_send(struct serving *s, struct session *c)
{
	size_t len = c->out.len - c->n_sent;
	ssize_t n = 0;

	if (len > 0 && !c->is_dead) {
		n = send(c->fd, c->out.data + c->n_sent, len, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK &&
		    errno != EINTR)
			c->is_dead = true;
	}
	if (len > 0)
		advance(s, c, n > 0 ? (size_t)n : 0);
	if (c->out.len == 0 && c->is_closing)
		c->is_dead = true;
}

int64_t
session_deadline(const struct serving *s, const struct session *c)
{
	int64_t deadline = c->active + s->silence_ms;

	if (c->in.len > 0 && !c->is_waiting &&
	    deadline > c->in_since + s->patience_ms)
		deadline = c->in_since + s->patience_ms;
	if (c->is_stuck && deadline > c->out_since + s->patience_ms)
		deadline = c->out_since + s->patience_ms;
	return deadline;
}

void
session_unwatch(struct session *c)
{
	for (size_t i = 0; i < c->n_watches; i++)
		c->watches[i].item->n_watches--;
	free(c->watches);
	c->watches = NULL;
	c->n_watches = c->watch_bytes = 0;
}
