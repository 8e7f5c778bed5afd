/* Commands on keys, whatever their values are. */
#include "store/command.h"
#include "store/entry.h"

COMMAND(cmd_del)
{
	const struct query *r = &s->request;
	uint64_t n_errors = c->n_errors;
	int64_t n = 0;

	for (size_t i = 1; i < r->n_args; i++) {
		struct item *item = command_key(s, c, &r->args[i]);

		if (c->n_errors > n_errors)
			return;
		n += engine_lives(&s->engine, item);
		if (item->gone != ITEM_NONE)
			engine_del(&s->engine, c->db, item);
	}
	answer_number(&c->out, n);
}

COMMAND(cmd_exists)
{
	const struct query *r = &s->request;
	int64_t n = 0;

	for (size_t i = 1; i < r->n_args; i++) {
		const struct item *item = command_key(s, c, &r->args[i]);

		if (!item)
			return;
		n += engine_lives(&s->engine, item);
	}
	answer_number(&c->out, n);
}

/* How long the key's entry lives: -1 for ever, -2 there is none. */
static bool
rest(struct serving *s, struct session *c, int64_t *ms)
{
	const struct item *i = command_key(s, c, &s->request.args[1]);

	if (!i)
		return false;
	if (!engine_lives(&s->engine, i))
		*ms = -2;
	else if (i->gone == STORE_NEVER)
		*ms = -1;
	else
		*ms = i->gone - s->engine.now;
	return true;
}

COMMAND(cmd_pttl)
{
	int64_t ms;

	if (rest(s, c, &ms))
		answer_number(&c->out, ms);
}

COMMAND(cmd_ttl)
{
	int64_t ms;

	if (rest(s, c, &ms))
		answer_number(
		    &c->out, ms < 0 ? ms : ms / 1000 + (ms % 1000 >= 500));
}

static void
expire(struct serving *s, struct session *c, int64_t unit)
{
	struct item *i;
	int64_t n, gone;
	char *p;

	if (!command_integer(c, &s->request.args[2], &n))
		return;
	if (__builtin_mul_overflow(n, unit, &n)) {
		reply_error(c, "ERR invalid expire time");
		return;
	}
	i = command_key(s, c, &s->request.args[1]);
	if (!i)
		return;
	if (engine_lives(&s->engine, i) && n > 0) {
		gone = entry_later(s->engine.now, n);
		p = engine_put(&s->engine, c->db, i, i->len, gone);
		entry_put_life(p, gone);
		reply(c, ":1");
	} else if (engine_lives(&s->engine, i)) {
		engine_del(&s->engine, c->db, i);
		reply(c, ":1");
	} else {
		reply(c, ":0");
	}
}

COMMAND(cmd_expire)
{
	expire(s, c, 1000);
}

COMMAND(cmd_pexpire)
{
	expire(s, c, 1);
}

COMMAND(cmd_dbsize)
{
	int64_t n;
	int status = engine_count(&s->engine, c->db, &n);

	if (status == 0)
		answer_number(&c->out, n);
	else
		reply_why(s, c, status);
}

COMMAND(cmd_flushdb)
{
	int status = engine_clear(&s->engine, c->db);

	if (status == 0)
		reply(c, "+OK");
	else
		reply_why(s, c, status);
}
