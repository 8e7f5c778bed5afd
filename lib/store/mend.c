/* What becomes of a corrupt database. */
#include <errno.h>
#include <string.h>
#include <sysexits.h>

#include "core/diag.h"
#include "core/timestamp.h"
#include "store/direct.h"
#include "store/ledger.h"

enum ldb_result
direct_open(struct store_txn *t)
{
	struct direct *w = t->private;
	enum ldb_result r;

	if (!dir_is_headless(&w->dir)) {
		r = ldb_open(&w->db, w->dir.path, t->db == STORE_STATE);
		return r == LDB_OK && t->db == STORE_STATE ? ledger_check(t)
							   : r;
	}
	buf_addf(&w->db.why, "the file CURRENT is missing");
	return LDB_CORRUPT;
}

/* Gather the index anew: a repair may have brought old parts of it back. */
static bool
reindex(
    void *arg, const char *key, size_t key_len, const char *data, size_t len)
{
	struct store_txn *t = arg;
	struct direct *w = t->private;
	struct store_value v;

	if (key[0] == 'e')
		ldb_del(&w->db, key, key_len);
	w->entry.len = 0;
	buf_add(&w->entry, key + 1, key_len - 1);
	buf_addc(&w->entry, '\0');
	if (key[0] == 'k' && entry_read(data, len, 0, &v) &&
	    v.stale_until != STORE_NEVER) {
		direct_index_key(&w->key, v.stale_until, w->entry.data);
		ldb_put(&w->db, w->key.data, w->key.len, "", 0);
	}
	return true;
}

/* The state is corrupt: save what can be saved, and be loud about it. */
static enum ldb_result
repair(struct store_txn *t)
{
	struct direct *w = t->private;
	const char *path = w->dir.path;
	enum ldb_result r;

	diag_error("%s: corrupt: %s; repairing it; files that cannot be used "
		   "are kept in %s/lost",
	    path, w->db.why.data, path);
	ldb_close(&w->db);
	r = ldb_repair(&w->db, path);
	if (r != LDB_OK)
		return r;
	r = ldb_open(&w->db, path, true);
	if (r == LDB_OK)
		r = ldb_scan(&w->db, "e", 1, reindex, t);
	if (r == LDB_OK)
		r = ldb_write(&w->db);
	if (r == LDB_OK)
		ledger_report(t);
	w->n_commits = dir_commits(&w->dir);
	return r == LDB_OK ? ledger_write(t) : r;
}

/* The cache is corrupt: keep it for who wants to know why, start anew. */
static enum ldb_result
replace(struct store_txn *t)
{
	struct direct *w = t->private;
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

int
direct_settle(struct store_txn *t, enum ldb_result r)
{
	struct direct *w = t->private;
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
