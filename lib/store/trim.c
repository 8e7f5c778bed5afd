/*
 * The size of the cache has a limit.
 *
 * What counts is the size of its files.  When it is over the limit a hand goes
 * round through the keys: of each part that it passes the older half is
 * removed, and the files rewritten that had it.  So a commit never has to look
 * at more than a part of the cache, nothing has to be kept about the others,
 * and what is old goes before what is new, though not in strict order.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/xmem.h"
#include "store/direct.h"

#define ROUNDS 8 /* parts for one commit, at most */
#define PART 512 /* entries in a part, at most */
#define SHARE 16 /* of the limit: how large a part is, at most */

static const char hand[] = "h"; /* the record that says where the hand is */

struct item {
	char *key; /* owned */
	size_t size;
	int64_t created, gone;
};

struct part {
	int64_t now;
	struct item items[PART]; /* in the order of keys, then of age */
	size_t n;
	uint64_t bytes, max_bytes;
};

static bool
take(void *arg, const char *key, size_t key_len, const char *data, size_t len)
{
	struct part *p = arg;
	struct item *item = &p->items[p->n];
	struct store_value v;

	if (key[0] != 'k' || p->n == PART || p->bytes >= p->max_bytes)
		return false;
	*item = (struct item){.key = xstrndup(key + 1, key_len - 1),
	    .size = key_len + len,
	    .created = INT64_MIN,
	    .gone = STORE_NEVER};
	if (entry_read(data, len, p->now, &v)) {
		item->created = v.created;
		item->gone = v.stale_until;
	}
	p->bytes += item->size;
	p->n++;
	return true;
}

/* Take the part that the hand is at; at the end it begins again. */
static enum ldb_result
take_part(struct store_txn *t, struct part *p)
{
	struct direct *w = t->private;
	enum ldb_result r;
	size_t len = 0;
	char *from;

	r = ldb_get(&w->db, hand, 1, &from, &len);
	if (r == LDB_OK && from && len > 0)
		r = ldb_scan(&w->db, from, len, take, p);
	if (r == LDB_OK && p->n == 0)
		r = ldb_scan(&w->db, "k", 1, take, p);
	free(from);
	return r;
}

static int
by_age(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return (x->created > y->created) - (x->created < y->created);
}

/* Remove the older half, but nothing that was written just now. */
static enum ldb_result
evict(struct store_txn *t, struct part *p, void (*gone)(void *, const char *),
    void *arg)
{
	struct direct *w = t->private;
	uint64_t freed = 0;
	size_t n = 0;

	qsort(p->items, p->n, sizeof(*p->items), by_age);
	for (struct item *i = p->items;
	     n < p->n && freed * 2 < p->bytes && i->created < t->now;
	     i++, n++) {
		freed += i->size;
		direct_entry_key(&w->key, i->key);
		ldb_del(&w->db, w->key.data, w->key.len);
		if (i->gone != STORE_NEVER) {
			direct_index_key(&w->key, i->gone, i->key);
			ldb_del(&w->db, w->key.data, w->key.len);
		}
		if (gone)
			gone(arg, i->key);
	}
	if (n > 0)
		dir_count(&w->dir, STORE_EVICTED, n);
	return ldb_write(&w->db);
}

/* Go over one part. */
static enum ldb_result
go_on(struct store_txn *t, void (*gone)(void *, const char *), void *arg)
{
	struct direct *w = t->private;
	struct part *p = xcalloc(1, sizeof(*p));
	struct buf first = {0}, next = {0};
	enum ldb_result r;

	p->now = t->now;
	p->max_bytes = t->store->cache_max / SHARE;
	r = take_part(t, p);
	if (r == LDB_OK && p->n > 0) {
		direct_entry_key(&first, p->items[0].key);
		/* the NUL makes it the first key behind the last one */
		direct_entry_key(&next, p->items[p->n - 1].key);
		buf_addc(&next, '\0');
		ldb_put(&w->db, hand, 1, next.data, next.len);
		r = evict(t, p, gone, arg);
		if (r == LDB_OK)
			ldb_compact(&w->db, &first, &next);
	}
	for (size_t i = 0; i < p->n; i++)
		free(p->items[i].key);
	free(p);
	buf_release(&first);
	buf_release(&next);
	return r;
}

int
direct_trim(struct store_txn *t, void (*gone)(void *, const char *), void *arg)
{
	struct direct *w = t->private;
	uint64_t max = t->store->cache_max;
	int status = 0;

	if (t->db != STORE_CACHE || max == 0)
		return 0;
	for (int i = 0; i < ROUNDS && status == 0 && dir_usage(&w->dir) > max;
	     i++)
		status = direct_settle(t, go_on(t, gone, arg));
	return status;
}
