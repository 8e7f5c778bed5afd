#ifndef RULES_KEY_H
#define RULES_KEY_H

#include "core/buf.h"
#include "json/value.h"

/*
 * Append bytes that are the same for values that are equal, as jval_equal has
 * it, and different for others: 1 and 1.0 are the same, so are objects
 * whatever the order of their members.  One after the other they can be told
 * apart too.
 */
void key_add(struct buf *b, struct jval v);

/* The same for a string that is on no tape. */
void key_add_string(struct buf *b, const char *s, size_t len);

#endif
