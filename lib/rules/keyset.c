#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "rules/keyset.h"

#define FIRST_SLOTS 8

/* Slots without a key hold the hash {0, 0}; a hash that is that is made
 * another one. */
struct keyset_part {
	struct hash128 *keys; /* owned */
	char *values; /* owned; NULL: they have no size */
	uint32_t n, n_slots;
};

void
keyset_init(struct keyset *s, size_t value_size, bool has_age, uint64_t max)
{
	*s = (struct keyset){.parts = xcalloc(KEYSET_PARTS, sizeof(*s->parts)),
	    .value_size = value_size,
	    .has_age = has_age,
	    .oldest = INT64_MIN,
	    .max = max};
}

void
keyset_release(struct keyset *s)
{
	for (size_t i = 0; s->parts && i < KEYSET_PARTS; i++) {
		free(s->parts[i].keys);
		free(s->parts[i].values);
	}
	free(s->parts);
	s->parts = NULL;
}

static inline bool
is_empty(struct hash128 key)
{
	return key.a == 0 && key.b == 0;
}

static inline struct hash128
not_empty(struct hash128 key)
{
	key.b |= is_empty(key);
	return key;
}

static inline struct keyset_part *
part_of(const struct keyset *s, struct hash128 key)
{
	return &s->parts[key.a >> 56];
}

static inline void *
value_at(const struct keyset *s, const struct keyset_part *p, uint32_t slot)
{
	return s->value_size ? p->values + slot * s->value_size
			     : (void *)&p->keys[slot];
}

static inline uint32_t
home(const struct keyset_part *p, struct hash128 key)
{
	return (uint32_t)((key.b >> 32) * p->n_slots >> 32);
}

/* The slot of the key, or of the gap where it belongs; there is a gap. */
static uint32_t
find(const struct keyset_part *p, struct hash128 key)
{
	uint32_t i = home(p, key);

	while (!is_empty(p->keys[i]) &&
	       (p->keys[i].a != key.a || p->keys[i].b != key.b))
		if (++i == p->n_slots)
			i = 0;
	return i;
}

static bool
is_old(const struct keyset *s, const struct keyset_part *p, uint32_t slot)
{
	int64_t seen;

	if (!s->has_age)
		return false;
	memcpy(&seen, value_at(s, p, slot), sizeof(seen));
	return seen < s->oldest;
}

/* Move what is not old to a table of so many slots. */
static void
move(struct keyset *s, struct keyset_part *p, uint32_t n_slots)
{
	struct keyset_part to = {.n_slots = n_slots};
	uint32_t slot;

	to.keys = xcalloc(n_slots, sizeof(*to.keys));
	if (s->value_size)
		to.values = xcalloc(n_slots, s->value_size);
	for (uint32_t i = 0; i < p->n_slots; i++) {
		if (is_empty(p->keys[i]) || is_old(s, p, i))
			continue;
		slot = find(&to, p->keys[i]);
		to.keys[slot] = p->keys[i];
		if (s->value_size)
			memcpy(value_at(s, &to, slot), value_at(s, p, i),
			    s->value_size);
		to.n++;
	}
	s->n -= p->n - to.n;
	free(p->keys);
	free(p->values);
	*p = to;
}

/* How many are not old. */
static uint32_t
count_young(const struct keyset *s, const struct keyset_part *p)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->n_slots; i++)
		n += !is_empty(p->keys[i]) && !is_old(s, p, i);
	return n;
}

/* Have room for one more: four slots in five are used at most. */
static void
make_room(struct keyset *s, struct keyset_part *p)
{
	uint32_t young, n_slots = p->n_slots;

	if ((p->n + 1) * (uint64_t)5 <= n_slots * (uint64_t)4)
		return;
	young = s->has_age ? count_young(s, p) : p->n;
	if (young > p->n_slots / 2)
		n_slots += n_slots / 2;
	move(s, p, n_slots ? n_slots : FIRST_SLOTS);
}

bool
keyset_has_room(struct keyset *s)
{
	if (s->n < s->max)
		return true;
	/* look for old ones, but not for every key again */
	if (s->has_age && s->n_since++ >= s->max / 8) {
		for (size_t i = 0; i < KEYSET_PARTS; i++)
			if (s->parts[i].n > 0)
				move(s, &s->parts[i], s->parts[i].n_slots);
		s->n_since = 0;
	}
	return s->n < s->max;
}

void
keyset_touch(const struct keyset *s, struct hash128 key)
{
	const struct keyset_part *p = part_of(s, key);

	if (p->n > 0)
		__builtin_prefetch(&p->keys[home(p, key)]);
}

void *
keyset_get(const struct keyset *s, struct hash128 key)
{
	const struct keyset_part *p = part_of(s, key);
	uint32_t slot;

	if (p->n == 0)
		return NULL;
	slot = find(p, not_empty(key));
	return is_empty(p->keys[slot]) ? NULL : value_at(s, p, slot);
}

void *
keyset_put(struct keyset *s, struct hash128 key)
{
	struct keyset_part *p = part_of(s, key);
	uint32_t slot;

	make_room(s, p);
	key = not_empty(key);
	slot = find(p, key);
	p->keys[slot] = key;
	p->n++;
	s->n++;
	s->n_since++;
	return value_at(s, p, slot);
}

void
keyset_write(const struct keyset *s, size_t i, struct buf *b)
{
	const struct keyset_part *p = &s->parts[i];

	for (uint32_t slot = 0; slot < p->n_slots; slot++) {
		if (is_empty(p->keys[slot]) || is_old(s, p, slot))
			continue;
		buf_add(b, &p->keys[slot], sizeof(p->keys[slot]));
		if (s->value_size)
			buf_add(b, value_at(s, p, slot), s->value_size);
	}
}

/* Have room for n more from the start: they come in the order of the slots,
 * which is slow in a table that grows. */
static void
reserve(struct keyset *s, struct keyset_part *p, size_t n)
{
	uint64_t n_slots = ((uint64_t)p->n + n + 1) * 3 / 2;

	if (n_slots > p->n_slots && n_slots <= UINT32_MAX)
		move(s, p, (uint32_t)n_slots);
}

bool
keyset_read(struct keyset *s, const char *data, size_t len)
{
	size_t size = sizeof(struct hash128) + s->value_size;
	struct hash128 key;
	void *value;

	if (len % size != 0)
		return false;
	if (len > 0) {
		memcpy(&key, data, sizeof(key));
		reserve(s, part_of(s, key), len / size);
	}
	for (; len > 0; len -= size, data += size) {
		memcpy(&key, data, sizeof(key));
		if (keyset_get(s, key) || s->n >= s->max)
			return false;
		value = keyset_put(s, key);
		memcpy(value, data + sizeof(key), s->value_size);
	}
	return true;
}
