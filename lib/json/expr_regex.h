#ifndef JSON_EXPR_REGEX_H
#define JSON_EXPR_REGEX_H

#include "json/expr_node.h"

/*
 * expr_regex - private to expr: test("pattern").
 *
 * jq matches with Oniguruma, which is not ours (core/pattern).  Both agree on
 * patterns out of plain characters, sets, groups, anchors and the usual
 * repetitions, on texts of printable characters; all else is left to libjq.
 */

/* Make n the test for a pattern; flags: NULL for none.  Returns false where
 * the two might differ. */
bool eregex_compile(
    struct enode *n, const struct ev *pattern, const struct ev *flags);

#endif
