#ifndef KEPT_H
#define KEPT_H

#include <stdlib.h>
#include <string.h>

#include "store/store.h"
#include "unit.h"

/* kept - what tests of stores do all the time. */

static inline struct store_txn *
begin_watching(struct store *s, enum store_db db, const char *const *watch)
{
	struct store_txn *t = NULL;

	if (store_begin(s, db, watch, &t) != 0) {
		printf("# begin: %s\n", store_why(s));
		exit(1);
	}
	return t;
}

static inline struct store_txn *
begin(struct store *s, enum store_db db)
{
	return begin_watching(s, db, NULL);
}

/* Does key hold text, or nothing if text is NULL? */
static inline bool
holds(struct store *s, enum store_db db, const char *key, const char *text)
{
	struct store_txn *t = begin(s, db);
	struct store_value v;
	bool good = store_get(t, key, &v) == 0;

	if (!good)
		printf("# get: %s\n", store_why(s));
	else if (!text || !v.data)
		good = !text && !v.data;
	else
		good = is(v.data, v.len, text);
	store_end(t);
	return good;
}

static inline int
set(struct store *s, enum store_db db, const char *key, const char *text,
    int64_t ttl_ms, int64_t stale_ms)
{
	struct store_txn *t = begin(s, db);

	store_set(t, key, text, strlen(text), ttl_ms, stale_ms);
	return store_commit(t);
}

#endif
