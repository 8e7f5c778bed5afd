#ifndef JSON_EXPR_H
#define JSON_EXPR_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "json/fields.h"
#include "json/path.h"
#include "json/value.h"

/*
 * expr - expressions in jq's language on records.
 *
 * What people mostly write is compiled in microseconds to a small program of
 * our own that runs on the tape; the rest goes to libjq (json/jq.h), which
 * takes 16 ms to start.  Both give the same results and the same errors.
 * Numbers are doubles, as in jq: integers beyond 2^53 are rounded.
 * One thread an expr.  A result longer than EXPR_RESULT is an error, as is,
 * where we run it ourselves, needing more than 64 MiB.  libjq has no limits
 * of its own.
 *
 * Callers that read many things from a record share one pass over it: give
 * expr_new a set of fields, where it registers the paths that it reads below
 * the record, and later expr_attach a view of that set.  From then on the
 * paths are taken from the view, which the caller has filled by fields_read
 * for the very value that it passes as v.  Without a set it reads v itself.
 */

#define EXPR_RESULT ((size_t)16 << 20) /* bytes of a result in text */

struct expr;

/*
 * Compile.  f: where to register paths, or NULL; it need not live longer.  The
 * same text in the same set adds nothing the second time, so that each thread
 * can compile its own.
 * Returns it, to be freed; or NULL with the reason appended to why.
 */
struct expr *expr_new(const char *text, struct fields *f, struct buf *why);

/* NULL is fine. */
void expr_free(struct expr *x);

/* Read paths from v, a view of the set given to expr_new; lent, till the next
 * call.  NULL: read the value itself again. */
void expr_attach(struct expr *x, const struct fields_view *v);

/*
 * The first result as jq's truth: all but false and null.  No result is false.
 * Returns true and sets *truth, or false with the error appended to why.
 */
bool expr_test(struct expr *x, struct jval v, bool *truth, struct buf *why);

/*
 * Append the first result to out: a string as it is, else as JSON.  No result
 * appends nothing.  Returns false with the error appended to why.
 */
bool expr_text(struct expr *x, struct jval v, struct buf *out, struct buf *why);

/*
 * Call each for every result: len bytes of compact JSON, lent.  It returns
 * false to stop early.
 * Returns true, or false with the error appended to why, after the results
 * that came before it.
 */
bool expr_each(struct expr *x, struct jval v,
    bool (*each)(void *arg, const char *json, size_t len), void *arg,
    struct buf *why);

/* Does it run without libjq? */
bool expr_is_native(const struct expr *x);

#endif
