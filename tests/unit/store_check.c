/* What store_check finds in a database that was written to by hand. */
#include <stdlib.h>
#include <sysexits.h>

#include "core/process.h"
#include "store/check.h"
#include "store/direct.h"
#include "unit.h"

static char root[] = "/tmp/cdo-check-XXXXXX";
static struct buf findings; /* a line each */

static void
tell(void *arg, const char *key, const char *what)
{
	(void)arg;
	buf_addf(&findings, "%s: %s\n", key ? key : "-", what);
}

/* Put an entry of a format that is right, with or without its index. */
static void
put(struct ldb *db, const char *key, int64_t gone, int64_t index)
{
	struct store_value v = {
	    .data = "x", .len = 1, .expires = gone, .stale_until = gone};
	struct buf name = {0}, entry = {0};

	entry_write(&entry, &v);
	direct_entry_key(&name, key);
	ldb_put(db, name.data, name.len, entry.data, entry.len);
	if (index != 0) {
		direct_index_key(&name, index, key);
		ldb_put(db, name.data, name.len, "", 0);
	}
	buf_release(&name);
	buf_release(&entry);
}

static int
nothing(struct store_txn *t, void *arg)
{
	(void)arg;
	store_set(t, "good", "1", 1, 1000, 0);
	return 0;
}

static void
damage(const char *path)
{
	struct ldb db;
	struct buf name = {0};

	ok(ldb_open(&db, path, true) == LDB_OK);
	put(&db, "fine", 1000, 1000);
	put(&db, "never", STORE_NEVER, 0);
	put(&db, "no place", 1000, 0);
	put(&db, "other time", 1000, 2000);
	ldb_put(&db, "kbad header", 11, "\001\377short", 7);
	ldb_put(&db, "k", 1, "x", 1);
	ldb_put(&db, "stray", 5, "", 0);
	ldb_put(&db, "e123", 4, "", 0);
	direct_index_key(&name, 1000, "left over");
	ldb_put(&db, name.data, name.len, "", 0);
	ok(ldb_write(&db) == LDB_OK);
	buf_release(&name);
	ldb_close(&db);
}

int
main(void)
{
	static char rm[] = "rm", recursive[] = "-r";
	char *const argv[] = {rm, recursive, root, NULL};
	struct process p = {.argv = argv, PROCESS_INHERIT};
	struct process_result r;
	struct buf path = {0};
	struct store *s;
	uint64_t n = 0;

	if (!mkdtemp(root))
		return 1;
	s = store_new(root, 1000);
	buf_addf(&path, "%s/state", root);

	test("check: a sound database has no findings");
	ok(store_do(s, STORE_STATE, NULL, nothing, NULL) == 0);
	ok(store_check(s, STORE_STATE, tell, NULL, &n) == 0);
	ok(n == 1 && findings.len == 0);

	test("check: headers, keys, and both ways of the index");
	damage(path.data);
	n = 0;
	ok(store_check(s, STORE_STATE, tell, NULL, &n) == 0);
	ok(n == 7);
	ok(is(findings.data, findings.len,
	    ": the expiry index holds what is no place\n"
	    "left over: in the expiry index, but not there\n"
	    "other time: in the expiry index at another time\n"
	    ": not a key\n"
	    "bad header: not an entry that this version can read\n"
	    "no place: not in the expiry index\n"
	    "other time: not in the expiry index\n"
	    "stray: not a key of this program\n"));

	buf_release(&findings);
	buf_release(&path);
	store_free(s);
	ok(process_run(&p, &r) == 0 && r.status == 0);
	return done();
}
