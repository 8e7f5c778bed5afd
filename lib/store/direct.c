/*
 * direct - a store in a directory: two LevelDBs that are opened when needed.
 *
 * LevelDB belongs to one process at a time and costs 1 to 2 ms to open, so a
 * transaction locks, opens, works and closes.  What is watched cannot change
 * meanwhile.  'k' and the key hold the entry; 'e', the time when it is gone
 * (see entry) and the key hold nothing: that is the index for the sweep.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/diag.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "store/dir.h"
#include "store/entry.h"
#include "store/leveldb.h"

#define SWEEP 100 /* entries that are gone, removed by one commit at most */
#define SWEEP_ALL 10000 /* the same in one write of gc */
#define INDEX_HEAD (1 + ENTRY_TIME)

struct work {
	struct dir dir;
	struct ldb db;
	struct buf key, entry; /* scratch */
	char **lent; /* values of the last read */
	size_t n_lent;
	bool is_mended; /* once is enough */
};

static void
entry_key(struct buf *b, const char *key)
{
	b->len = 0;
	buf_addc(b, 'k');
	buf_adds(b, key);
}

static void
index_key(struct buf *b, int64_t gone, const char *key)
{
	char time[ENTRY_TIME];

	entry_put_time(time, gone);
	b->len = 0;
	buf_addc(b, 'e');
	buf_add(b, time, sizeof(time));
	buf_adds(b, key);
}

/* Open the database.  One that has lost its head is not made anew. */
static enum ldb_result
open_db(struct store_txn *t)
{
	struct work *w = t->private;

	if (!dir_is_headless(&w->dir))
		return ldb_open(&w->db, w->dir.path, t->db == STORE_STATE);
	buf_addf(&w->db.why, "the file CURRENT is missing");
	return LDB_CORRUPT;
}

/* Gather the index anew: a repair may have brought old parts of it back. */
static bool
reindex(
    void *arg, const char *key, size_t key_len, const char *data, size_t len)
{
	struct store_txn *t = arg;
	struct work *w = t->private;
	struct store_value v;

	if (key[0] == 'e')
		ldb_del(&w->db, key, key_len);
	w->entry.len = 0;
	buf_add(&w->entry, key + 1, key_len - 1);
	buf_addc(&w->entry, '\0');
	if (key[0] == 'k' && entry_read(data, len, 0, &v) &&
	    v.stale_until != STORE_NEVER) {
		index_key(&w->key, v.stale_until, w->entry.data);
		ldb_put(&w->db, w->key.data, w->key.len, "", 0);
	}
	return true;
}

/* The state is corrupt: save what can be saved, and be loud about it. */
static enum ldb_result
repair(struct store_txn *t)
{
	struct work *w = t->private;
	const char *path = w->dir.path;
	enum ldb_result r;

	diag_warn("%s: corrupt: %s; repairing it: entries may be lost, files "
		  "that cannot be used are kept in %s/lost",
	    path, w->db.why.data, path);
	ldb_close(&w->db);
	r = ldb_repair(&w->db, path);
	if (r != LDB_OK)
		return r;
	r = ldb_open(&w->db, path, true);
	if (r == LDB_OK)
		r = ldb_scan(&w->db, "", 0, reindex, t);
	return r == LDB_OK ? ldb_write(&w->db) : r;
}

/* The cache is corrupt: keep it for who wants to know why, start anew. */
static enum ldb_result
replace(struct store_txn *t)
{
	struct work *w = t->private;
	struct buf name = {0};
	enum ldb_result r = LDB_FAILED;

	if (dir_set_aside(&w->dir, timestamp_now(), &name) == 0) {
		diag_warn("%s: corrupt: %s; moved to %s, the cache starts "
			  "empty",
		    w->dir.path, w->db.why.data, name.data);
		ldb_close(&w->db);
		r = ldb_open(&w->db, w->dir.path, false);
	} else {
		buf_addf(
		    &w->db.why, "; cannot move it aside: %s", strerror(errno));
	}
	buf_release(&name);
	return r;
}

/* A call of ldb gave r: returns 0 if it is done or, after LDB_CORRUPT, if it
 * should be made again; else fails. */
static int
settle(struct store_txn *t, enum ldb_result r)
{
	struct work *w = t->private;
	const char *name = store_db_names[t->db];

	if (r == LDB_CORRUPT && !w->is_mended) {
		w->is_mended = true;
		r = t->db == STORE_CACHE ? replace(t) : repair(t);
	}
	if (r == LDB_OK)
		return 0;
	if (r == LDB_BUSY)
		return store_fail(t->store, EX_TEMPFAIL,
		    "%s: held open by a process that does not ask for "
		    "%s.lock; try again when it has ended",
		    name, name);
	return store_fail(t->store, EX_IOERR, "%s: %s", name, w->db.why.data);
}

static void
forget_lent(struct work *w)
{
	while (w->n_lent > 0)
		free(w->lent[--w->n_lent]);
	free(w->lent);
	w->lent = NULL;
}

static void
end(struct store_txn *t)
{
	struct work *w = t->private;

	ldb_close(&w->db);
	dir_close(&w->dir);
	forget_lent(w);
	buf_release(&w->key);
	buf_release(&w->entry);
	free(w);
}

static int
begin(struct store_txn *t, const char *const *watch)
{
	struct work *w = xcalloc(1, sizeof(*w));
	int status;

	(void)watch;
	t->private = w;
	status = dir_open(&w->dir, t->store, t->db);
	if (status != 0) {
		free(w);
		return status;
	}
	status = settle(t, open_db(t));
	if (status != 0)
		end(t);
	return status;
}

/*
 * Read what is kept under a key: *raw, the caller's to free, and v, lent from
 * it; v->data is NULL if there is no such entry.  It may be gone already.
 */
static int
read_entry(
    struct store_txn *t, const char *key, char **raw, struct store_value *v)
{
	struct work *w = t->private;
	enum ldb_result r;
	size_t len;
	int status;

	do {
		entry_key(&w->key, key);
		r = ldb_get(&w->db, w->key.data, w->key.len, raw, &len);
		status = settle(t, r);
	} while (status == 0 && r == LDB_CORRUPT);
	if (status != 0)
		return status;
	*v = (struct store_value){0};
	if (!*raw || entry_read(*raw, len, t->now, v) || t->db == STORE_CACHE)
		return 0;
	free(*raw);
	return store_fail(t->store, EX_DATAERR,
	    "state: %s: not an entry that this version can read", key);
}

static int
mget(struct store_txn *t, const char *const *keys, size_t n,
    struct store_value *v)
{
	struct work *w = t->private;
	int status = 0;

	forget_lent(w);
	w->lent = xcalloc(n, sizeof(*w->lent));
	for (size_t i = 0; i < n && status == 0; i++) {
		status = read_entry(t, keys[i], &w->lent[i], &v[i]);
		if (status != 0)
			break;
		w->n_lent = i + 1;
		if (v[i].data && t->now >= v[i].stale_until)
			v[i].data = NULL;
	}
	return status;
}

struct scan {
	struct store_txn *t;
	const char *prefix;
	size_t prefix_len;
	bool (*each)(void *, const char *, const struct store_value *);
	void *arg;
};

static bool
scan_one(
    void *arg, const char *key, size_t key_len, const char *data, size_t len)
{
	struct scan *s = arg;
	struct buf *b = &((struct work *)s->t->private)->entry;
	struct store_value v;

	if (key[0] != 'k' || key_len - 1 < s->prefix_len ||
	    memcmp(key + 1, s->prefix, s->prefix_len) != 0)
		return false;
	if (!entry_read(data, len, s->t->now, &v) || s->t->now >= v.stale_until)
		return true;
	b->len = 0;
	buf_add(b, key + 1, key_len - 1);
	buf_addc(b, '\0');
	return s->each(s->arg, b->data, &v);
}

static int
scan(struct store_txn *t, const char *prefix,
    bool (*each)(void *, const char *, const struct store_value *), void *arg)
{
	struct scan s = {t, prefix, strlen(prefix), each, arg};
	struct work *w = t->private;
	enum ldb_result r;
	int status;

	entry_key(&w->key, prefix);
	r = ldb_scan(&w->db, w->key.data, w->key.len, scan_one, &s);
	status = settle(t, r);
	if (status == 0 && r == LDB_CORRUPT)
		return store_fail(t->store, EX_TEMPFAIL,
		    "%s: was corrupt and has been mended; try again",
		    store_db_names[t->db]);
	return status;
}

struct sweep {
	struct store_txn *t;
	size_t n, max;
};

static bool
sweep_one(
    void *arg, const char *key, size_t key_len, const char *data, size_t len)
{
	struct sweep *s = arg;
	struct work *w = s->t->private;

	(void)data;
	(void)len;
	if (s->n == s->max || key[0] != 'e' || key_len < INDEX_HEAD ||
	    entry_get_time(key + 1) > s->t->now)
		return false;
	s->n++;
	ldb_del(&w->db, key, key_len);
	w->entry.len = 0;
	buf_addc(&w->entry, 'k');
	buf_add(&w->entry, key + INDEX_HEAD, key_len - INDEX_HEAD);
	ldb_del(&w->db, w->entry.data, w->entry.len);
	return true;
}

/* Gather the removal of at most max entries that are gone. */
static int
sweep(struct store_txn *t, size_t max, size_t *n)
{
	struct work *w = t->private;
	struct sweep s = {.t = t, .max = max};
	int status;

	status = settle(t, ldb_scan(&w->db, "e", 1, sweep_one, &s));
	dir_count(&w->dir, STORE_EXPIRED, s.n);
	*n = s.n;
	return status;
}

/* The integer that an entry is, 0 if there is none. */
static bool
read_integer(const struct store_value *v, int64_t *n)
{
	char text[24], *end;

	*n = 0;
	if (!v->data)
		return true;
	if (v->len == 0 || v->len >= sizeof(text) ||
	    !memchr("-0123456789", v->data[0], 11))
		return false;
	memcpy(text, v->data, v->len);
	text[v->len] = '\0';
	errno = 0;
	*n = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0' && end == text + v->len;
}

/*
 * Turn the entry that there is into what a write makes of it; data is NULL
 * where there is none.  text: room for a number.
 */
static int
apply(struct store_txn *t, const char *key, const struct op *op,
    struct store_value *v, char text[24])
{
	int64_t n, life = entry_later(t->now, op->ttl_ms);

	if (op->kind != OP_KEEP || t->now >= v->stale_until)
		*v = (struct store_value){.created = t->now,
		    .expires = STORE_NEVER,
		    .stale_until = STORE_NEVER};
	if (op->kind == OP_SET) {
		v->data = op->data.len > 0 ? op->data.data : "";
		v->len = op->data.len;
		v->expires = life;
		v->stale_until = entry_later(life, op->stale_ms);
	}
	if (!op->adds)
		return 0;
	if (!read_integer(v, &n) || __builtin_add_overflow(n, op->delta, &n))
		return store_fail(t->store, EX_DATAERR,
		    "%s: not an integer, or beyond 64 bits", key);
	v->len = (size_t)snprintf(text, 24, "%" PRId64, n);
	v->data = text;
	return 0;
}

/* Gather what one write takes. */
static int
gather(struct store_txn *t, const char *key, const struct op *op)
{
	struct work *w = t->private;
	struct store_value v;
	char *raw, text[24];
	int status;

	status = read_entry(t, key, &raw, &v);
	if (status != 0)
		return status;
	if (v.data && v.stale_until != STORE_NEVER) {
		index_key(&w->key, v.stale_until, key);
		ldb_del(&w->db, w->key.data, w->key.len);
	}
	status = apply(t, key, op, &v, text);
	entry_key(&w->key, key);
	w->entry.len = 0;
	if (status == 0 && v.data) {
		entry_write(&w->entry, &v);
		ldb_put(&w->db, w->key.data, w->key.len, w->entry.data,
		    w->entry.len);
	} else {
		ldb_del(&w->db, w->key.data, w->key.len);
	}
	if (v.data && v.stale_until != STORE_NEVER) {
		index_key(&w->key, v.stale_until, key);
		ldb_put(&w->db, w->key.data, w->key.len, "", 0);
	}
	free(raw);
	return status;
}

static int
commit(struct store_txn *t)
{
	struct work *w = t->private;
	const struct map_entry *e;
	size_t i = 0, n;
	int status;

	/* first: an entry that is gone may be set again now */
	status = sweep(t, SWEEP, &n);
	while (status == 0 && (e = map_next(&t->ops, &i)))
		status = gather(t, e->key, e->value);
	return status == 0 ? settle(t, ldb_write(&w->db)) : status;
}

static void
count(struct store_txn *t, enum store_event e, uint64_t n)
{
	struct work *w = t->private;

	dir_count(&w->dir, e, n);
}

static int
gc(struct store_txn *t, uint64_t *n_removed)
{
	struct work *w = t->private;
	uint64_t sum = 0;
	size_t n;
	int status;

	do {
		status = sweep(t, SWEEP_ALL, &n);
		if (status == 0)
			status = settle(t, ldb_write(&w->db));
		sum += n;
	} while (status == 0 && n > 0);
	if (status == 0) {
		ldb_compact(&w->db);
		*n_removed = sum;
	}
	return status;
}

static bool
add_entry(void *arg, const char *key, const struct store_value *v)
{
	struct store_stats *sum = arg;

	sum->entries++;
	sum->bytes += strlen(key) + v->len;
	return true;
}

static int
stats(struct store_txn *t, struct store_stats *out)
{
	struct work *w = t->private;
	struct store_stats sum = {0};
	int status = scan(t, "", add_entry, &sum);

	if (status != 0)
		return status;
	sum.disk_bytes = dir_usage(&w->dir);
	dir_counts(&w->dir, sum.events);
	*out = sum;
	return 0;
}

static int
clear(struct store_txn *t)
{
	struct work *w = t->private;

	ldb_close(&w->db);
	if (dir_empty(&w->dir) != 0)
		return store_fail(t->store, EX_IOERR,
		    "%s: cannot remove it: %s", store_db_names[t->db],
		    strerror(errno));
	return settle(t, open_db(t));
}

const struct backend backend_direct = {
    .begin = begin,
    .mget = mget,
    .scan = scan,
    .commit = commit,
    .end = end,
    .count = count,
    .gc = gc,
    .stats = stats,
    .clear = clear,
};
