#ifndef STORE_VALUE_H
#define STORE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * value - what a store keeps, and what it tells about itself.
 */

#define STORE_KEY_MAX ((size_t)1024)
#define STORE_VALUE_MAX ((size_t)1 << 30)
#define STORE_WAIT_MS 10000 /* for others, by default */
#define STORE_NEVER INT64_MAX /* as a time or a duration: no end */

enum store_db { STORE_CACHE, STORE_STATE, STORE_DB_COUNT };

extern const char *const store_db_names[]; /* "cache", "state" */

/* What a transaction did for its callers; kept with the cache. */
enum store_event {
	STORE_HIT,
	STORE_MISS,
	STORE_EXPIRED,
	STORE_EVICTED, /* to make room */
	STORE_EVENT_COUNT
};

extern const char *const store_event_names[]; /* "hits", "misses" ... */

/* Lent until the next read of the transaction, or its end. */
struct store_value {
	const char *data; /* NULL: there is no such entry */
	size_t len;
	int64_t created, expires; /* ms since 1970, or STORE_NEVER */
	int64_t stale_until; /* the same; at least expires */
	bool is_stale;
	bool is_plain; /* a counter, or put by a Redis client as it is */
};

struct store_stats {
	uint64_t entries, bytes; /* live ones; bytes of keys and values */
	uint64_t disk_bytes;
	uint64_t events[STORE_EVENT_COUNT]; /* since the store was made */
};

#endif
