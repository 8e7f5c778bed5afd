/* Commands that read and write values. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/command.h"
#include "store/entry.h"
#include "store/wire.h"

static void
reply_item(struct serving *s, struct session *c, const struct item *i)
{
	if (!engine_lives(&s->engine, i)) {
		s->count.misses++;
		answer_null(&c->out);
		return;
	}
	s->count.hits++;
	if (i->data[1] == ENTRY_PLAIN)
		reply_bulk(s, c, i->data + ENTRY_HEADER, i->len - ENTRY_HEADER);
	else
		reply_bulk(s, c, i->data, i->len);
}

/*
 * Is the key a count of events?  Then add delta to it, if there is such a
 * count, and set *n.
 */
static bool
is_event(struct serving *s, const struct session *c,
    const struct query_arg *key, int64_t delta, int64_t *n)
{
	size_t head = sizeof(WIRE_EVENT) - 1;

	if (c->db != STORE_CACHE || key->len < head ||
	    memcmp(key->p, WIRE_EVENT, head) != 0)
		return false;
	*n = engine_event(&s->engine, key->p + head, key->len - head, delta);
	return *n >= 0;
}

/* Append the value of the key, or nothing if it is an error. */
static void
get(struct serving *s, struct session *c, const struct query_arg *key)
{
	const struct item *i;
	char text[24];
	int64_t n;

	if (is_event(s, c, key, 0, &n)) {
		snprintf(text, sizeof(text), "%" PRId64, n);
		reply_bulk(s, c, text, strlen(text));
		return;
	}
	i = command_key(s, c, key);
	if (i)
		reply_item(s, c, i);
}

COMMAND(cmd_get)
{
	get(s, c, &s->request.args[1]);
}

COMMAND(cmd_mget)
{
	const struct query *r = &s->request;
	size_t start = c->out.len, before = start;
	uint64_t n_errors = c->n_errors;

	answer_array(&c->out, r->n_args - 1);
	for (size_t i = 1; i < r->n_args && c->n_errors == n_errors; i++) {
		before = c->out.len;
		get(s, c, &r->args[i]);
	}
	if (c->n_errors == n_errors)
		return;
	/* the error is the whole reply */
	c->out.len -= before - start;
	memmove(c->out.data + start, c->out.data + before, c->out.len - start);
}

struct set {
	int64_t gone; /* or 0: not said */
	bool nx, xx, keeps, gets;
};

/* EX or PX and its argument. */
static bool
read_life(struct serving *s, struct session *c, const struct query_arg *arg,
    int64_t unit, int64_t *gone)
{
	int64_t n;

	if (!command_integer(c, arg, &n))
		return false;
	if (n <= 0 || __builtin_mul_overflow(n, unit, &n)) {
		reply_error(c, "ERR invalid expire time in 'set' command");
		return false;
	}
	*gone = entry_later(s->engine.now, n);
	return true;
}

static bool
read_options(struct serving *s, struct session *c, struct set *set)
{
	const struct query *r = &s->request;

	for (size_t i = 3; i < r->n_args; i++) {
		const struct query_arg *arg = &r->args[i];
		bool is_ex = query_is(arg, "ex"), is_px = query_is(arg, "px");

		if ((is_ex || is_px) && i + 1 < r->n_args && set->gone == 0) {
			if (!read_life(s, c, &r->args[++i], is_ex ? 1000 : 1,
				&set->gone))
				return false;
		} else if (query_is(arg, "nx")) {
			set->nx = true;
		} else if (query_is(arg, "xx")) {
			set->xx = true;
		} else if (query_is(arg, "keepttl")) {
			set->keeps = true;
		} else if (query_is(arg, "get")) {
			set->gets = true;
		} else {
			reply_error(c, "ERR syntax error");
			return false;
		}
	}
	if ((set->nx && set->xx) || (set->keeps && set->gone != 0)) {
		reply_error(c, "ERR syntax error");
		return false;
	}
	return true;
}

/* Make the item what the client sent; see wire. */
static void
put(struct serving *s, struct session *c, struct item *i, int64_t gone)
{
	const struct query_arg *value = &s->request.args[2];
	struct store_value v = {.created = s->engine.now,
	    .expires = gone,
	    .stale_until = gone,
	    .is_plain = true};
	char *p;

	if (entry_is(value->p, value->len)) {
		entry_read(value->p, value->len, s->engine.now, &v);
		p = engine_put(&s->engine, c->db, i, value->len, v.stale_until);
		memcpy(p, value->p, value->len);
		return;
	}
	p = engine_put(&s->engine, c->db, i, ENTRY_HEADER + value->len, gone);
	entry_head(p, &v);
	memcpy(p + ENTRY_HEADER, value->p, value->len);
}

COMMAND(cmd_set)
{
	struct set set = {0};
	struct item *i;
	bool lives;

	if (!read_options(s, c, &set))
		return;
	i = command_key(s, c, &s->request.args[1]);
	if (!i)
		return;
	lives = engine_lives(&s->engine, i);
	if (set.gets)
		reply_item(s, c, i);
	if ((set.nx && lives) || (set.xx && !lives)) {
		if (!set.gets)
			answer_null(&c->out);
		return;
	}
	if (set.keeps && lives)
		set.gone = i->gone;
	put(s, c, i, set.gone != 0 ? set.gone : STORE_NEVER);
	if (!set.gets)
		reply(c, "+OK");
}

/* Add to a value that is an integer; what there is keeps its life. */
static void
add(struct serving *s, struct session *c, int64_t delta)
{
	struct store_value v = {.created = s->engine.now,
	    .expires = STORE_NEVER,
	    .stale_until = STORE_NEVER,
	    .is_plain = true};
	struct query_arg old = {"0", 1};
	char text[24];
	struct item *i;
	int64_t n;
	size_t len;
	char *p;

	if (is_event(s, c, &s->request.args[1], delta, &n)) {
		answer_number(&c->out, n);
		return;
	}
	i = command_key(s, c, &s->request.args[1]);
	if (!i)
		return;
	if (engine_lives(&s->engine, i)) {
		entry_read(i->data, i->len, s->engine.now, &v);
		old = (struct query_arg){v.data, v.len};
	}
	if (!command_integer(c, &old, &n))
		return;
	if (__builtin_add_overflow(n, delta, &n)) {
		reply_error(c, "ERR increment or decrement would overflow");
		return;
	}
	len = (size_t)snprintf(text, sizeof(text), "%" PRId64, n);
	p = engine_put(&s->engine, c->db, i, ENTRY_HEADER + len, v.stale_until);
	entry_head(p, &v);
	memcpy(p + ENTRY_HEADER, text, len);
	answer_number(&c->out, n);
}

COMMAND(cmd_incr)
{
	add(s, c, 1);
}

COMMAND(cmd_decr)
{
	add(s, c, -1);
}

COMMAND(cmd_incrby)
{
	int64_t n;

	if (command_integer(c, &s->request.args[2], &n))
		add(s, c, n);
}

COMMAND(cmd_decrby)
{
	int64_t n;

	if (!command_integer(c, &s->request.args[2], &n))
		return;
	if (n == INT64_MIN)
		reply_error(c, "ERR decrement would overflow");
	else
		add(s, c, -n);
}
