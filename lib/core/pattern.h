#ifndef CORE_PATTERN_H
#define CORE_PATTERN_H

#include <stddef.h>

#include "core/buf.h"

/*
 * pattern - regular expressions, by PCRE2 with its JIT compiler.
 *
 * A pattern is not anchored, $ is the very end of the string, \d and \w are
 * ASCII, and a dot is one code point.  A match that
 * takes too many steps, or on a long value too long, is given up, so that no
 * value can stall a program. A pattern is read-only: threads may share it, each
 * with work of its own.
 */

struct pattern;
struct pattern_work;

/* The language: PCRE2's own, or that of ECMA-262 with the flag u. */
enum pattern_dialect { PATTERN_PCRE, PATTERN_ECMA };

enum pattern_result { PATTERN_NO, PATTERN_YES, PATTERN_GAVE_UP };

/*
 * Compile len bytes of UTF-8.  Returns it, to be freed; or NULL with the
 * reason and the place, one line, appended to why.
 */
struct pattern *pattern_new(const char *text, size_t len,
    enum pattern_dialect dialect, struct buf *why);

/* NULL is fine. */
void pattern_free(struct pattern *p);

/* What one thread needs to match.  Cannot fail. */
struct pattern_work *pattern_work_new(void);

/* NULL is fine. */
void pattern_work_free(struct pattern_work *w);

/* Does p match somewhere in the len bytes at s, which are valid UTF-8? */
enum pattern_result pattern_match(
    const struct pattern *p, struct pattern_work *w, const char *s, size_t len);

#endif
