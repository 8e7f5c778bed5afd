#ifndef STORE_ANSWER_H
#define STORE_ANSWER_H

#include <stdint.h>

#include "core/buf.h"

/* answer - replies in the protocol of Redis, version 2, appended to b. */

/* A string of any bytes; or that there is none. */
void answer_bulk(struct buf *b, const void *p, size_t len);
void answer_null(struct buf *b);

void answer_number(struct buf *b, int64_t n);

/* n answers follow. */
void answer_array(struct buf *b, size_t n);

#endif
