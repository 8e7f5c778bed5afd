#ifndef JSON_JQ_H
#define JSON_JQ_H

#include <stdbool.h>
#include <stddef.h>

#include <jv.h>

#include "core/buf.h"
#include "json/value.h"

/*
 * jq - expressions in jq's language, run by libjq on records.
 *
 * A program is compiled once (about 16 ms: jq's builtins) and run on a value
 * of the tape, which is turned into a jv for it; integers beyond 2^53 are
 * rounded on the way, as jq does.  $ENV, env and ~/.jq are as in jq; input is
 * an error, there are no modules, debug goes to diag_debug, halt ends the
 * results and halt_error is an error.  One thread a program.
 */

struct jqx;

/*
 * Compile.  Returns it, to be freed; or NULL with the reason, one line,
 * appended to why.
 */
struct jqx *jqx_new(const char *expression, struct buf *why);

/* NULL is fine. */
void jqx_free(struct jqx *x);

/*
 * Run on v.  each is called for every result, which it owns (jv_free); it
 * returns false to stop early.
 * Returns true, or false with jq's error appended to why.
 */
bool jqx_run(struct jqx *x, struct jval v, bool (*each)(void *arg, jv result),
    void *arg, struct buf *why);

/*
 * Run and take the first result as jq's truth: all but false and null.  No
 * result is false.  Returns true and sets *truth, or false with the reason.
 */
bool jqx_test(struct jqx *x, struct jval v, bool *truth, struct buf *why);

/*
 * Run and append the first result to out: a string as it is, else as JSON.
 * No result appends nothing.  Returns false with the reason appended to why.
 */
bool jqx_text(struct jqx *x, struct jval v, struct buf *out, struct buf *why);

/*
 * Run and take the first result as a number, null and no result as NaN.
 * Returns false with the reason appended to why, as for all other types.
 */
bool jqx_number(struct jqx *x, struct jval v, double *number, struct buf *why);

/* A value of the tape as jq's; the caller owns it. */
jv jval_to_jv(struct jval v);

/* Append v as compact JSON; takes v. */
void jv_write(struct buf *b, jv v);

#endif
