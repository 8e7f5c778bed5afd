/* The writing half of a store in a directory. */
#include <stdlib.h>
#include <sysexits.h>

#include "store/direct.h"
#include "store/ledger.h"

#define SWEEP \
	100 /* entries that are gone, removed by one commit at most, \
	     * and two more for each that is written */
#define SWEEP_ALL 10000

struct sweep {
	struct store_txn *t;
	size_t n, max;
};

static bool
sweep_one(
    void *arg, const char *key, size_t key_len, const char *data, size_t len)
{
	struct sweep *s = arg;
	struct direct *w = s->t->private;

	(void)data;
	(void)len;
	if (s->n == s->max || key[0] != 'e' || key_len < DIRECT_INDEX_HEAD ||
	    entry_get_time(key + 1) > s->t->now)
		return false;
	s->n++;
	ldb_del(&w->db, key, key_len);
	w->entry.len = 0;
	buf_addc(&w->entry, 'k');
	buf_add(
	    &w->entry, key + DIRECT_INDEX_HEAD, key_len - DIRECT_INDEX_HEAD);
	ldb_del(&w->db, w->entry.data, w->entry.len);
	return true;
}

/* Gather the removal of at most max entries that are gone. */
static int
sweep(struct store_txn *t, size_t max, size_t *n)
{
	struct direct *w = t->private;
	struct sweep s = {.t = t, .max = max};
	int status;

	status = direct_settle(t, ldb_scan(&w->db, "e", 1, sweep_one, &s));
	dir_count(&w->dir, STORE_EXPIRED, s.n);
	*n = s.n;
	return status;
}

/* Gather what one write takes. */
static int
gather(struct store_txn *t, const char *key, const struct op *op)
{
	struct direct *w = t->private;
	struct store_value v;
	char *raw, number[OP_NUMBER];
	int status;

	status = direct_read(t, key, &raw, &v);
	if (status != 0)
		return status;
	if (v.data && v.stale_until != STORE_NEVER) {
		direct_index_key(&w->key, v.stale_until, key);
		ldb_del(&w->db, w->key.data, w->key.len);
	}
	status = op_apply(t, key, op, &v, number);
	if (status == 0 && t->db == STORE_CACHE && t->store->cache_max > 0 &&
	    v.len > t->store->cache_max)
		status = store_fail(t->store, EX_DATAERR,
		    "%s: larger than the whole cache may be; see "
		    "CDO_CACHE_MAX",
		    key);
	direct_entry_key(&w->key, key);
	w->entry.len = 0;
	if (status == 0 && v.data) {
		entry_write(&w->entry, &v);
		ldb_put(&w->db, w->key.data, w->key.len, w->entry.data,
		    w->entry.len);
	} else {
		ldb_del(&w->db, w->key.data, w->key.len);
	}
	if (v.data && v.stale_until != STORE_NEVER) {
		direct_index_key(&w->key, v.stale_until, key);
		ldb_put(&w->db, w->key.data, w->key.len, "", 0);
	}
	free(raw);
	return status;
}

static int
gather_all(struct store_txn *t)
{
	struct direct *w = t->private;
	const struct map_entry *e;
	size_t i = 0, n;
	int status;

	ldb_forget(&w->db);
	/*
	 * The lowest and the highest key, so that the files of all commits
	 * overlap: LevelDB merges only such.  1 is the version of the format.
	 */
	ldb_put(&w->db, "a", 1, "1", 1);
	ldb_put(&w->db, "z", 1, "1", 1);
	/* first: an entry that is gone may be set again now */
	status = sweep(t, SWEEP + 2 * t->ops.n, &n);
	while (status == 0 && (e = map_next(&t->ops, &i)))
		status = gather(t, e->key, e->value);
	return status;
}

int
direct_commit(struct store_txn *t)
{
	struct direct *w = t->private;
	bool was_mended;
	int status;

	/* what was gathered for a database that had to be mended is void */
	do {
		was_mended = w->is_mended;
		status = gather_all(t);
		if (status == 0 && w->is_mended == was_mended)
			status = direct_settle(t, ledger_write(t));
	} while (status == 0 && w->is_mended != was_mended);
	if (status != 0)
		return status;
	ldb_tidy(&w->db);
	/* done is done: what fails here is no failure of the commit */
	direct_trim(t, NULL, NULL);
	return 0;
}

int
direct_gc(struct store_txn *t, uint64_t *n_removed)
{
	struct direct *w = t->private;
	uint64_t sum = 0;
	size_t n;
	int status;

	do {
		status = sweep(t, SWEEP_ALL, &n);
		if (status == 0)
			status = direct_settle(t, ledger_write(t));
		sum += n;
	} while (status == 0 && n > 0);
	if (status == 0) {
		ldb_compact(&w->db, NULL, NULL);
		*n_removed = sum;
	}
	return status;
}
