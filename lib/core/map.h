#ifndef CORE_MAP_H
#define CORE_MAP_H

#include <stddef.h>
#include <stdint.h>

/*
 * map - byte strings to pointers, in the order in which they were added.
 *
 * {0} is an empty map.  The hash is seeded at random, so that nobody can
 * choose keys that collide; nothing that can be seen depends on it.
 * Memory: the keys, and about 40 bytes each.  Expected O(1) a call.
 */

struct map_entry {
	char *key; /* owned; NULL: removed */
	size_t len; /* bytes in key, a NUL stands behind them */
	uint64_t hash;
	void *value; /* the caller's */
};

struct map {
	struct map_entry *entries; /* owned; in order, with holes */
	uint32_t *index; /* owned, private */
	size_t n_entries; /* with holes */
	size_t n; /* without */
	size_t cap_entries, n_index; /* private */
	uint64_t seed; /* private */
};

/* The value of the key of len bytes, or NULL. */
void *map_get(const struct map *m, const void *key, size_t len);

/*
 * Where the key's value is kept; added with the value NULL if it is new.
 * The place holds until the next call that adds or removes.
 */
void **map_put(struct map *m, const void *key, size_t len);

/* Forget the key.  Returns its value, or NULL if there was none. */
void *map_remove(struct map *m, const void *key, size_t len);

/*
 * Step through the entries: *i is 0 before the first call.  Returns NULL
 * behind the last.  Nothing may be added or removed meanwhile.
 */
const struct map_entry *map_next(const struct map *m, size_t *i);

/* Free all but the values; m is empty and usable again. */
void map_release(struct map *m);

#endif
