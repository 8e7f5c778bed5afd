#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/timestamp.h"
#include "core/xmem.h"
#include "store/direct.h"
#include "store/ledger.h"
#include "store/served.h"

#define TURN_MS 1000 /* to wait for the lock before a server is looked for */

void
direct_entry_key(struct buf *b, const char *key)
{
	b->len = 0;
	buf_addc(b, 'k');
	buf_adds(b, key);
}

void
direct_index_key(struct buf *b, int64_t gone, const char *key)
{
	char time[ENTRY_TIME];

	entry_put_time(time, gone);
	b->len = 0;
	buf_addc(b, 'e');
	buf_add(b, time, sizeof(time));
	buf_adds(b, key);
}

static void
forget_lent(struct direct *w)
{
	while (w->n_lent > 0)
		free(w->lent[--w->n_lent]);
	free(w->lent);
	w->lent = NULL;
}

static void
end(struct store_txn *t)
{
	struct direct *w = t->private;

	ldb_close(&w->db);
	dir_close(&w->dir);
	forget_lent(w);
	buf_release(&w->key);
	buf_release(&w->entry);
	free(w);
}

/*
 * Whoever has the lock owns the database, so that a socket that is left over,
 * or whose server is slow, misleads nobody.
 */
int
direct_reach(struct store_txn *t, const char *const *watch)
{
	struct store *s = t->store;
	struct direct *w = t->private;
	int64_t end = timestamp_monotonic() + s->wait_ms, rest = s->wait_ms;
	int status;

	do {
		if (!s->is_owner && served_begin(t, watch))
			return 0;
		status = dir_lock(&w->dir, s, rest < TURN_MS ? rest : TURN_MS);
		if (status != -1)
			return status;
		rest = end - timestamp_monotonic();
	} while (rest > 0);
	return dir_is_locked(&w->dir, s);
}

static int
begin(struct store_txn *t, const char *const *watch)
{
	struct direct *w;
	int status;

	if (served_again(t, watch))
		return 0;
	w = xcalloc(1, sizeof(*w));
	t->private = w;
	status = dir_open(&w->dir, t->store, t->db);
	if (status != 0) {
		free(w);
		return status;
	}
	status = direct_reach(t, watch);
	if (status == 0 && t->backend == &backend_direct) {
		status = direct_settle(t, direct_open(t));
		if (status == 0)
			return 0;
	}
	ldb_close(&w->db);
	dir_close(&w->dir);
	free(w);
	return status;
}

int
direct_read(
    struct store_txn *t, const char *key, char **raw, struct store_value *v)
{
	struct direct *w = t->private;
	enum ldb_result r;
	size_t len;
	int status;

	do {
		direct_entry_key(&w->key, key);
		r = ldb_get(&w->db, w->key.data, w->key.len, raw, &len);
		status = direct_settle(t, r);
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
	struct direct *w = t->private;
	int status = 0;

	forget_lent(w);
	w->lent = xcalloc(n, sizeof(*w->lent));
	for (size_t i = 0; i < n && status == 0; i++) {
		status = direct_read(t, keys[i], &w->lent[i], &v[i]);
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
	struct buf *b = &((struct direct *)s->t->private)->entry;
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
	struct direct *w = t->private;
	enum ldb_result r;
	int status;

	direct_entry_key(&w->key, prefix);
	r = ldb_scan(&w->db, w->key.data, w->key.len, scan_one, &s);
	status = direct_settle(t, r);
	if (status == 0 && r == LDB_CORRUPT)
		return store_fail(t->store, EX_TEMPFAIL,
		    "%s: was corrupt and has been mended; try again",
		    store_db_names[t->db]);
	return status;
}

static void
count(struct store_txn *t, enum store_event e, uint64_t n)
{
	struct direct *w = t->private;

	dir_count(&w->dir, e, n);
}

static int
stats(struct store_txn *t, struct store_stats *out)
{
	struct direct *w = t->private;
	struct store_stats sum = {0};
	int status = scan(t, "", store_add_size, &sum);

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
	struct direct *w = t->private;

	ldb_close(&w->db);
	if (t->db == STORE_STATE)
		ledger_forget(&w->dir);
	if (dir_empty(&w->dir) != 0)
		return store_fail(t->store, EX_IOERR,
		    "%s: cannot remove it: %s", store_db_names[t->db],
		    strerror(errno));
	return direct_settle(t, direct_open(t));
}

const struct backend backend_direct = {
    .begin = begin,
    .mget = mget,
    .scan = scan,
    .commit = direct_commit,
    .end = end,
    .count = count,
    .gc = direct_gc,
    .stats = stats,
    .clear = clear,
};
