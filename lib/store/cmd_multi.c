/* Transactions: all commands between MULTI and EXEC, if no watched key has
 * changed. */
#include <string.h>

#include "core/xmem.h"
#include "store/command.h"

static void
forget_queue(struct session *c)
{
	session_unwatch(c);
	buf_release(&c->queue);
	c->n_queued = 0;
	c->in_multi = c->is_aborted = false;
}

COMMAND(cmd_multi)
{
	(void)s;
	if (c->in_multi) {
		reply_error(c, "ERR MULTI calls can not be nested");
		return;
	}
	c->in_multi = true;
	c->is_aborted = false;
	reply(c, "+OK");
}

COMMAND(cmd_discard)
{
	(void)s;
	if (!c->in_multi) {
		reply_error(c, "ERR DISCARD without MULTI");
		return;
	}
	forget_queue(c);
	reply(c, "+OK");
}

/* Watch one more key; returns whether it could be. */
static bool
watch(struct serving *s, struct session *c, const struct query_arg *key)
{
	struct item *item = command_key(s, c, key);

	if (!item)
		return false;
	item->n_watches++;
	c->watches[c->n_watches++] =
	    (struct watch){item, item->version, engine_lives(&s->engine, item)};
	c->watch_bytes += sizeof(struct watch) + sizeof(*item) + key->len;
	return true;
}

COMMAND(cmd_watch)
{
	const struct query *r = &s->request;
	size_t n = c->n_watches + r->n_args - 1;

	if (c->in_multi) {
		reply_error(c, "ERR WATCH inside MULTI is not allowed");
		return;
	}
	if (n > SESSION_WATCH_MAX || s->held > SERVING_HELD_MAX) {
		reply_error(c, "ERR too many keys to watch");
		return;
	}
	c->watches = xrealloc(c->watches, n, sizeof(*c->watches));
	for (size_t i = 1; i < r->n_args; i++)
		if (!watch(s, c, &r->args[i]))
			return;
	reply(c, "+OK");
}

COMMAND(cmd_unwatch)
{
	(void)s;
	session_unwatch(c);
	reply(c, "+OK");
}

/* Has nothing that is watched changed, nor come to the end of its life? */
static bool
is_unchanged(const struct serving *s, const struct session *c)
{
	for (size_t i = 0; i < c->n_watches; i++) {
		const struct watch *w = &c->watches[i];

		if (w->item->version != w->version ||
		    engine_lives(&s->engine, w->item) != w->lived)
			return false;
	}
	return true;
}

/* Run what is queued. */
static void
run_queue(struct serving *s, struct session *c)
{
	const char *why;
	size_t need;

	answer_array(&c->out, c->n_queued);
	for (size_t done = 0; done < c->queue.len; done += s->request.len) {
		if (query_parse(c->queue.data + done, c->queue.len - done,
			&s->request, &need, &why) != QUERY_WHOLE)
			break; /* never: it was parsed before */
		command_execute(s, c);
	}
}

COMMAND(cmd_exec)
{
	if (!c->in_multi) {
		reply_error(c, "ERR EXEC without MULTI");
		return;
	}
	if (c->is_aborted)
		reply_error(c,
		    "EXECABORT Transaction discarded because of previous "
		    "errors.");
	else if (!is_unchanged(s, c))
		reply(c, "*-1");
	else
		run_queue(s, c);
	forget_queue(c);
}
