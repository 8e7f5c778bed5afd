#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "core/xmem.h"
#include "store/table.h"

#define FIRST_BUCKETS 1024
#define OVERHEAD 32 /* of two allocations */
#define LOOKS 64 /* items to look at for one that can go, at most */

/* As in core/map. */
static uint64_t
mix(uint64_t a, uint64_t b)
{
	a ^= b;
	a *= 0x9E3779B97F4A7C15;
	a ^= a >> 32;
	a *= 0xD6E8FEB86659FD93;
	return a ^ a >> 29;
}

static uint32_t
hash(uint64_t seed, const char *key, size_t len)
{
	uint64_t h = seed ^ len, part;

	for (; len >= 8; key += 8, len -= 8) {
		memcpy(&part, key, 8);
		h = mix(h, part);
	}
	part = 0;
	memcpy(&part, key, len);
	return (uint32_t)mix(h, part);
}

void
table_init(struct table *t)
{
	*t = (struct table){.n_buckets = FIRST_BUCKETS};
	if (getrandom(&t->seed, sizeof(t->seed), 0) != sizeof(t->seed))
		t->seed = (uint64_t)time(NULL) * 0x9E3779B97F4A7C15;
	t->buckets = xcalloc(t->n_buckets, sizeof(struct item *));
}

void
table_release(struct table *t)
{
	struct item *i, *older;

	for (i = t->newest; i; i = older) {
		older = i->older;
		free(i->data);
		free(i);
	}
	free(t->buckets);
	*t = (struct table){0};
}

/* The place that points, or would point, to the key's item. */
static struct item **
place(struct table *t, uint32_t h, const char *key, size_t len)
{
	struct item **p = &t->buckets[h & (t->n_buckets - 1)];

	for (; *p; p = &(*p)->next)
		if ((*p)->hash == h && (*p)->key_len == len &&
		    memcmp((*p)->key, key, len) == 0)
			break;
	return p;
}

struct item *
table_find(struct table *t, const char *key, size_t len)
{
	struct item *i = *place(t, hash(t->seed, key, len), key, len);

	if (i)
		i->is_used = true;
	return i;
}

static void
link_newest(struct table *t, struct item *i)
{
	i->newer = NULL;
	i->older = t->newest;
	*(t->newest ? &t->newest->newer : &t->oldest) = i;
	t->newest = i;
}

static void
unlink_item(struct table *t, struct item *i)
{
	*(i->newer ? &i->newer->older : &t->newest) = i->older;
	*(i->older ? &i->older->newer : &t->oldest) = i->newer;
}

static size_t
size_of(const struct item *i)
{
	return sizeof(*i) + i->key_len + 1 + i->cap + OVERHEAD;
}

static void
remove_item(struct table *t, struct item *i)
{
	*place(t, i->hash, i->key, i->key_len) = i->next;
	unlink_item(t, i);
	t->n_items--;
	t->bytes -= size_of(i);
	free(i->data);
	free(i);
}

void
table_empty(struct table *t, struct item *i)
{
	t->bytes -= i->cap;
	free(i->data);
	i->data = NULL;
	i->len = i->cap = 0;
}

void
table_evict(struct table *t, size_t max)
{
	struct item *i;

	/* the oldest; one that was used has a second chance */
	for (int n = 0; n < LOOKS && t->oldest && t->bytes > max; n++) {
		i = t->oldest;
		if (!i->is_dirty && !i->is_used) {
			if (i->n_watches == 0) {
				remove_item(t, i);
				continue;
			}
			table_empty(t, i);
		}
		i->is_used = false;
		unlink_item(t, i);
		link_newest(t, i);
	}
}

static void
grow(struct table *t)
{
	size_t n = t->n_buckets * 2;
	struct item **p;

	free(t->buckets);
	t->buckets = xcalloc(n, sizeof(struct item *));
	t->n_buckets = n;
	for (struct item *i = t->newest; i; i = i->older) {
		p = &t->buckets[i->hash & (n - 1)];
		i->next = *p;
		*p = i;
	}
}

struct item *
table_add(struct table *t, const char *key, size_t len)
{
	struct item *i, **p;

	if (t->n_items >= t->n_buckets)
		grow(t);
	i = xmalloc(sizeof(*i) + len + 1);
	*i = (struct item){.hash = hash(t->seed, key, len),
	    .version = ++t->last_version,
	    .gone = ITEM_NONE,
	    .disk_gone = ITEM_NONE,
	    .key_len = (uint16_t)len,
	    .is_used = true};
	memcpy(i->key, key, len);
	i->key[len] = '\0';
	p = &t->buckets[i->hash & (t->n_buckets - 1)];
	i->next = *p;
	*p = i;
	link_newest(t, i);
	t->n_items++;
	t->bytes += size_of(i);
	return i;
}

void
table_resize(struct table *t, struct item *i, size_t len)
{
	size_t cap = (len + 15) & ~(size_t)15;

	if (i->cap < len || i->cap / 2 > cap) {
		t->bytes += cap - i->cap;
		i->data = xrealloc(i->data, cap, 1);
		i->cap = (uint32_t)cap;
	}
	i->len = (uint32_t)len;
}

void
table_adopt(struct table *t, struct item *i, char *data, size_t len)
{
	table_empty(t, i);
	i->data = data;
	i->len = i->cap = (uint32_t)len;
	t->bytes += len;
}

void
table_touch(struct table *t, struct item *i)
{
	i->version = ++t->last_version;
}

void
table_forget(struct table *t)
{
	struct item *i, *older;

	for (i = t->newest; i; i = older) {
		older = i->older;
		i->is_dirty = false;
		if (i->n_watches == 0) {
			remove_item(t, i);
			continue;
		}
		table_empty(t, i);
		i->gone = i->disk_gone = ITEM_NONE;
		i->is_loaded = false;
		table_touch(t, i);
	}
}
