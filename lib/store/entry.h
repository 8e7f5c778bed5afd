#ifndef STORE_ENTRY_H
#define STORE_ENTRY_H

#include "store/value.h"

/*
 * entry - how an entry is kept: a header of ENTRY_HEADER bytes, the value.
 *
 * version (1 byte, 1), flags (1 byte), created, expires, stale until (8 bytes
 * each).  Times are ms since 1970, big-endian with the sign bit turned, so
 * that their bytes sort as they do.  The flag ENTRY_PLAIN is that of
 * store_value.is_plain; the others are 0.
 */

#define ENTRY_VERSION 1
#define ENTRY_HEADER ((size_t)26)
#define ENTRY_TIME ((size_t)8)
#define ENTRY_PLAIN 1

/* The bytes of a time, and back. */
void entry_put_time(char out[8], int64_t ms);
int64_t entry_get_time(const char in[8]);

/* The bytes of an entry's header. */
void entry_head(char out[ENTRY_HEADER], const struct store_value *v);

/* Have the entry expire at ms, and not be stale for a time. */
void entry_put_life(char *entry, int64_t ms);

/* Append an entry: header and value. */
void entry_write(struct buf *out, const struct store_value *v);

/*
 * Read the len bytes of an entry; v is lent from them.  is_stale is as of now.
 * Returns whether they are one, of a version that is known.
 */
bool entry_read(const char *p, size_t len, int64_t now, struct store_value *v);

/*
 * Are these an entry, and not a plain one?  That is how a value that came by
 * RESP is told to be one of ours; see wire.
 */
bool entry_is(const char *p, size_t len);

/* ms + span, at most STORE_NEVER; span is not negative. */
int64_t entry_later(int64_t ms, int64_t span);

#endif
