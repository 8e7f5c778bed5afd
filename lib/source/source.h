#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "http/http.h"
#include "http/retry.h"
#include "source/decode.h"
#include "source/emit.h"
#include "json/expr.h"

/*
 * source - records from a URL (http, https, file) or a simulator (sim) to
 * standard output.  What goes wrong is told (diag), by the URL without its
 * secrets.
 *
 * An attempt at a URL is held back (see emit).  One that fails leaves
 * nothing behind and may be tried again; one that fails after its records
 * went out is not tried again.  A body that is complete and ends in the
 * middle of a value is tried again like one that was cut short; after the
 * last attempt its whole values count.
 */

struct source_options {
	enum format format;
	struct decode_options decode;
	struct expr *expression; /* lent; NULL: values are records */
	size_t hold; /* bytes */
	uint64_t limit; /* records in all */
	const char *const *headers; /* lent; "Name: value", ends with NULL */
	enum http_redirects redirects;
	int64_t timeout_ms; /* of an attempt; 0: http's */
	uint64_t max_size; /* of a body; 0: http's, none for files */
	struct http_policy policy;
};

struct source {
	const struct source_options *options; /* lent */
	struct emit emit;
	struct http *http; /* NULL until it is needed */
	size_t n_failed, n_good; /* sources */
	int status; /* of the first that failed */
};

/* May operand be run?  Else appends why to it. */
bool source_check(const char *operand, struct buf *why);

/* Set up.  Cannot fail. */
void source_init(struct source *s, const struct source_options *o);

/* Run one operand, unless a signal came or the limit is reached. */
void source_run(struct source *s, const char *operand);

/*
 * Free everything.  Returns the exit status: 0; EX_DATAERR if values were
 * malformed; 3 if some sources failed and records came or other sources did
 * not fail; else the status of the first that failed; or 128 and the signal.
 */
int source_finish(struct source *s);

/* Private: the kinds.  Each tells what went wrong and returns the status. */
int source_web(struct source *s, const char *url);
int source_file(struct source *s, const char *url);
int source_sim(struct source *s, const char *url);
bool source_check_file(const char *url, struct buf *why);
bool source_check_sim(const char *url, struct buf *why);

#endif
