#ifndef STORE_CURSORS_H
#define STORE_CURSORS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * cursors - where unfinished scans are: a number for a key.
 *
 * Redis wants the cursor of SCAN to be a number, and our keys have an order.
 * The last CURSORS of them are remembered, whoever has them; a scan has one
 * at a time.  A number is never used again, not even by a later process.
 */

#define CURSORS 1024

struct cursors;

struct cursors *cursors_new(void);
void cursors_free(struct cursors *c);

/* Remember the key of len bytes.  Never 0, and less than 1 << 63. */
uint64_t cursors_add(struct cursors *c, const char *key, size_t len);

/* Append the key to b, and forget the number.  Returns whether it is known. */
bool cursors_take(struct cursors *c, uint64_t id, struct buf *b);

#endif
