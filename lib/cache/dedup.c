#include <stdlib.h>
#include <string.h>

#include "cache/dedup.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "state/state.h"

#define RETRY_MS 10000 /* after a failure */
#define ASK_MAX ((size_t)512) /* keys in one read */

/* Keys of the store, one behind the other, all of one length. */
struct texts {
	struct buf b;
	struct buf name; /* what they begin with */
	size_t size; /* of each, with its NUL */
};

static void
forget_texts(struct texts *texts)
{
	buf_release(&texts->b);
	buf_release(&texts->name);
}

static void
add_text(struct texts *texts, const struct dedup *d, const char *hash)
{
	static const char digits[] = "0123456789abcdef";
	struct buf *b = &texts->b;

	if (texts->name.len == 0) {
		buf_adds(&texts->name, "dedup");
		state_add_key(&texts->name, d->name);
		buf_addc(&texts->name, ':');
	}
	texts->size = texts->name.len + (size_t)2 * DEDUP_HASH + 1;
	buf_add(b, texts->name.data, texts->name.len);
	for (size_t i = 0; i < DEDUP_HASH; i++) {
		unsigned char c = (unsigned char)hash[i];

		buf_addc(b, digits[c >> 4]);
		buf_addc(b, digits[c & 15]);
	}
	buf_addc(b, '\0');
}

struct ask {
	struct dedup *d;
	struct dedup_key **keys; /* those to ask for; n */
	size_t n;
	struct texts texts;
};

/* Ask for at most ASK_MAX keys from the first on. */
static int
ask_some(struct store_txn *t, struct ask *a, size_t first)
{
	size_t n = a->n - first < ASK_MAX ? a->n - first : ASK_MAX;
	struct store_value v[ASK_MAX];
	const char *texts[ASK_MAX] = {NULL};
	int status;

	for (size_t i = 0; i < n; i++)
		texts[i] = a->texts.b.data + (first + i) * a->texts.size;
	status = store_mget(t, texts, n, v);
	for (size_t i = 0; status == 0 && i < n; i++)
		a->keys[first + i]->is_new = !v[i].data || v[i].is_stale;
	return status;
}

static int
ask_all(struct store_txn *t, void *arg)
{
	struct ask *a = arg;
	int status = 0;

	for (size_t i = 0; status == 0 && i < a->n; i += ASK_MAX)
		status = ask_some(t, a, i);
	return status;
}

static int
by_hash(const void *a, const void *b)
{
	return memcmp(a, b, DEDUP_HASH);
}

static int
by_hash_of_key(const void *a, const void *b)
{
	return by_hash((*(struct dedup_key *const *)a)->hash,
	    (*(struct dedup_key *const *)b)->hash);
}

/* Gather those that nobody here knows; all others are not new.  In the order
 * of the store reading and writing are twice as fast. */
static void
choose(struct ask *a, struct dedup_key *keys, size_t n)
{
	struct map *m = &a->d->on_way;
	void **place;

	for (size_t i = 0; i < n; i++) {
		place = map_put(m, keys[i].hash, DEDUP_HASH);
		keys[i].is_new = !*place;
		if (*place)
			continue;
		*place = a->d;
		a->keys[a->n++] = &keys[i];
	}
	qsort(a->keys, a->n, sizeof(struct dedup_key *), by_hash_of_key);
	for (size_t i = 0; i < a->n; i++)
		add_text(&a->texts, a->d, a->keys[i]->hash);
}

int
dedup_ask(struct dedup *d, struct dedup_key *keys, size_t n)
{
	struct ask a = {.d = d};
	int status = 0;

	a.keys = xcalloc(n, sizeof(struct dedup_key *));
	choose(&a, keys, n);
	if (a.n > 0 && timestamp_monotonic() >= d->retry_at)
		status = store_do(d->store, STORE_STATE, NULL, ask_all, &a);
	if (status != 0)
		d->retry_at = timestamp_monotonic() + RETRY_MS;
	for (size_t i = 0; i < a.n; i++)
		if (a.keys[i]->is_new)
			buf_add(&d->queue, a.keys[i]->hash, DEDUP_HASH);
		else
			map_remove(&d->on_way, a.keys[i]->hash, DEDUP_HASH);
	forget_texts(&a.texts);
	free(a.keys);
	return status;
}

size_t
dedup_count(const struct dedup *d)
{
	return d->queue.len / DEDUP_HASH;
}

struct marking {
	const struct dedup *d;
	const struct texts *texts;
	size_t n;
};

static int
mark(struct store_txn *t, void *arg)
{
	const struct marking *m = arg;

	for (size_t i = 0; i < m->n; i++)
		store_set(t, m->texts->b.data + i * m->texts->size, "", 0,
		    m->d->ttl_ms, 0);
	return 0;
}

int
dedup_mark(struct dedup *d, size_t n)
{
	struct texts texts = {0};
	struct marking m = {d, &texts, n};
	int status;

	if (n == 0 || timestamp_monotonic() < d->retry_at)
		return 0;
	qsort(d->queue.data, n, DEDUP_HASH, by_hash);
	for (size_t i = 0; i < n; i++)
		add_text(&texts, d, d->queue.data + i * DEDUP_HASH);
	status = store_do(d->store, STORE_STATE, NULL, mark, &m);
	forget_texts(&texts);
	if (status != 0) {
		d->retry_at = timestamp_monotonic() + RETRY_MS;
		return status;
	}
	for (size_t i = 0; i < n; i++)
		map_remove(
		    &d->on_way, d->queue.data + i * DEDUP_HASH, DEDUP_HASH);
	d->queue.len -= n * DEDUP_HASH;
	memmove(d->queue.data, d->queue.data + n * DEDUP_HASH, d->queue.len);
	return 0;
}

void
dedup_release(struct dedup *d)
{
	map_release(&d->on_way);
	buf_release(&d->queue);
}
