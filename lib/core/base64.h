#ifndef CORE_BASE64_H
#define CORE_BASE64_H

#include <stdbool.h>

#include "core/buf.h"

/* Append len bytes in base64 (RFC 4648, section 4), padded. */
void base64_add(struct buf *b, const void *data, size_t len);

/* Append the bytes that len characters of such base64 stand for.  Returns
 * whether it was some; if not, nothing is appended. */
bool base64_decode(struct buf *b, const char *s, size_t len);

#endif
