#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/timestamp.h"
#include "core/xmem.h"
#include "store/check.h"
#include "store/direct.h"

struct check {
	struct direct w;
	enum store_db db;
	void (*tell)(void *, const char *, const char *);
	void *arg;
	uint64_t n_entries;
};

/* Tell about a key of len bytes. */
static void
tell(struct check *c, const char *key, size_t len, const char *what)
{
	char *text = xstrndup(key, len);

	c->tell(c->arg, text, what);
	free(text);
}

/* Does the key w.key have a value?  *data is the caller's to free. */
static bool
find(struct check *c, char **data, size_t *len)
{
	return ldb_get(&c->w.db, c->w.key.data, c->w.key.len, data, len) ==
		   LDB_OK &&
	       *data;
}

/* A place in the index: its entry has to be gone at that time. */
static void
check_place(struct check *c, const char *key, size_t len)
{
	const char *name = key + DIRECT_INDEX_HEAD;
	struct store_value v = {0};
	char *text, *data = NULL;
	size_t n;

	if (len <= DIRECT_INDEX_HEAD) {
		tell(c, "", 0, "the expiry index holds what is no place");
		return;
	}
	text = xstrndup(name, len - DIRECT_INDEX_HEAD);
	direct_entry_key(&c->w.key, text);
	if (!find(c, &data, &n))
		c->tell(c->arg, text, "in the expiry index, but not there");
	else if (entry_read(data, n, 0, &v) &&
		 v.stale_until != entry_get_time(key + 1))
		c->tell(c->arg, text, "in the expiry index at another time");
	free(data);
	free(text);
}

static void
check_entry(
    struct check *c, const char *key, size_t len, const char *data, size_t n)
{
	char *text = xstrndup(key, len), *place = NULL;
	struct store_value v;
	size_t place_len;

	c->n_entries++;
	if (len == 0 || len > STORE_KEY_MAX || strlen(text) != len) {
		c->tell(c->arg, text, "not a key");
	} else if (!entry_read(data, n, 0, &v)) {
		c->tell(
		    c->arg, text, "not an entry that this version can read");
	} else if (v.stale_until != STORE_NEVER) {
		direct_index_key(&c->w.key, v.stale_until, text);
		if (!find(c, &place, &place_len))
			c->tell(c->arg, text, "not in the expiry index");
	}
	free(place);
	free(text);
}

static bool
check_one(void *arg, const char *key, size_t len, const char *data, size_t n)
{
	struct check *c = arg;
	/* edges: see commit.c; 'c': see ledger.c; 'h': see trim.c */
	bool is_ours = len == 1 && memchr("achz", *key, 4);

	if (len > 0 && *key == 'e')
		check_place(c, key, len);
	else if (len > 0 && *key == 'k')
		check_entry(c, key + 1, len - 1, data, n);
	else if (!is_ours)
		tell(c, key, len, "not a key of this program");
	return true;
}

static enum ldb_result
check_all(struct check *c)
{
	enum ldb_result r;

	if (dir_is_headless(&c->w.dir)) {
		c->tell(c->arg, NULL, "the file CURRENT is missing");
		return LDB_OK;
	}
	r = ldb_open(&c->w.db, c->w.dir.path, c->db == STORE_STATE);
	if (r == LDB_OK)
		r = ldb_scan(&c->w.db, "", 0, check_one, c);
	if (r != LDB_CORRUPT)
		return r;
	c->tell(c->arg, NULL, c->w.db.why.data);
	return LDB_OK;
}

static bool
count_one(void *arg, const char *key, const struct store_value *v)
{
	uint64_t *n = arg;

	(void)key;
	(void)v;
	++*n;
	return true;
}

static int
read_all(struct store_txn *t, void *arg)
{
	*(uint64_t *)arg = 0;
	return store_scan(t, "", count_one, arg);
}

/* The database of a directory: locked, or read by the server that has it. */
static int
check_direct(struct store *s, struct check *c)
{
	struct store_txn t = {.store = s,
	    .backend = &backend_direct,
	    .db = c->db,
	    .now = timestamp_now(),
	    .private = &c->w};
	int status = dir_open(&c->w.dir, s, c->db);
	enum ldb_result r = LDB_OK;

	if (status != 0)
		return status;
	status = direct_reach(&t, NULL);
	if (status == 0 && t.backend != &backend_direct) {
		status = read_all(&t, &c->n_entries);
		t.backend->end(&t);
	} else if (status == 0) {
		r = check_all(c);
	}
	if (r != LDB_OK)
		status = store_fail(s, r == LDB_BUSY ? EX_TEMPFAIL : EX_IOERR,
		    "%s: %s", store_db_names[c->db], c->w.db.why.data);
	ldb_close(&c->w.db);
	dir_close(&c->w.dir);
	buf_release(&c->w.key);
	return status;
}

int
store_check(struct store *s, enum store_db db,
    void (*each)(void *, const char *, const char *), void *arg,
    uint64_t *n_entries)
{
	struct check c = {.db = db, .tell = each, .arg = arg};
	int status;

	if (s->backend == &backend_direct)
		status = check_direct(s, &c);
	else
		status = store_do(s, db, NULL, read_all, &c.n_entries);
	*n_entries += c.n_entries;
	return status;
}
