#ifndef SOURCE_TASK_H
#define SOURCE_TASK_H

#include "http/stack.h"
#include "source/body.h"
#include "source/compose.h"
#include "source/decode.h"
#include "source/emit.h"
#include "source/pager.h"
#include "source/source.h"
#include "source/track.h"

/*
 * task - one stream of records: a definition with values for its variables,
 * page by page.  Private to source.
 */

struct task {
	struct definition *d; /* lent by the source, unless */
	bool is_own; /* it is the task's */
	json_t *vars; /* owned */
	char *name; /* for messages; owned */
	char *partition; /* "" if there is but one; owned */
	char *url; /* in the place of the definition's; owned; or NULL */
	bool is_from_data; /* the URL came from standard input */
	struct task *next;
};

void task_free(struct task *t);

/* One thread's part: what is compiled, and what is parsed. */
struct worker {
	struct source *source;
	struct emit emit;
	const struct definition *d; /* whose expressions these are, or */
	bool is_bare; /* any that is but a URL */
	struct expr *records, *map; /* owned; or NULL */
	struct page_exprs pages;
	struct jpath path; /* of the array that is cut out */
	bool has_path; /* there is one */
	bool is_whole; /* records are found in the whole body */
	struct jdoc page; /* the body, or what is around the records */
	struct envelope envelope;
	struct buf text; /* a record that was computed */
	uint64_t n_computed;
};

void worker_init(struct worker *w, struct source *s);
void worker_release(struct worker *w);

/* Compile what d has, unless it is there.  Returns false with the reason
 * appended to why. */
bool worker_set(struct worker *w, const struct definition *d, struct buf *why);

/* A stream while it is read. */
struct stream {
	struct worker *w;
	const struct task *task;
	const struct definition *d;
	struct track track;
	struct pager pager;
	struct composed request;
	struct body body;
	struct buf name; /* for messages: task and page; a string */
	struct buf annotation;
	uint64_t n_bytes; /* of the page */
	unsigned parse_retries; /* left for the page */
	unsigned refreshes;
	bool is_started; /* the body of this attempt has begun */
	bool is_cut; /* it ended in the middle */
	bool has_body; /* w->page is what the page's expressions look at */
	bool is_stale; /* a page came from an old answer */
	struct buf recorded; /* the body, if it is kept; else empty */
	struct buf replayed; /* the header of a page that was; a string */
	struct http_result result;
	struct cache_outcome outcome;
};

/* Do the task; what goes wrong is told.  Returns 0 or a status. */
int stream_run(struct worker *w, const struct task *task);

/* The parts: one page by each scheme.  page_ask returns what has become of
 * it. */
enum page_end {
	PAGE_CAME,
	PAGE_ABSENT, /* on_status says to ignore it */
	PAGE_STOPPED, /* by a signal, the limit or a fault; values count */
	PAGE_LOST /* told; *status is set */
};
enum page_end page_ask(struct stream *st, int *status);
enum page_end page_from_web(struct stream *st, int *status);
enum page_end page_from_bucket(struct stream *st, int *status);
enum page_end page_from_server(struct stream *st, int *status);
enum page_end page_from_file(struct stream *st, int *status);
enum page_end page_from_sim(struct stream *st, int *status);

/* What both http and those that go by it do; login and s3 may be NULL. */
enum page_end page_get(struct stream *st, const char *url,
    const struct http_login *login, struct s3 *s3, int *status);

/* Begin the body of an attempt; what came of it; all came: false if it was
 * cut in the middle. */
void page_start(struct stream *st, const char *type);
bool page_feed(struct stream *st, const char *data, size_t len);
bool page_finish(struct stream *st);

/* The path of file:PATH or file:///PATH, to be freed; NULL if it is none. */
char *source_path_of(const char *url);

bool source_check_file(const char *url, struct buf *why);
bool source_check_server(const char *url, struct buf *why);
bool source_check_sim(const char *url, struct buf *why);

/* Prepare a task up to the request for its first page, with its secrets, and
 * hand it to look; nothing is sent.  Returns what look does, or a status. */
int stream_look(struct worker *w, const struct task *task,
    int (*look)(void *arg, struct stream *st), void *arg);

/* Compose the request for the page at hand; is_shown: with references in the
 * place of secrets.  Returns 0 or a status, told. */
int stream_compose(struct stream *st, struct composed *c, bool is_shown);

/* The same, as the stream's request. */
int stream_compose_page(struct stream *st, bool is_shown);

/* Set the variables that are always there: of the clock, and the cursor. */
void stream_set_variables(struct stream *st);

/* Write the request, without its secrets, in the place of records.  Returns 0
 * or a status, told. */
int stream_print(struct stream *st);

/* The header that leads to the next page, or NULL. */
const char *stream_header(const struct stream *st);

/* A step of the lease of a stream with a cursor. */
int stream_step_lease(struct stream *st,
    bool (*step)(void *state, int64_t now, void *arg), void *arg);

/* Such steps: take it, and say in arg, a bool, whether it is ours; give
 * it back. */
bool stream_take(void *state, int64_t now, void *arg);
bool stream_drop(void *state, int64_t now, void *arg);

/* Before another page, if there is a cursor: is the lease still ours?  A page
 * may have taken longer than it lasts, and another run got it.  Returns false
 * with a status, told. */
bool stream_keep_lease(struct stream *st, int *status);

/* How answers are kept, and whether they are. */
struct cache_policy stream_caching(const struct stream *st);
bool stream_is_cached(const struct stream *st, const struct cache_policy *p);

/* The next task; NULL if there is no more.  Pair with source_done, which frees
 * it. */
struct task *source_next(struct source *s);
void source_done(struct source *s, struct task *t);

/* A task for each row; appended to the list. */
void source_add_rows(struct source *s, struct definition *d,
    const json_t *params, bool is_from_data);

/* A task for a URL that came with data. */
void source_add_url(struct source *s, const char *url);

/* The definition of a name or URL, loaded once.  Returns 0 or a status. */
int source_define(struct source *s, const char *name, struct definition **d);

/* The next request on standard input as tasks.  Returns false at the end. */
bool source_read_request(struct source *s);

/* The store and the client, made when they are needed; with the lock. */
struct store *source_store(struct source *s);
struct http *source_http(struct source *s);

/* The cache, and who signs for buckets: as above.  s3 may fail, told. */
struct cache *source_cache(struct source *s);
struct s3 *source_s3(struct source *s);

/* A task for another URL of the same source, ahead of the others. */
void source_add_part(
    struct source *s, const struct task *like, const char *url);

/* Add a task for each object below a prefix of a bucket.  Returns 0, or a
 * status after telling why. */
int stream_list_bucket(struct stream *st);

/* What stands before calls to where url is; NULL: nothing. */
struct origin *source_origin(
    struct source *s, const struct definition *d, const char *url);

#endif
