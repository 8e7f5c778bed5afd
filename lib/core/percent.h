#ifndef CORE_PERCENT_H
#define CORE_PERCENT_H

#include <stdbool.h>

#include "core/buf.h"

/*
 * percent - the escapes of URLs (RFC 3986, 2.1), resolved.
 *
 * Append what the len characters at s stand for: %41 is an A, and with
 * is_form, as in the query of a form, + is a space.  A % that begins no escape
 * is itself.
 */
void percent_decode(struct buf *out, const char *s, size_t len, bool is_form);

#endif
