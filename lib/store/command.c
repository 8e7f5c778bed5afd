#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "store/command.h"

#define NAME_SIZE 16 /* room for the longest name, and its NUL */
#define QUEUE_MAX QUERY_MAX /* bytes of requests behind MULTI */

enum {
	D = COMMAND_DATA,
	W = COMMAND_DATA | COMMAND_WRITE,
	A = COMMAND_ALONE,
	N = COMMAND_NOW,
	R = COMMAND_ALONE | COMMAND_WHOLE,
};

const struct command commands[] = {
    {"client", -2, 0, 0, 0, cmd_client},
    {"command", -1, 0, 0, 0, cmd_command},
    {"config", -2, 0, 0, 0, cmd_config},
    {"dbsize", 1, R, 0, 0, cmd_dbsize},
    {"decr", 2, W, 1, 1, cmd_decr},
    {"decrby", 3, W, 1, 1, cmd_decrby},
    {"del", -2, W, 1, -1, cmd_del},
    {"discard", 1, N, 0, 0, cmd_discard},
    {"echo", 2, 0, 0, 0, cmd_echo},
    {"exec", 1, N | D, 0, 0, cmd_exec},
    {"exists", -2, D, 1, -1, cmd_exists},
    {"expire", 3, W, 1, 1, cmd_expire},
    {"flushdb", 1, W | R, 0, 0, cmd_flushdb},
    {"get", 2, D, 1, 1, cmd_get},
    {"hello", -1, A, 0, 0, cmd_hello},
    {"incr", 2, W, 1, 1, cmd_incr},
    {"incrby", 3, W, 1, 1, cmd_incrby},
    {"info", -1, 0, 0, 0, cmd_info},
    {"mget", -2, D, 1, -1, cmd_mget},
    {"multi", 1, N, 0, 0, cmd_multi},
    {"pexpire", 3, W, 1, 1, cmd_pexpire},
    {"ping", -1, 0, 0, 0, cmd_ping},
    {"pttl", 2, D, 1, 1, cmd_pttl},
    {"quit", -1, N, 0, 0, cmd_quit},
    {"scan", -2, R, 0, 0, cmd_scan},
    {"select", 2, A, 0, 0, cmd_select},
    {"set", -3, W, 1, 1, cmd_set},
    {"ttl", 2, D, 1, 1, cmd_ttl},
    {"unwatch", 1, 0, 0, 0, cmd_unwatch},
    {"watch", -2, N | D, 1, -1, cmd_watch},
    {NULL, 0, 0, 0, 0, NULL},
};

const size_t n_commands = sizeof(commands) / sizeof(*commands) - 1;

static int
compare(const void *name, const void *command)
{
	return strcmp(name, ((const struct command *)command)->name);
}

static const struct command *
find(const struct query_arg *arg)
{
	char name[NAME_SIZE];
	size_t i;

	for (i = 0; i < arg->len && i < NAME_SIZE - 1; i++)
		name[i] = (char)tolower((unsigned char)arg->p[i]);
	name[i] = '\0';
	if (i < arg->len || strlen(name) != i)
		return NULL;
	return bsearch(name, commands, n_commands, sizeof(*commands), compare);
}

/* The command of the request; if it is none, an error is replied. */
static const struct command *
check(struct serving *s, struct session *c)
{
	const struct query *r = &s->request;
	const struct command *command = find(r->args);
	int n = (int)r->n_args;

	if (!command)
		reply_error(c, "ERR unknown command '%.*s'",
		    (int)(r->args->len < 64 ? r->args->len : 64), r->args->p);
	else if (command->arity < 0 ? n < -command->arity : n != command->arity)
		reply_error(c, "ERR wrong number of arguments for '%s' command",
		    command->name);
	else
		return command;
	return NULL;
}

/* Keep a request for EXEC. */
static void
enqueue(struct serving *s, struct session *c, const struct command *command,
    const char *p)
{
	if (command->flags & COMMAND_ALONE) {
		reply_error(
		    c, "ERR %s is not possible within MULTI", command->name);
		c->is_aborted = true;
	} else if (c->queue.len + s->request.len > QUEUE_MAX ||
		   s->held > SERVING_HELD_MAX) {
		reply_error(c, "ERR too many bytes between MULTI and EXEC");
		c->is_aborted = true;
	} else {
		buf_add(&c->queue, p, s->request.len);
		c->n_queued++;
		reply(c, "+QUEUED");
	}
}

/* A reply that began at before may have to be taken back. */
static void
note_unsure(struct serving *s, struct session *c, const struct command *command,
    size_t before)
{
	uint64_t commit = s->engine.db[c->db].n_commits;

	if (!engine_is_dirty(&s->engine, c->db))
		return;
	if (!session_is_unsure(s, c)) {
		if (!(command->flags & COMMAND_DATA))
			return;
		c->n_unsure = 0;
		c->sure_len = before;
		c->unsure_db = c->db;
		c->unsure_commit = commit;
	}
	c->n_unsure++;
}

void
command_run(struct serving *s, struct session *c, const char *p)
{
	const struct command *command = check(s, c);
	size_t before;

	s->count.commands++;
	if (!command) {
		c->is_aborted = c->in_multi;
		return;
	}
	if (command->flags & COMMAND_WHOLE)
		serving_commit(s);
	before = c->out.len;
	if (c->in_multi && !(command->flags & COMMAND_NOW))
		enqueue(s, c, command, p);
	else
		command->run(s, c);
	note_unsure(s, c, command, before);
	if (s->engine.db[c->db].dirty_bytes > SERVING_DIRTY_MAX)
		serving_commit(s);
}

void
command_execute(struct serving *s, struct session *c)
{
	const struct command *command = check(s, c);

	if (command)
		command->run(s, c);
}

struct item *
command_key(struct serving *s, struct session *c, const struct query_arg *arg)
{
	struct item *item;

	if (arg->len == 0 || arg->len > STORE_KEY_MAX ||
	    memchr(arg->p, '\0', arg->len)) {
		reply_error(c, "ERR a key has 1 to %zu bytes, none of them NUL",
		    STORE_KEY_MAX);
		return NULL;
	}
	item = engine_get(&s->engine, c->db, arg->p, arg->len);
	if (!item)
		reply_why(s, c, s->engine.status);
	return item;
}

bool
command_integer(struct session *c, const struct query_arg *arg, int64_t *n)
{
	if (query_integer(arg, n))
		return true;
	reply_error(c, "ERR value is not an integer or out of range");
	return false;
}
