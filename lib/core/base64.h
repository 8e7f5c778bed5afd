#ifndef CORE_BASE64_H
#define CORE_BASE64_H

#include "core/buf.h"

/* Append len bytes in base64 (RFC 4648, section 4), padded. */
void base64_add(struct buf *b, const void *data, size_t len);

#endif
