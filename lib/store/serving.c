/* Replies, and what becomes of them if a commit fails. */
#include <stdarg.h>
#include <stdio.h>
#include <sysexits.h>

#include "core/xmem.h"
#include "store/session.h"

#define EXACT ((size_t)64 << 10)
#define BULK_HEAD 32 /* bytes around a bulk string, and more */

void
session_drop(struct serving *s, struct session *c)
{
	c->is_dead = true;
	s->count.dropped++;
}

void
reply(struct session *c, const char *line)
{
	buf_adds(&c->out, line);
	buf_add(&c->out, "\r\n", 2);
}

void
reply_error(struct session *c, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (char *p = text; *p; p++)
		if (*p == '\r' || *p == '\n')
			*p = ' ';
	buf_addc(&c->out, '-');
	reply(c, text);
	c->n_errors++;
}

void
reply_why(struct serving *s, struct session *c, int status)
{
	const char *word = "IOERR";

	if (status == EX_TEMPFAIL)
		word = "TRYAGAIN";
	else if (status == EX_DATAERR)
		word = "ERR";
	reply_error(c, "%s %s", word, store_why(s->engine.store));
}

/* Room for n bytes; for many, no more than that. */
static void
make_room(struct buf *b, size_t n)
{
	if (n < EXACT || b->cap - b->len >= n)
		return;
	b->cap = b->len + n;
	b->data = xrealloc(b->data, b->cap, 1);
}

void
reply_bulk(struct serving *s, struct session *c, const void *p, size_t len)
{
	if (c->is_dead)
		return;
	if (c->out.len + len > SESSION_OUT_MAX ||
	    s->held + c->out.len + len > SERVING_HELD_MAX) {
		session_drop(s, c);
		return;
	}
	make_room(&c->out, len + BULK_HEAD);
	answer_bulk(&c->out, p, len);
}

/* The replies of a session since its first unsure one are not true. */
static void
take_back(struct serving *s, struct session *c, int status)
{
	size_t n = c->n_unsure;

	c->out.len = c->sure_len;
	c->n_unsure = 0;
	while (n-- > 0)
		reply_why(s, c, status);
	c->is_aborted = c->in_multi;
}

static void
commit(struct serving *s, enum store_db db)
{
	uint64_t n_commits = s->engine.db[db].n_commits;
	int status = engine_commit(&s->engine, db);

	for (size_t i = 0; i < s->n_sessions && status != 0; i++) {
		struct session *c = s->sessions[i];

		if (c->n_unsure > 0 && c->unsure_db == db &&
		    c->unsure_commit == n_commits)
			take_back(s, c, status);
	}
}

void
serving_commit(struct serving *s)
{
	for (enum store_db db = 0; db < STORE_DB_COUNT; db++)
		if (engine_is_dirty(&s->engine, db))
			commit(s, db);
}
