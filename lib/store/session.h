#ifndef STORE_SESSION_H
#define STORE_SESSION_H

#include "store/answer.h"
#include "store/engine.h"
#include "store/query.h"

/*
 * session - one client of the server, and what all of them share.
 *
 * Bytes come in, requests are run, replies are gathered; they are sent when
 * what they tell has been committed.  Private to the server.
 */

/* Bytes: of replies, before more requests wait; before the client goes. */
#define SESSION_OUT_SOFT ((size_t)256 << 10)
#define SESSION_OUT_MAX ((size_t)17 << 20)
#define SESSION_WATCH_MAX ((size_t)1024) /* keys */

/* Bytes: in the buffers of all; in one batch, by and large. */
#define SERVING_HELD_MAX ((size_t)32 << 20)
#define SERVING_DIRTY_MAX ((size_t)4 << 20)

struct watch {
	struct item *item;
	uint64_t version;
	bool lived;
};

struct session {
	int fd;
	uint64_t id;
	enum store_db db; /* that is selected */
	struct buf in; /* the beginning of a request */
	struct buf out; /* replies */
	size_t n_sent; /* bytes of out */
	size_t need; /* bytes of in before there can be a request */
	int64_t in_since; /* when the request began; monotonic ms */
	int64_t out_since; /* when the client last took a byte, if is_stuck */
	int64_t active; /* when it last sent one */
	size_t held; /* bytes in its buffers, as counted in serving.held */
	uint64_t n_errors; /* that were replied */
	struct buf queue; /* requests since MULTI */
	size_t n_queued;
	bool in_multi, in_exec;
	bool is_aborted; /* EXEC will refuse */
	bool is_waiting; /* requests are at hand, but out is too long */
	bool is_stuck; /* out could not be sent whole */
	bool is_closing; /* when out is sent */
	bool is_dead;
	struct watch *watches; /* owned */
	size_t n_watches, watch_bytes;
	/* replies that are true only if the next commit succeeds */
	size_t n_unsure;
	size_t sure_len; /* of out, before them */
	enum store_db unsure_db;
	uint64_t unsure_commit;
};

/* What all sessions share. */
struct serving {
	struct engine engine;
	struct session **sessions; /* owned, and those in it */
	size_t n_sessions;
	size_t held; /* bytes in buffers of all */
	struct query request; /* the one at work */
	char *block; /* owned: what one read returned */
	struct {
		uint64_t sessions, commands, hits, misses, refused, dropped;
	} count;
	uint64_t last_id;
	int64_t started, mono; /* ms */
	int64_t patience_ms, silence_ms; /* see server.h */
	struct cursors *cursors; /* owned; see cmd_key.c */
};

/* A session on the descriptor, which is owned from now on. */
struct session *session_new(struct serving *s, int fd);

/* Close and free; it must not be in s->sessions any more. */
void session_free(struct serving *s, struct session *c);

/* Read what there is, and run it. */
void session_read(struct serving *s, struct session *c);

/* Run requests that had to wait. */
void session_resume(struct serving *s, struct session *c);

/* Send what there is to be sent. */
void session_send(struct serving *s, struct session *c);

/* When the session has to be closed if nothing happens; monotonic ms. */
int64_t session_deadline(const struct serving *s, const struct session *c);

/* Has it replies that are true only if the next commit succeeds? */
static inline bool
session_is_unsure(const struct serving *s, const struct session *c)
{
	return c->n_unsure > 0 &&
	       c->unsure_commit == s->engine.db[c->unsure_db].n_commits;
}

/* Commit both databases, and take back replies that are not true. */
void serving_commit(struct serving *s);

/* Append a reply of one kind or the other; see answer. */
void reply(struct session *c, const char *line);
void reply_error(struct session *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void reply_bulk(
    struct serving *s, struct session *c, const void *p, size_t len);

/* The engine failed with status. */
void reply_why(struct serving *s, struct session *c, int status);

/* Have the session closed, as one that asks too much. */
void session_drop(struct serving *s, struct session *c);

/* Forget what is watched. */
void session_unwatch(struct session *c);

#endif
