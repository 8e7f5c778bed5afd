/*
 * lib/store: files of a database that are cut, zeroed, or full of garbage.
 * The cache starts empty, with a warning; the state keeps what it can, and
 * either way the next write works.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/process.h"
#include "store/store.h"
#include "unit.h"

static char root[] = "/tmp/cdo-damage-XXXXXX";
static struct buf said; /* by diag */

static void
hear(enum diag_level level, const char *text, size_t len)
{
	(void)level;
	buf_add(&said, text, len);
	buf_addc(&said, '\n');
}

enum damage { CUT, HALVED, ZEROED, ZEROED_END, GARBAGE, GARBAGE_END, ODD_BYTE };

static const char *const damages[] = {"emptied", "cut in half", "zeroed",
    "zeroed at its end", "garbage", "garbage at its end", "one byte changed"};

static void
fill(char *p, size_t n, bool zeros)
{
	unsigned x = 12345;

	for (size_t i = 0; i < n; i++) {
		x = x * 1103515245 + 12345;
		p[i] = zeros ? 0 : (char)(x >> 16);
	}
}

static bool
damage_file(const char *path, enum damage d)
{
	int fd = open(path, O_RDWR);
	struct stat st;
	size_t n;
	char *all;
	bool good;

	if (fd < 0 || fstat(fd, &st) != 0)
		return false;
	n = (size_t)st.st_size;
	all = calloc(n + 1, 1);
	good = read(fd, all, n) == (ssize_t)n;
	if (d == ZEROED || d == GARBAGE)
		fill(all, n, d == ZEROED);
	else if (d == ZEROED_END || d == GARBAGE_END)
		fill(all + n / 2, n - n / 2, d == ZEROED_END);
	else if (d == ODD_BYTE && n > 0)
		all[n / 3] ^= 0x10;
	n = d == CUT ? 0 : d == HALVED ? n / 2 : n;
	good = good && pwrite(fd, all, n, 0) == (ssize_t)n &&
	       ftruncate(fd, (off_t)n) == 0;
	free(all);
	close(fd);
	return good;
}

/* Damage all files whose names have this part.  Returns how many. */
static int
damage_files(const char *dir, const char *part, enum damage d)
{
	DIR *list = opendir(dir);
	struct dirent *e;
	char path[512];
	int n = 0;

	if (!list)
		return 0;
	while ((e = readdir(list)))
		if (strstr(e->d_name, part)) {
			snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
			n += damage_file(path, d);
		}
	closedir(list);
	return n;
}

/* 500 entries in several files, the last ones in the log. */
static void
fill_store(struct store *s, enum store_db db)
{
	struct store_txn *t;
	char key[16], value[200];

	fill(value, sizeof(value), false);
	for (int i = 0; i < 5; i++) {
		ok(store_begin(s, db, NULL, &t) == 0);
		for (int k = 0; k < 100; k++) {
			snprintf(key, sizeof(key), "%d.%02d", i, k);
			store_set(t, key, value, sizeof(value), STORE_NEVER, 0);
		}
		ok(store_commit(t) == 0);
	}
}

static bool
count_one(void *arg, const char *key, const struct store_value *v)
{
	(void)key;
	++*(int *)arg;
	return v->len == 200;
}

/* How many entries there are; a scan that met damage is made once more. */
static int
count(struct store *s, enum store_db db)
{
	struct store_txn *t;
	int n, status = -1;

	for (int i = 0; i < 2 && status != 0; i++) {
		n = 0;
		status = store_begin(s, db, NULL, &t);
		if (status != 0)
			break;
		status = store_scan(t, "", count_one, &n);
		store_end(t);
	}
	if (status != 0)
		printf("# %s\n", store_why(s));
	return status == 0 ? n : -1;
}

/* Was said exactly how many entries are lost? */
static bool
tells(int n_lost)
{
	char want[40];

	snprintf(want, sizeof(want), "entries lost: %d: ", n_lost);
	if (!strstr(said.data, want))
		printf("# %d lost, but: %s\n", n_lost, said.data);
	return strstr(said.data, want);
}

static void
test_damage(enum store_db db, const char *part, enum damage d)
{
	static int number;
	static char names[100][100];
	char where[64], dir[80];
	struct store *s;
	struct store_txn *t;
	int n;

	snprintf(names[number], sizeof(names[number]), "store: %s: %s %s",
	    store_db_names[db], part, damages[d]);
	test(names[number]);
	snprintf(where, sizeof(where), "%s/%d", root, number++);
	snprintf(dir, sizeof(dir), "%s/%s", where, store_db_names[db]);
	s = store_new(where, 1000);
	fill_store(s, db);
	ok(damage_files(dir, part, d) > 0);
	said.len = 0;
	n = count(s, db);
	buf_addc(&said, '\0');
	ok(n >= 0 && n <= 500);
	if (db == STORE_CACHE)
		ok(n == 500 || (strstr(said.data, "starts empty") && n == 0) ||
		    strcmp(part, ".log") == 0);
	else
		ok(n == 500 || tells(500 - n));
	for (int i = 0; i < 3; i++) {
		ok(store_begin(s, db, NULL, &t) == 0);
		store_set(t, "more", "1", 1, STORE_NEVER, 0);
		n = store_commit(t);
		ok(n == 0);
		if (n != 0)
			printf("# %s\n", store_why(s));
	}
	store_free(s);
}

int
main(void)
{
	static const char *const parts[] = {
	    "CURRENT", "MANIFEST", ".ldb", ".log"};
	static char rm[] = "rm", recursive[] = "-r";
	char *const remove[] = {rm, recursive, root, NULL};
	struct process p = {.argv = remove, PROCESS_INHERIT};
	struct process_result r = {0};

	diag_init("store_damage");
	diag_set_level(DIAG_ERROR + 1);
	diag_set_log(hear);
	if (!mkdtemp(root))
		return 1;
	for (int db = 0; db < STORE_DB_COUNT; db++)
		for (size_t i = 0; i < 4; i++)
			for (int d = CUT; d <= ODD_BYTE; d++)
				test_damage((enum store_db)db, parts[i],
				    (enum damage)d);
	buf_release(&said);
	ok(process_run(&p, &r) == 0 && r.status == 0);
	return done();
}
