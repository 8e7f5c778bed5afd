#ifndef STORE_TABLE_H
#define STORE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * table - the part of a database that its owner has in memory.
 *
 * An item is what is known about a key: its entry, or that there is none;
 * as it shall be from the next commit on, and whether the database has it so
 * already.  Items that are dirty or watched stay; of the others those go first
 * that have not been used for long.
 *
 * Memory: about 130 bytes an item, with its key and its entry.
 */

#define ITEM_NONE INT64_MIN /* as a time: there is no entry */

struct item {
	struct item *newer, *older; /* in the order of eviction */
	struct item *next_dirty;
	int64_t disk_gone; /* as gone, of the entry in the database */
	uint32_t cap, n_watches;
	uint64_t version; /* another one after each change */
	/* what a read looks at */
	struct item *next; /* in its bucket */
	int64_t gone; /* ms when the entry is over, or ITEM_NONE */
	char *data; /* len bytes, an entry; owned; NULL: none, or not here */
	uint32_t len, hash;
	uint16_t key_len;
	bool is_loaded; /* else gone, disk_gone and data say nothing */
	bool is_dirty, is_used;
	char key[]; /* key_len bytes and a NUL */
};

struct table {
	struct item **buckets; /* owned */
	struct item *newest, *oldest;
	size_t n_buckets, n_items;
	size_t bytes; /* of all items */
	uint64_t seed, last_version;
};

/* An empty table. */
void table_init(struct table *t);

/* Free everything. */
void table_release(struct table *t);

/* The key's item, or NULL. */
struct item *table_find(struct table *t, const char *key, size_t len);

/* A new item for a key that has none, not loaded. */
struct item *table_add(struct table *t, const char *key, size_t len);

/*
 * Free items until there are no more than max bytes; not all that can be at
 * once, if it would take long.  Those that are watched give up their data.
 */
void table_evict(struct table *t, size_t max);

/* Make room for len bytes in item->data, which is set; what was there stays.
 * item->len becomes len. */
void table_resize(struct table *t, struct item *item, size_t len);

/* Take over len bytes from malloc as item->data. */
void table_adopt(struct table *t, struct item *item, char *data, size_t len);

/* Have item->data no more. */
void table_empty(struct table *t, struct item *item);

/* The item is about to change: another version. */
void table_touch(struct table *t, struct item *item);

/*
 * Forget all items, dirty ones too.  Those that are watched change their
 * version, and are not loaded.
 */
void table_forget(struct table *t);

#endif
