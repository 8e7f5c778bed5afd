/* The writing half of a store in a directory. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "store/direct.h"

#define SWEEP 100 /* entries that are gone, removed by one commit at most */
#define SWEEP_ALL 10000 /* the same in one write of gc */

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

/* The integer that an entry is, 0 if there is none. */
static bool
read_integer(const struct store_value *v, int64_t *n)
{
	char text[24], *end;

	*n = 0;
	if (!v->data)
		return true;
	if (v->len == 0 || v->len >= sizeof(text) ||
	    (v->data[0] != '-' && !isdigit((unsigned char)v->data[0])))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)v->len, v->data);
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
	int64_t n;

	if (op->kind != OP_KEEP || !v->data || t->now >= v->stale_until)
		*v = (struct store_value){.created = t->now,
		    .expires = STORE_NEVER,
		    .stale_until = STORE_NEVER,
		    .is_plain = true};
	if (op->kind == OP_SET)
		*v = (struct store_value){
		    .data = op->data.len > 0 ? op->data.data : "",
		    .len = op->data.len,
		    .created = op->created,
		    .expires = op->expires,
		    .stale_until = op->stale_until,
		    .is_plain = op->is_plain};
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
	struct direct *w = t->private;
	struct store_value v;
	char *raw, text[24];
	int status;

	status = direct_read(t, key, &raw, &v);
	if (status != 0)
		return status;
	if (v.data && v.stale_until != STORE_NEVER) {
		direct_index_key(&w->key, v.stale_until, key);
		ldb_del(&w->db, w->key.data, w->key.len);
	}
	status = apply(t, key, op, &v, text);
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
	status = sweep(t, SWEEP, &n);
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
			status = direct_settle(t, ldb_write(&w->db));
	} while (status == 0 && w->is_mended != was_mended);
	if (status == 0)
		ldb_tidy(&w->db);
	return status;
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
			status = direct_settle(t, ldb_write(&w->db));
		sum += n;
	} while (status == 0 && n > 0);
	if (status == 0) {
		ldb_compact(&w->db);
		*n_removed = sum;
	}
	return status;
}
