#ifndef CORE_SLURP_H
#define CORE_SLURP_H

#include "core/buf.h"

/*
 * Append all that there is to read from fd, at most max bytes.
 * Returns 0, or errno; EFBIG if there is more.  b keeps what was read.
 */
int slurp(int fd, size_t max, struct buf *b);

#endif
