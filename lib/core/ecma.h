#ifndef CORE_ECMA_H
#define CORE_ECMA_H

#include <stddef.h>

#include "core/buf.h"

/*
 * ecma - patterns of ECMA-262, with the flag u, in the words of PCRE2.
 *
 * The language is that of the 15th edition (2024), and the modifiers of the
 * 16th: (?i:...).  The translation means the same to PCRE2 with the options
 * UTF, DOTALL, DOLLAR_ENDONLY and MATCH_UNSET_BACKREF and without UCP.
 *
 * Where it cannot: what a group has captured is kept when an enclosing group
 * is repeated, and \P{...} ignores the modifier i.  Both matter only to odd
 * patterns.
 */

enum ecma_result {
	ECMA_GOOD,
	ECMA_UNABLE, /* a pattern, but PCRE2 has no words for it */
	ECMA_WRONG /* no pattern of ECMA-262 */
};

/*
 * Translate len bytes and append the translation to out.  If the result is
 * not ECMA_GOOD, the reason and the place, one line, are appended to why, and
 * out is of no use.  PCRE2 may yet refuse what is too large for it, or a
 * lookbehind whose length is not fixed.
 */
enum ecma_result ecma_translate(
    const char *text, size_t len, struct buf *out, struct buf *why);

#endif
