#ifndef STORE_COMMAND_H
#define STORE_COMMAND_H

#include "store/session.h"

/*
 * command - what the server can be asked, one function each.
 *
 * A function finds the request in s->request, its number of arguments
 * checked, and appends exactly one reply.
 */

enum {
	COMMAND_WRITE = 1,
	COMMAND_ALONE = 2, /* not within MULTI */
	COMMAND_NOW = 4, /* within MULTI it is run, not queued */
	COMMAND_WHOLE = 8, /* reads the database: what is dirty goes first */
	COMMAND_DATA = 16, /* its answer depends on entries */
};

struct command {
	const char *name; /* small letters */
	int arity; /* arguments with the name; -n: at least n */
	int flags;
	int first_key, last_key; /* -1: to the end; 0: none */
	void (*run)(struct serving *s, struct session *c);
};

extern const struct command commands[]; /* by name; ends with name NULL */
extern const size_t n_commands;

/* Run or queue the request in s->request; its bytes are those at p. */
void command_run(struct serving *s, struct session *c, const char *p);

/* Run it, whether there is a MULTI or not. */
void command_execute(struct serving *s, struct session *c);

/* The item of an argument that is a key, or NULL and an error is replied. */
struct item *command_key(
    struct serving *s, struct session *c, const struct query_arg *arg);

/* An argument that is an integer; else an error is replied. */
bool command_integer(
    struct session *c, const struct query_arg *arg, int64_t *n);

#define COMMAND(name) void name(struct serving *s, struct session *c)

COMMAND(cmd_client);
COMMAND(cmd_command);
COMMAND(cmd_config);
COMMAND(cmd_dbsize);
COMMAND(cmd_decr);
COMMAND(cmd_decrby);
COMMAND(cmd_del);
COMMAND(cmd_discard);
COMMAND(cmd_echo);
COMMAND(cmd_exec);
COMMAND(cmd_exists);
COMMAND(cmd_expire);
COMMAND(cmd_flushdb);
COMMAND(cmd_get);
COMMAND(cmd_hello);
COMMAND(cmd_incr);
COMMAND(cmd_incrby);
COMMAND(cmd_info);
COMMAND(cmd_mget);
COMMAND(cmd_multi);
COMMAND(cmd_pexpire);
COMMAND(cmd_ping);
COMMAND(cmd_pttl);
COMMAND(cmd_quit);
COMMAND(cmd_scan);
COMMAND(cmd_select);
COMMAND(cmd_set);
COMMAND(cmd_ttl);
COMMAND(cmd_unwatch);
COMMAND(cmd_watch);

#endif
