#include <string.h>
#include <sysexits.h>

#include "core/timestamp.h"
#include "core/xmem.h"
#include "store/engine_private.h"
#include "store/ledger.h"

#define RETRY_MS 1000

static void
set_key(struct buf *b, const struct item *i)
{
	b->len = 0;
	buf_addc(b, 'k');
	buf_add(b, i->key, i->key_len);
}

void
engine_forget(struct engine_db *d)
{
	if (d->is_open)
		ldb_forget(&engine_direct(d)->db);
	table_forget(&d->table);
	d->dirty = NULL;
	d->dirty_bytes = 0;
	d->next_gone = ITEM_NONE;
	d->n_keys = -1;
	d->is_marked = false;
}

int
engine_settle(struct engine_db *d, enum ldb_result r)
{
	int status = direct_settle(d->txn, r);

	if (r == LDB_CORRUPT) {
		d->is_open = status == 0;
		d->is_void |= d->dirty != NULL;
		engine_forget(d);
	}
	return status;
}

int
engine_reopen(struct engine_db *d)
{
	struct direct *w = engine_direct(d);
	int64_t now = timestamp_monotonic();

	if (d->is_open)
		return 0;
	if (now < d->retry_ms)
		return EX_IOERR; /* for the reason that store_why has */
	d->retry_ms = now + RETRY_MS;
	ldb_close(&w->db);
	w->is_mended = false;
	d->is_open = true;
	if (engine_settle(d, direct_open(d->txn)) == 0)
		return 0;
	d->is_open = false;
	return EX_IOERR;
}

int
engine_mended(struct engine *e, enum store_db db)
{
	return store_fail(e->store, EX_TEMPFAIL,
	    "%s: was corrupt and has been mended; try again",
	    store_db_names[db]);
}

static int
open_db(struct engine *e, enum store_db db)
{
	struct engine_db *d = &e->db[db];
	int status = store_begin(e->store, db, NULL, &d->txn);

	if (status != 0)
		return status;
	table_init(&d->table);
	d->is_open = true;
	engine_forget(d);
	return 0;
}

int
engine_open(struct engine *e, struct store *s, size_t tables_max)
{
	int status = 0;

	*e = (struct engine){
	    .store = s, .tables_max = tables_max, .now = timestamp_now()};
	s->is_owner = true;
	for (enum store_db db = 0; db < STORE_DB_COUNT && status == 0; db++)
		status = open_db(e, db);
	if (status != 0)
		engine_close(e);
	return status;
}

void
engine_close(struct engine *e)
{
	for (int db = STORE_DB_COUNT; db-- > 0;)
		if (e->db[db].txn) {
			store_end(e->db[db].txn);
			table_release(&e->db[db].table);
			e->db[db].txn = NULL;
		}
}

/* Read the item's entry. */
static int
load(struct engine *e, enum store_db db, struct item *i)
{
	struct engine_db *d = &e->db[db];
	struct direct *w = engine_direct(d);
	struct store_value v;
	enum ldb_result r;
	size_t len;
	char *raw;
	int status;

	set_key(&w->key, i);
	r = ldb_get(&w->db, w->key.data, w->key.len, &raw, &len);
	status = engine_settle(d, r);
	if (status != 0 || r == LDB_CORRUPT)
		return status != 0 ? status : -1;
	i->is_loaded = true;
	if (!raw)
		return 0;
	table_adopt(&d->table, i, raw, len);
	if (entry_read(raw, len, e->now, &v)) {
		i->gone = i->disk_gone = v.stale_until;
		return 0;
	}
	table_empty(&d->table, i);
	i->disk_gone = STORE_NEVER; /* there is something, but no index of it */
	if (db == STORE_CACHE)
		return 0;
	i->is_loaded = false;
	return store_fail(e->store, EX_DATAERR,
	    "state: %s: not an entry that this version can read", i->key);
}

/* Keep within the bound: the larger table gives way. */
static void
make_room(struct engine *e)
{
	struct table *a = &e->db[0].table, *b = &e->db[1].table;
	size_t bytes = a->bytes + b->bytes;

	if (a->bytes < b->bytes)
		a = b;
	if (bytes > e->tables_max)
		table_evict(a, a->bytes - (bytes - e->tables_max));
}

struct item *
engine_get(struct engine *e, enum store_db db, const char *key, size_t len)
{
	struct engine_db *d = &e->db[db];
	struct item *i = table_find(&d->table, key, len);

	if (i && i->is_loaded && (i->data || i->gone == ITEM_NONE))
		return i;
	make_room(e);
	do {
		e->status = engine_reopen(d);
		if (e->status != 0)
			return NULL;
		i = table_find(&d->table, key, len);
		if (!i)
			i = table_add(&d->table, key, len);
		e->status = load(e, db, i);
	} while (e->status < 0);
	return e->status == 0 ? i : NULL;
}

static void
make_dirty(struct engine_db *d, struct item *i)
{
	table_touch(&d->table, i);
	d->dirty_bytes += i->len + i->key_len;
	if (i->is_dirty)
		return;
	i->is_dirty = true;
	i->next_dirty = d->dirty;
	d->dirty = i;
}

char *
engine_put(struct engine *e, enum store_db db, struct item *i, size_t len,
    int64_t gone)
{
	struct engine_db *d = &e->db[db];

	table_resize(&d->table, i, len);
	i->gone = gone;
	make_dirty(d, i);
	return i->data;
}

void
engine_del(struct engine *e, enum store_db db, struct item *i)
{
	table_empty(&e->db[db].table, i);
	i->gone = ITEM_NONE;
	make_dirty(&e->db[db], i);
}

/* Has an entry that is over then a place in the index? */
static bool
is_indexed(int64_t gone)
{
	return gone != ITEM_NONE && gone != STORE_NEVER;
}

/* Gather what makes the database have the item. */
static void
gather(struct engine_db *d, const struct item *i)
{
	struct direct *w = engine_direct(d);

	if (is_indexed(i->disk_gone) && i->disk_gone != i->gone) {
		direct_index_key(&w->key, i->disk_gone, i->key);
		ldb_del(&w->db, w->key.data, w->key.len);
	}
	if (is_indexed(i->gone) && i->disk_gone != i->gone) {
		direct_index_key(&w->key, i->gone, i->key);
		ldb_put(&w->db, w->key.data, w->key.len, "", 0);
		if (i->gone < d->next_gone)
			d->next_gone = i->gone;
	}
	set_key(&w->key, i);
	if (i->gone != ITEM_NONE)
		ldb_put(&w->db, w->key.data, w->key.len, i->data, i->len);
	else if (i->disk_gone != ITEM_NONE)
		ldb_del(&w->db, w->key.data, w->key.len);
}

/* The database has it: the items are clean. */
static void
clean(struct engine_db *d)
{
	for (struct item *i = d->dirty; i; i = i->next_dirty) {
		if (d->n_keys >= 0)
			d->n_keys += (i->gone != ITEM_NONE) -
				     (i->disk_gone != ITEM_NONE);
		i->disk_gone = i->gone;
		i->is_dirty = false;
	}
	d->dirty = NULL;
	d->dirty_bytes = 0;
	d->is_marked = true;
}

int
engine_commit(struct engine *e, enum store_db db)
{
	struct engine_db *d = &e->db[db];
	int status = 0;

	d->n_commits++;
	if (d->is_void) {
		d->is_void = false;
		engine_forget(d);
		return engine_mended(e, db);
	}
	if (!d->dirty)
		return 0;
	if (!d->is_marked) { /* as in commit.c */
		ldb_put(&engine_direct(d)->db, "a", 1, "1", 1);
		ldb_put(&engine_direct(d)->db, "z", 1, "1", 1);
	}
	for (const struct item *i = d->dirty; i; i = i->next_dirty)
		gather(d, i);
	status = engine_settle(d, ledger_write(d->txn));
	if (status == 0 && d->dirty) {
		clean(d);
		return 0;
	}
	if (status == 0) { /* it was corrupt, and mended without these */
		d->is_void = false;
		return engine_mended(e, db);
	}
	/*
	 * LevelDB may have written a part to its log: what would follow there
	 * could not be read again.
	 */
	engine_forget(d);
	d->is_open = false;
	d->retry_ms = 0;
	return status;
}
