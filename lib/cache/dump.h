#ifndef CACHE_DUMP_H
#define CACHE_DUMP_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "store/store.h"
#include "json/value.h"

/*
 * dump - entries of a store as lines of JSON, and back.
 *
 * {"db":"cache","key":K,"value":V,"created":T,"expires":T,"stale_until":T};
 * what is not UTF-8 is in key_base64, value_base64 instead, a time that never
 * comes is null, stale_until is there only if it is not expires, and
 * "plain":true marks counters and what a Redis client has put.
 */

/* Append the line, ended by LF. */
void dump_add(struct buf *b, enum store_db db, const char *key,
    const struct store_value *v);

/*
 * Write the entries of a database whose keys begin with prefix, by calling
 * emit with whole lines, between transactions.  An entry that is changed
 * meanwhile is written as it is then.
 * Memory: the keys, and 1 MiB or the largest value.
 * Returns 0, or an EX_ status, see store.
 */
int dump_all(struct store *s, enum store_db db, const char *prefix,
    void (*emit)(const char *lines, size_t len));

/* An entry read from a line; key and value are owned. */
struct dump_entry {
	enum store_db db;
	struct buf key, value; /* key is ended by NUL */
	struct store_value times; /* without data */
};

/*
 * Read a line.  Returns NULL, and e to be released; or what is wrong, static,
 * with nothing to release.
 */
const char *dump_read(struct jval root, struct dump_entry *e);

void dump_release(struct dump_entry *e);

#endif
