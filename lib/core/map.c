#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "core/map.h"
#include "core/xmem.h"

#define EMPTY 0 /* in the index; else the entry's number plus 1 */

static uint64_t
mix(uint64_t a, uint64_t b)
{
	a ^= b;
	a *= 0x9E3779B97F4A7C15;
	a ^= a >> 32;
	a *= 0xD6E8FEB86659FD93;
	return a ^ a >> 29;
}

static uint64_t
hash(uint64_t seed, const unsigned char *key, size_t len)
{
	uint64_t h = seed ^ len, part;

	for (; len >= 8; key += 8, len -= 8) {
		memcpy(&part, key, 8);
		h = mix(h, part);
	}
	part = 0;
	memcpy(&part, key, len);
	return mix(h, part);
}

static uint64_t
make_seed(void)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		seed = (uint64_t)time(NULL) * 0x9E3779B97F4A7C15;
	return seed | 1;
}

/* The place of the key in the index, or of the gap where it belongs. */
static size_t
place(const struct map *m, uint64_t h, const void *key, size_t len)
{
	size_t i = h & (m->n_index - 1);

	for (; m->index[i] != EMPTY; i = (i + 1) & (m->n_index - 1)) {
		const struct map_entry *e = &m->entries[m->index[i] - 1];

		if (e->key && e->hash == h && e->len == len &&
		    memcmp(e->key, key, len) == 0)
			break;
	}
	return i;
}

/* Close the holes and make the index fit twice as many as there are. */
static void
rebuild(struct map *m)
{
	size_t kept = 0, n_index = 16;

	for (size_t i = 0; i < m->n_entries; i++)
		if (m->entries[i].key)
			m->entries[kept++] = m->entries[i];
	m->n_entries = kept;
	while (n_index < 4 * (kept + 1))
		n_index *= 2;
	free(m->index);
	m->index = xcalloc(n_index, sizeof(*m->index));
	m->n_index = n_index;
	for (size_t i = 0; i < kept; i++) {
		size_t at = m->entries[i].hash & (n_index - 1);

		while (m->index[at] != EMPTY)
			at = (at + 1) & (n_index - 1);
		m->index[at] = (uint32_t)(i + 1);
	}
}

void *
map_get(const struct map *m, const void *key, size_t len)
{
	uint32_t at;

	if (m->n == 0)
		return NULL;
	at = m->index[place(m, hash(m->seed, key, len), key, len)];
	return at == EMPTY ? NULL : m->entries[at - 1].value;
}

void **
map_put(struct map *m, const void *key, size_t len)
{
	uint64_t h;
	size_t i;

	if (m->seed == 0)
		m->seed = make_seed();
	/* holes keep their place in the index until it is built anew */
	if (2 * (m->n_entries + 1) > m->n_index)
		rebuild(m);
	h = hash(m->seed, key, len);
	i = place(m, h, key, len);
	if (m->index[i] == EMPTY) {
		if (m->n_entries == m->cap_entries) {
			m->cap_entries =
			    m->cap_entries ? 2 * m->cap_entries : 8;
			m->entries = xrealloc(
			    m->entries, m->cap_entries, sizeof(*m->entries));
		}
		m->entries[m->n_entries++] =
		    (struct map_entry){xstrndup(key, len), len, h, NULL};
		m->index[i] = (uint32_t)m->n_entries;
		m->n++;
	}
	return &m->entries[m->index[i] - 1].value;
}

void *
map_remove(struct map *m, const void *key, size_t len)
{
	struct map_entry *e;
	uint32_t at;
	void *value;

	if (m->n == 0)
		return NULL;
	at = m->index[place(m, hash(m->seed, key, len), key, len)];
	if (at == EMPTY)
		return NULL;
	e = &m->entries[at - 1];
	value = e->value;
	free(e->key);
	*e = (struct map_entry){0};
	m->n--;
	return value;
}

const struct map_entry *
map_next(const struct map *m, size_t *i)
{
	while (*i < m->n_entries) {
		const struct map_entry *e = &m->entries[(*i)++];

		if (e->key)
			return e;
	}
	return NULL;
}

void
map_release(struct map *m)
{
	for (size_t i = 0; i < m->n_entries; i++)
		free(m->entries[i].key);
	free(m->entries);
	free(m->index);
	*m = (struct map){0};
}
