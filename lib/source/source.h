#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/map.h"
#include "http/http.h"
#include "source/definition.h"
#include "source/emit.h"
#include "store/store.h"

/*
 * source - records from URLs (http, https, s3, ftp, sftp, file), simulators
 * (sim) and source files to standard output.  What goes wrong is told (diag),
 * by the URL without its secrets, or the source's name.
 *
 * A page is held back (see emit).  An attempt that fails leaves nothing
 * behind and may be tried again; one that fails after its records went out is
 * not tried again.  A body that is complete and ends in the middle of a value
 * is tried again like one that was cut short; after the last attempt its
 * whole values count.
 *
 * What is asked for is a list of tasks: a definition, and values for its
 * variables.  With jobs > 1 as many threads take them in turn.
 */

#define SOURCE_HOLD ((size_t)1 << 20) /* bytes; of source files more: */
#define SOURCE_HOLD_PAGE ((size_t)16 << 20)

/* What goes before the source file; 0, NULL and -1 are "not said". */
struct source_options {
	enum format format;
	bool csv_strings;
	const char *expression; /* of -x */
	int64_t hold; /* bytes; -1 */
	uint64_t limit; /* records in all */
	const char *const *headers; /* lent; "Name: value", ends with NULL */
	int redirects; /* enum http_redirects; -1 */
	int64_t timeout_ms; /* of an attempt */
	uint64_t max_size; /* of a body */
	int64_t retries; /* -1 */
	int64_t retry_delay_ms, deadline_ms;
	struct rate_rule rate; /* an interval of 0 */
	int64_t ttl_ms, stale_if_error_ms; /* -1 */
	const json_t *params; /* an object of arrays of strings; or NULL */
	const char *record, *replay; /* directories; or NULL */
	const char *tokens; /* a directory for them, or NULL; see auth */
	const char *stream; /* name of the cursor */
	const char *since;
	unsigned jobs; /* at least 1 */
	bool annotates;
	bool is_exclusive; /* a lease that is held is EX_TEMPFAIL */
	bool commits; /* at the end, for who has no sink that does */
	bool is_strict; /* old answers are exit status 4 */
	bool shares; /* plain URLs, too, share breakers and rates */
	bool is_dry; /* print requests, send none */
};

struct source {
	const struct source_options *options; /* lent */
	struct emit_all all;

	/* private */
	pthread_mutex_t lock; /* of what follows */
	struct http *http; /* NULL until it is needed; for all threads */
	struct store *store; /* the same, with lock */
	struct store *origin_store; /* used by origins only */
	struct origins *origins; /* NULL until they are needed */
	struct store *cache_store; /* used by the cache only */
	struct cache *cache; /* NULL until it is needed */
	struct s3 *s3; /* the same */
	unsigned n_busy; /* workers at a task, which may add others */
	pthread_cond_t news; /* a task was added, or one is done */
	struct map definitions; /* by name; owned */
	struct task *tasks, **tail; /* to be done, in order */
	bool reads_requests; /* more come from standard input */
	pthread_mutex_t input_lock; /* of what follows, to input_is_over */
	struct buf input; /* of it */
	bool input_is_over;
	uint64_t line; /* of it */
	struct map checkpoints; /* the last of each stream; owned strings */
	size_t n_failed, n_good, n_cut, n_stale;
	int status; /* of the first that failed */
};

/* Set up.  Cannot fail. */
void source_init(struct source *s, const struct source_options *o);

/*
 * Add what operand names: a URL, a source file by path or name, or "-": the
 * requests on standard input.
 * Returns 0; or EX_USAGE, EX_NOINPUT, EX_IOERR or EX_CONFIG after a
 * diagnostic.
 */
int source_ask(struct source *s, const char *operand);

/* Do all of it, until a signal comes or the limit is reached. */
void source_run(struct source *s);

/* All that was written is out, and standard output closed: keep the cursors,
 * if that is wanted.  Returns 0, or a status after a diagnostic. */
int source_commit(struct source *s);

/*
 * Free everything.  Returns the exit status: 0; 4 if an old answer had to do,
 * where that is asked for; EX_DATAERR if values were malformed; 3 if some
 * sources failed or were cut off and records came or other sources did not
 * fail; else the status of the first that failed; or 128 and the signal.
 */
int source_finish(struct source *s);

#endif
