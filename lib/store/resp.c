/* What goes over the connection; for how it comes about see connect.c. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include <hiredis/hiredis.h>

#include "core/num.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "store/resp.h"
#include "stream/stop.h"

#if HIREDIS_MAJOR >= 1
typedef size_t count_type;
#else
typedef int count_type;
#endif

#define BLOCK ((size_t)64 << 10) /* read at once */
#define KEPT ((size_t)1 << 20) /* of the buffer for commands, between them */

void
resp_reply_free(struct resp_reply *reply)
{
	if (!reply)
		return;
	for (size_t i = 0; reply->elements && i < reply->len; i++)
		resp_reply_free(reply->elements[i]);
	free(reply->elements);
	free(reply->str);
	free(reply);
}

/* A new reply, put where hiredis says that it belongs. */
static struct resp_reply *
new_reply(const redisReadTask *task, enum resp_kind kind)
{
	struct resp_reply *reply = xcalloc(1, sizeof(*reply)), *parent;

	reply->kind = kind;
	if (task->parent) {
		parent = task->parent->obj;
		parent->elements[task->idx] = reply;
	}
	return reply;
}

static void *
new_string(const redisReadTask *task, char *s, size_t len)
{
	enum resp_kind kind = RESP_STRING;
	struct resp_reply *reply;

	if (task->type == REDIS_REPLY_STATUS)
		kind = RESP_STATUS;
	else if (task->type == REDIS_REPLY_ERROR)
		kind = RESP_ERROR;
	reply = new_reply(task, kind);
	reply->str = xstrndup(s, len);
	reply->len = len;
	return reply;
}

static void *
new_array(const redisReadTask *task, count_type n)
{
	struct resp_reply *reply;

	if (n < 0 || (size_t)n > RESP_ELEMENTS_MAX)
		return NULL;
	reply = new_reply(task, RESP_ARRAY);
	reply->len = (size_t)n;
	reply->elements = xcalloc((size_t)n, sizeof(struct resp_reply *));
	return reply;
}

static void *
new_integer(const redisReadTask *task, long long n)
{
	struct resp_reply *reply = new_reply(task, RESP_INTEGER);

	reply->integer = n;
	return reply;
}

static void *
new_nil(const redisReadTask *task)
{
	return new_reply(task, RESP_NIL);
}

static void
free_object(void *reply)
{
	resp_reply_free(reply);
}

struct resp *
resp_new(int fd, int64_t wait_ms)
{
	static redisReplyObjectFunctions functions = {
	    .createString = new_string,
	    .createArray = new_array,
	    .createInteger = new_integer,
	    .createNil = new_nil,
	    .freeObject = free_object,
	};
	struct resp *r = xcalloc(1, sizeof(*r));

	r->fd = fd;
	r->wait_ms = wait_ms;
	r->reader = redisReaderCreateWithFunctions(&functions);
	if (!r->reader)
		xmem_fail();
	return r;
}

void
resp_free(struct resp *r)
{
	if (!r)
		return;
	redisReaderFree(r->reader);
	buf_release(&r->out);
	buf_release(&r->why);
	close(r->fd);
	free(r);
}

void
resp_command(struct resp *r, const char *name, size_t n)
{
	buf_addf(&r->out, "*%zu\r\n", n);
	resp_add(r, name, strlen(name));
	r->n_owed++;
}

void
resp_arg(struct resp *r, size_t len)
{
	buf_addf(&r->out, "$%zu\r\n", len);
}

void
resp_end_arg(struct resp *r)
{
	buf_add(&r->out, "\r\n", 2);
}

void
resp_add(struct resp *r, const void *p, size_t len)
{
	resp_arg(r, len);
	buf_add(&r->out, p, len);
	resp_end_arg(r);
}

void
resp_add_integer(struct resp *r, int64_t n)
{
	char text[24];

	resp_add(r, text, (size_t)snprintf(text, sizeof(text), "%" PRId64, n));
}

/* Say why the connection is of no use any more; returns status. */
static int
fail(struct resp *r, int status, const char *why)
{
	r->why.len = 0;
	buf_addf(&r->why, "%s", why);
	return status;
}

static int
fail_wait(struct resp *r)
{
	struct buf wait = {0};

	num_add_duration(&wait, r->wait_ms);
	r->why.len = 0;
	buf_addf(&r->why, "no answer within %.*s", (int)wait.len, wait.data);
	buf_release(&wait);
	return EX_TEMPFAIL;
}

/* Wait until the connection is ready for events, which it then sets. */
static int
wait_for(struct resp *r, short *events)
{
	int64_t deadline = timestamp_monotonic() + r->wait_ms, rest;
	struct pollfd p = {.fd = r->fd, .events = *events};
	int n;

	do {
		rest = deadline - timestamp_monotonic();
		if (rest < 0)
			rest = 0;
		n = poll(&p, 1, rest < INT32_MAX ? (int)rest : INT32_MAX);
		if (n < 0 && errno == EINTR && stop_signal() != 0)
			return fail(r, EX_TEMPFAIL, "interrupted");
		if (n < 0 && errno != EINTR)
			return fail(r, EX_TEMPFAIL, strerror(errno));
	} while (n < 0);
	*events = p.revents;
	return n == 0 ? fail_wait(r) : 0;
}

/* Send what can be sent without waiting. */
static int
send_some(struct resp *r)
{
	ssize_t n = send(r->fd, r->out.data + r->n_sent, r->out.len - r->n_sent,
	    MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
		return fail(r, EX_IOERR, strerror(errno));
	if (n > 0)
		r->n_sent += (size_t)n;
	if (r->n_sent == r->out.len) {
		r->out.len = r->n_sent = 0;
		if (r->out.cap > KEPT)
			buf_release(&r->out);
	}
	return 0;
}

/* Take what has come without waiting. */
static int
receive_some(struct resp *r)
{
	redisReader *h = r->reader;
	char block[BLOCK];
	ssize_t n = recv(r->fd, block, sizeof(block), MSG_DONTWAIT);

	if (n == 0)
		return fail(r, EX_IOERR, "the server closed the connection");
	if (n < 0) {
		if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
			return 0;
		return fail(r, EX_IOERR, strerror(errno));
	}
	if (h->len - h->pos > RESP_REPLY_MAX)
		return fail(r, EX_PROTOCOL, "the reply is too large");
	if (redisReaderFeed(h, block, (size_t)n) != REDIS_OK)
		return fail(r, EX_PROTOCOL, h->errstr);
	return 0;
}

/* Parse a reply, if it is there. */
static int
parse(struct resp *r, struct resp_reply **reply)
{
	redisReader *h = r->reader;
	void *object = NULL;

	if (redisReaderGetReply(h, &object) != REDIS_OK) {
		r->why.len = 0;
		buf_addf(&r->why, "not a server of Redis' kind: %s", h->errstr);
		return EX_PROTOCOL;
	}
	*reply = object;
	return 0;
}

int
resp_read(struct resp *r, struct resp_reply **reply)
{
	struct resp_reply *got = NULL;
	short events;
	int status = 0;

	while (status == 0) {
		if (r->out.len > 0)
			status = send_some(r);
		if (status == 0 && r->out.len == 0)
			status = parse(r, &got);
		if (status != 0 || got)
			break;
		/* reading while there is more to send: nobody may be stuck */
		events = r->out.len > 0 ? POLLIN | POLLOUT : POLLIN;
		status = wait_for(r, &events);
		if (status == 0 && (events & ~POLLOUT))
			status = receive_some(r);
	}
	if (status != 0)
		return status;
	r->n_owed--;
	*reply = got;
	return 0;
}
