#ifndef STREAM_TEMP_H
#define STREAM_TEMP_H

#include "core/buf.h"

/*
 * Make a file without a name in TMPDIR (else /tmp), to read and to write: it
 * is gone when it is closed, and closes with exec.
 * Returns its descriptor; or -1 with errno set, and what failed appended to
 * what, ended by NUL.
 */
int temp_open(struct buf *what);

#endif
