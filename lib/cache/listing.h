#ifndef CACHE_LISTING_H
#define CACHE_LISTING_H

#include "core/buf.h"
#include "store/store.h"

/*
 * Append an entry as one line of JSON: {"key":..,"size":..,"created":..,
 * "expires":..}, expires being null for never.  A key that is not UTF-8 is
 * key_base64 instead.
 */
void listing_add(struct buf *b, const char *key, const struct store_value *v);

#endif
