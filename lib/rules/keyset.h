#ifndef RULES_KEYSET_H
#define RULES_KEYSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/siphash.h"

/*
 * keyset - keys that were seen, as hashes of 128 bits, each with a small
 * value of the caller's.
 *
 * The keys lie in 256 tables, which grow one at a time and by half: no call
 * takes long, and memory is 16 bytes and a value a key, and half as much
 * again for the gaps.  With an age the value begins with an int64_t, the
 * moment it was seen at; keys from before keyset.oldest are dropped where a
 * table would have to grow.
 */

struct keyset_part;

struct keyset {
	struct keyset_part *parts; /* owned, private */
	size_t value_size; /* bytes, a multiple of 8; may be 0 */
	bool has_age;
	int64_t oldest; /* with an age: what is older is of no more use */
	uint64_t n, max; /* keys in it, old ones too; and at most */
	uint64_t n_since; /* private: keys since old ones were dropped */
};

/* Set up an empty one.  Pair with keyset_release. */
void keyset_init(
    struct keyset *s, size_t value_size, bool has_age, uint64_t max);
void keyset_release(struct keyset *s);

/*
 * Find a key.  Returns its value, until the next keyset_put, or NULL.  Without
 * values, any pointer that is not NULL.
 */
void *keyset_get(const struct keyset *s, struct hash128 key);

/* Have the key's place on its way from memory: a look at it is due soon. */
void keyset_touch(const struct keyset *s, struct hash128 key);

/* Is there room for one more?  If not, and max / 8 were added or refused since
 * it did so the last time, it drops the old ones first. */
bool keyset_has_room(struct keyset *s);

/* Add a key that is not there, for which there is room.  Returns its value,
 * zero, until the next call. */
void *keyset_put(struct keyset *s, struct hash128 key);

/* How many parts there are, to be written and read one by one. */
#define KEYSET_PARTS 256

/* Append part i: its keys and values as they lie in memory. */
void keyset_write(const struct keyset *s, size_t i, struct buf *b);

/* Add what was written so.  Returns whether it was, and fits. */
bool keyset_read(struct keyset *s, const char *data, size_t len);

#endif
