/* Commands about the connection and the server. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "store/command.h"
#include "store/wire.h"

COMMAND(cmd_ping)
{
	const struct query *r = &s->request;

	if (r->n_args > 2)
		reply_error(
		    c, "ERR wrong number of arguments for 'ping' command");
	else if (r->n_args == 2)
		reply_bulk(s, c, r->args[1].p, r->args[1].len);
	else
		reply(c, "+PONG");
}

COMMAND(cmd_echo)
{
	reply_bulk(s, c, s->request.args[1].p, s->request.args[1].len);
}

COMMAND(cmd_quit)
{
	(void)s;
	c->is_closing = true;
	reply(c, "+OK");
}

COMMAND(cmd_select)
{
	int64_t n;

	if (!command_integer(c, &s->request.args[1], &n))
		return;
	if (n < 0 || n > 1) {
		reply_error(c,
		    "ERR DB index is out of range: 0 is the state, 1 the "
		    "cache");
		return;
	}
	/* replies not yet sure shall depend on one database */
	if (session_is_unsure(s, c))
		serving_commit(s);
	c->db = n == 0 ? STORE_STATE : STORE_CACHE;
	reply(c, "+OK");
}

static void
reply_text(struct session *c, const char *text)
{
	answer_bulk(&c->out, text, strlen(text));
}

COMMAND(cmd_hello)
{
	const struct query *r = &s->request;
	int64_t version;

	if (r->n_args > 1 &&
	    (!query_integer(&r->args[1], &version) || version != 2)) {
		reply_error(c, "NOPROTO unsupported protocol version");
		return;
	}
	if (r->n_args > 2 &&
	    !(r->n_args == 4 && query_is(&r->args[2], "setname"))) {
		reply_error(c, "ERR syntax error: no AUTH here, it is the user "
			       "that counts");
		return;
	}
	answer_array(&c->out, 14);
	reply_text(c, "server");
	reply_text(c, WIRE_SERVER);
	reply_text(c, "version");
	reply_text(c, CDO_VERSION);
	reply_text(c, "proto");
	answer_number(&c->out, 2);
	reply_text(c, "id");
	answer_number(&c->out, (int64_t)c->id);
	reply_text(c, "mode");
	reply_text(c, "standalone");
	reply_text(c, "role");
	reply_text(c, "master");
	reply_text(c, "modules");
	answer_array(&c->out, 0);
}

COMMAND(cmd_client)
{
	const struct query_arg *what = &s->request.args[1];

	if (query_is(what, "setname") || query_is(what, "setinfo"))
		reply(c, "+OK");
	else if (query_is(what, "getname"))
		answer_null(&c->out);
	else if (query_is(what, "id"))
		answer_number(&c->out, (int64_t)c->id);
	else
		reply_error(
		    c, "ERR CLIENT knows SETNAME, SETINFO, GETNAME, ID");
}

/* Name, arity, flags, first key, last key, step. */
static void
describe(struct session *c, const struct command *command)
{
	answer_array(&c->out, 6);
	reply_text(c, command->name);
	answer_number(&c->out, command->arity);
	answer_array(&c->out, 1);
	reply(c, command->flags & COMMAND_WRITE ? "+write" : "+readonly");
	answer_number(&c->out, command->first_key);
	answer_number(&c->out, command->last_key);
	answer_number(&c->out, command->first_key != 0);
}

COMMAND(cmd_command)
{
	const struct query *r = &s->request;

	if (r->n_args == 1) {
		answer_array(&c->out, n_commands);
		for (size_t i = 0; i < n_commands; i++)
			describe(c, &commands[i]);
	} else if (query_is(&r->args[1], "count")) {
		answer_number(&c->out, (int64_t)n_commands);
	} else if (query_is(&r->args[1], "docs")) {
		answer_array(&c->out, 0); /* cdo-cache(1) has them */
	} else {
		reply_error(c, "ERR COMMAND knows COUNT and DOCS");
	}
}

/* What clients ask for when they start. */
COMMAND(cmd_config)
{
	static const char *const settings[][2] = {
	    {"save", ""}, {"appendonly", "yes"}};
	const struct query *r = &s->request;

	if (r->n_args != 3 || !query_is(&r->args[1], "get")) {
		reply_error(c, "ERR CONFIG knows GET with one name");
		return;
	}
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		if (query_is(&r->args[2], settings[i][0])) {
			answer_array(&c->out, 2);
			reply_text(c, settings[i][0]);
			reply_text(c, settings[i][1]);
			return;
		}
	answer_array(&c->out, 0);
}

/* name:value CR LF */
static void
add_line(struct buf *b, const char *name, uint64_t value)
{
	buf_addf(b, "%s:%" PRIu64 "\r\n", name, value);
}

static void
add_databases(struct serving *s, struct buf *b)
{
	int64_t n;

	buf_adds(b, "\r\n# Keyspace\r\n");
	for (enum store_db db = 0; db < STORE_DB_COUNT; db++)
		if (engine_count(&s->engine, db, &n) == 0)
			buf_addf(b, "db%d:keys=%" PRId64 ",name=%s\r\n",
			    (int)(db == STORE_CACHE), n, store_db_names[db]);
}

COMMAND(cmd_info)
{
	struct buf b = {0};

	buf_addf(&b,
	    "# Server\r\nserver_name:%s\r\ncdo_version:%s\r\n"
	    "redis_version:6.0.0\r\nredis_mode:standalone\r\n",
	    WIRE_SERVER, CDO_VERSION);
	add_line(&b, "process_id", (uint64_t)getpid());
	add_line(
	    &b, "uptime_in_seconds", (uint64_t)(s->mono - s->started) / 1000);
	buf_adds(&b, "\r\n# Clients\r\n");
	add_line(&b, "connected_clients", s->n_sessions);
	buf_adds(&b, "\r\n# Memory\r\n");
	add_line(&b, "used_memory_buffers", s->held);
	add_line(&b, "used_memory_tables",
	    s->engine.db[STORE_CACHE].table.bytes +
		s->engine.db[STORE_STATE].table.bytes);
	buf_adds(&b, "\r\n# Stats\r\n");
	add_line(&b, "total_connections_received", s->count.sessions);
	add_line(&b, "total_commands_processed", s->count.commands);
	add_line(&b, "rejected_connections", s->count.refused);
	add_line(&b, "dropped_connections", s->count.dropped);
	add_line(&b, "keyspace_hits", s->count.hits);
	add_line(&b, "keyspace_misses", s->count.misses);
	add_databases(s, &b);
	reply_bulk(s, c, b.data, b.len);
	buf_release(&b);
}
