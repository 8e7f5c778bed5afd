/* The connection to the server of a store, and what comes over it. */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/xmem.h"
#include "store/connect.h"
#include "store/redis.h"
#include "store/wire.h"

#define LEAST_WAIT_MS 1000 /* for an answer: a network is never at once */

void
redis_close(struct redis *r)
{
	resp_free(r->resp);
	r->resp = NULL;
	r->is_watching = false;
}

void
redis_free(struct redis *r)
{
	if (!r)
		return;
	redis_close(r);
	place_release(&r->place);
	free(r);
}

static const char *
prefix_of(const struct redis *r)
{
	return r->is_ours ? "" : WIRE_PREFIX;
}

void
redis_add_key(struct redis *r, const char *key)
{
	const char *prefix = prefix_of(r);

	resp_arg(r->resp, strlen(prefix) + strlen(key));
	buf_adds(&r->resp->out, prefix);
	buf_adds(&r->resp->out, key);
	resp_end_arg(r->resp);
}

size_t
redis_add_keys(
    struct redis *r, const char *name, const char *const *keys, size_t n)
{
	size_t n_commands = 0, part;

	for (; n > 0; n -= part, keys += part, n_commands++) {
		part = n < WIRE_ARGS ? n : WIRE_ARGS - 1;
		resp_command(r->resp, name, part + 1);
		for (size_t i = 0; i < part; i++)
			redis_add_key(r, keys[i]);
	}
	return n_commands;
}

/* The EX_ status of an error, by its first word. */
static int
status_of(const char *error)
{
	static const struct {
		const char *word;
		int status;
	} table[] = {
	    {"NOAUTH ", EX_NOPERM},
	    {"WRONGPASS ", EX_NOPERM},
	    {"NOPERM ", EX_NOPERM},
	    {"ERR invalid password", EX_NOPERM},
	    {"ERR Client sent AUTH", EX_CONFIG},
	    {"ERR AUTH ", EX_CONFIG},
	    {"ERR DB index", EX_CONFIG},
	    {"ERR invalid DB", EX_CONFIG},
	    {"ERR SELECT", EX_CONFIG},
	    {"MOVED ", EX_CONFIG},
	    {"CROSSSLOT ", EX_CONFIG},
	    {"READONLY ", EX_CONFIG},
	    {"LOADING ", EX_TEMPFAIL},
	    {"BUSY ", EX_TEMPFAIL},
	    {"TRYAGAIN ", EX_TEMPFAIL},
	    {"CLUSTERDOWN ", EX_TEMPFAIL},
	    {"MASTERDOWN ", EX_TEMPFAIL},
	    {"ERR max number of clients", EX_TEMPFAIL},
	    {"OOM ", EX_IOERR},
	    {"MISCONF ", EX_IOERR},
	    {"NOREPLICAS ", EX_IOERR},
	    {"IOERR ", EX_IOERR},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (strncmp(error, table[i].word, strlen(table[i].word)) == 0)
			return table[i].status;
	return EX_PROTOCOL;
}

int
redis_refused(struct store *s, const struct resp_reply *error)
{
	int status = status_of(error->str);
	size_t len = error->len;
	const char *hint = "";

	if (status == EX_NOPERM)
		hint = "; set CDO_REDIS_PASSWORD, and the user in CDO_STORE";
	else if (status == EX_CONFIG && strstr(error->str, "DB index"))
		hint = "; the state needs one database, the cache the next";
	else if (status == EX_CONFIG && strncmp(error->str, "MOVED", 5) == 0)
		hint = "; a cluster cannot keep a store, a single server can";
	if (len > 0 && error->str[len - 1] == '.')
		len--;
	return store_fail(s, status, "%.*s%s", (int)len, error->str, hint);
}

int
redis_read(struct store *s, unsigned kinds, struct resp_reply **reply)
{
	struct redis *r = s->redis;
	struct resp_reply *got = NULL;
	int status = resp_read(r->resp, &got);

	r->failure = REDIS_REFUSED;
	if (status != 0) {
		r->failure = status == EX_IOERR ? REDIS_BROKEN : REDIS_SILENT;
		store_fail(s, status, "%s", r->resp->why.data);
	} else if (!(kinds & REDIS_KIND(got->kind))) {
		status = got->kind == RESP_ERROR
			     ? redis_refused(s, got)
			     : redis_garbled(s, "a command");
	}
	if (status == 0) {
		*reply = got;
		return 0;
	}
	resp_reply_free(got);
	redis_close(r);
	return r->failure == REDIS_BROKEN ? EX_TEMPFAIL : status;
}

int
redis_garbled(struct store *s, const char *command)
{
	redis_close(s->redis);
	s->redis->failure = REDIS_SILENT;
	return store_fail(s, EX_PROTOCOL,
	    "the reply to %s is not what a server of Redis' kind would give",
	    command);
}

int
redis_check(struct store *s)
{
	if (s->redis->resp)
		return 0;
	return store_fail(s, EX_TEMPFAIL,
	    "the connection was lost during the transaction; nothing was "
	    "done");
}

int
redis_done(struct store *s)
{
	struct resp_reply *reply;
	int status = redis_read(s, REDIS_KIND(RESP_STATUS), &reply);

	if (status == 0)
		resp_reply_free(reply);
	return status;
}

/* Is that the reply of our own server to HELLO? */
static bool
is_ours(const struct resp_reply *hello)
{
	const struct resp_reply *name, *value;

	if (hello->kind != RESP_ARRAY)
		return false;
	for (size_t i = 0; i + 1 < hello->len; i += 2) {
		name = hello->elements[i];
		value = hello->elements[i + 1];
		if (name->str && value->str && strcmp(name->str, "server") == 0)
			return strcmp(value->str, WIRE_SERVER) == 0;
	}
	return false;
}

/* Say who we are, and hear who they are. */
static int
greet(struct store *s)
{
	struct redis *r = s->redis;
	const struct place *p = &r->place;
	struct resp_reply *hello;
	int status;

	if (p->password) {
		resp_command(r->resp, "AUTH", p->user ? 3 : 2);
		if (p->user)
			resp_add(r->resp, p->user, strlen(p->user));
		resp_add(r->resp, p->password, strlen(p->password));
		if ((status = redis_done(s)) != 0)
			return status;
	}
	r->is_ours = false;
	if (!p->path)
		return 0;
	resp_command(r->resp, "HELLO", 1);
	status = redis_read(
	    s, REDIS_KIND(RESP_ARRAY) | REDIS_KIND(RESP_ERROR), &hello);
	if (status != 0)
		return status;
	r->is_ours = is_ours(hello);
	resp_reply_free(hello);
	return 0;
}

int
redis_reach(struct store *s)
{
	struct redis *r = s->redis;
	const struct place *p = &r->place;
	int64_t wait_ms =
	    s->wait_ms > LEAST_WAIT_MS ? s->wait_ms : LEAST_WAIT_MS;
	struct buf why = {0};
	int64_t greet_ms = r->greet_ms > 0 ? r->greet_ms : wait_ms;
	int fd, status = EX_TEMPFAIL;

	if (r->resp)
		return 0;
	if (p->path)
		fd = connect_unix(p->path, greet_ms, &status, &why);
	else
		fd = connect_tcp(p->host, p->port, greet_ms, &status, &why);
	if (fd < 0) {
		store_fail(s, status, "%.*s", (int)why.len, why.data);
		buf_release(&why);
		return status;
	}
	r->resp = resp_new(fd, greet_ms);
	status = greet(s);
	if (status == 0 && r->resp)
		r->resp->wait_ms = wait_ms;
	return status;
}
