/* The engine's work on many entries: sweep, scan, count, clear. */
#include <string.h>
#include <sysexits.h>

#include "store/engine_private.h"

struct sweep {
	struct engine *e;
	enum store_db db;
	size_t n;
	int64_t next_gone;
};

/* Drop the entry of a key of the index, over at gone. */
static void
drop(struct engine *e, enum store_db db, const char *key, size_t len,
    int64_t gone)
{
	struct engine_db *d = &e->db[db];
	const char *name = key + DIRECT_INDEX_HEAD;
	struct item *i;

	i = table_find(&d->table, name, len - DIRECT_INDEX_HEAD);
	if (!i)
		i = table_add(&d->table, name, len - DIRECT_INDEX_HEAD);
	if (!i->is_loaded) {
		i->is_loaded = true;
		i->gone = i->disk_gone = gone;
	}
	if (i->disk_gone != gone) {
		ldb_del(&engine_direct(d)->db, key, len);
	} else if (!engine_lives(e, i) && i->gone != ITEM_NONE) {
		uint64_t version = i->version;

		engine_del(e, db, i);
		i->version = version; /* for clients nothing changes */
	}
}

static bool
sweep_one(
    void *arg, const char *key, size_t key_len, const char *data, size_t len)
{
	struct sweep *s = arg;
	int64_t gone;

	(void)data;
	(void)len;
	if (key[0] != 'e' || key_len <= DIRECT_INDEX_HEAD)
		return false;
	gone = entry_get_time(key + 1);
	s->next_gone = gone;
	if (gone > s->e->now || s->n == ENGINE_SWEEP)
		return false;
	s->next_gone = STORE_NEVER;
	s->n++;
	drop(s->e, s->db, key, key_len, gone);
	return true;
}

bool
engine_sweep(struct engine *e, enum store_db db)
{
	struct engine_db *d = &e->db[db];
	struct sweep s = {.e = e, .db = db, .next_gone = STORE_NEVER};

	engine_direct(d)->is_mended = false;
	if (e->now < d->next_gone || engine_reopen(d) != 0)
		return false;
	if (engine_settle(
		d, ldb_scan(&engine_direct(d)->db, "e", 1, sweep_one, &s)) != 0)
		return false;
	d->next_gone = s.next_gone;
	if (s.n > 0)
		d->txn->store->backend->count(d->txn, STORE_EXPIRED, s.n);
	return s.n == ENGINE_SWEEP;
}

/* The database has the key no more. */
static void
forget_key(void *arg, const char *key)
{
	struct engine_db *d = arg;
	struct item *i = table_find(&d->table, key, strlen(key));

	if (d->n_keys > 0)
		d->n_keys--;
	if (!i || !i->is_loaded)
		return;
	i->disk_gone = ITEM_NONE;
	if (i->is_dirty)
		return;
	table_empty(&d->table, i);
	i->gone = ITEM_NONE;
	table_touch(&d->table, i);
}

bool
engine_trim(struct engine *e)
{
	struct engine_db *d = &e->db[STORE_CACHE];
	uint64_t before = dir_usage(&engine_direct(d)->dir), after;

	if (!d->is_open || e->store->cache_max == 0 ||
	    before <= e->store->cache_max)
		return false;
	d->txn->now = e->now;
	d->is_open = direct_trim(d->txn, forget_key, d) == 0;
	after = dir_usage(&engine_direct(d)->dir);
	return d->is_open && after > e->store->cache_max && after < before;
}

/* ldb_scan on an open database. */
static int
walk(struct engine *e, enum store_db db, const char *from, size_t from_len,
    bool (*each)(void *, const char *, size_t, const char *, size_t), void *arg)
{
	struct engine_db *d = &e->db[db];
	enum ldb_result r;
	int status;

	r = ldb_scan(&engine_direct(d)->db, from, from_len, each, arg);
	status = engine_settle(d, r);
	return status == 0 && r == LDB_CORRUPT ? engine_mended(e, db) : status;
}

struct scan {
	struct engine *e;
	bool (*each)(void *arg, const char *key, size_t len);
	void *arg;
};

static bool
scan_one(
    void *arg, const char *key, size_t key_len, const char *data, size_t len)
{
	struct scan *s = arg;
	struct store_value v;

	if (key[0] != 'k')
		return false;
	if (!entry_read(data, len, s->e->now, &v) || s->e->now >= v.stale_until)
		return true;
	return s->each(s->arg, key + 1, key_len - 1);
}

int
engine_scan(struct engine *e, enum store_db db, const char *from,
    size_t from_len, bool (*each)(void *, const char *, size_t), void *arg)
{
	struct engine_db *d = &e->db[db];
	struct direct *w = engine_direct(d);
	struct scan s = {e, each, arg};

	if (engine_reopen(d) != 0)
		return EX_IOERR;
	w->key.len = 0;
	buf_addc(&w->key, 'k');
	buf_add(&w->key, from, from_len);
	return walk(e, db, w->key.data, w->key.len, scan_one, &s);
}

static bool
count_one(
    void *arg, const char *key, size_t key_len, const char *data, size_t len)
{
	(void)key_len;
	(void)data;
	(void)len;
	if (key[0] != 'k')
		return false;
	++*(int64_t *)arg;
	return true;
}

int
engine_count(struct engine *e, enum store_db db, int64_t *n)
{
	struct engine_db *d = &e->db[db];
	int64_t sum = 0;
	int status = engine_reopen(d);

	if (status == 0 && d->n_keys < 0) {
		status = walk(e, db, "k", 1, count_one, &sum);
		d->n_keys = status == 0 ? sum : -1;
	}
	*n = d->n_keys;
	return status;
}

int
engine_clear(struct engine *e, enum store_db db)
{
	struct engine_db *d = &e->db[db];
	int status = d->txn->store->backend->clear(d->txn);

	d->is_open = status == 0;
	engine_forget(d);
	return status;
}

int64_t
engine_event(struct engine *e, const char *name, size_t len, int64_t delta)
{
	struct direct *w = engine_direct(&e->db[STORE_CACHE]);
	uint64_t counts[STORE_EVENT_COUNT];

	for (enum store_event i = 0; i < STORE_EVENT_COUNT; i++) {
		const char *known = store_event_names[i];

		if (strlen(known) != len || memcmp(known, name, len) != 0)
			continue;
		if (delta != 0)
			dir_count(&w->dir, i, (uint64_t)delta);
		dir_counts(&w->dir, counts);
		return (int64_t)(counts[i] & INT64_MAX);
	}
	return -1;
}
