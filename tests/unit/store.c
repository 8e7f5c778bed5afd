/* lib/store: entries, what is refused, what is mended; see store_backends. */
#define _GNU_SOURCE /* syscall */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/process.h"
#include "kept.h"
#include "store/backend.h"
#include "store/entry.h"
#include "store/mount.h"

static char root[] = "/tmp/cdo-store-XXXXXX";
static long fs_type; /* not 0: what every file system is said to be */

/* Stands before the C library's. */
int
fstatfs(int fd, struct statfs *fs)
{
	int status = (int)syscall(SYS_fstatfs, fd, fs);

	if (fs_type != 0)
		fs->f_type = fs_type;
	return status;
}

/* A new directory's store; the path is a static buffer. */
static struct store *
fresh_store(const char **path)
{
	static char name[64];
	static int n;

	snprintf(name, sizeof(name), "%s/%d/store", root, n++);
	*path = name;
	return store_new(name, 100);
}

static void
test_entry(void)
{
	static const int64_t times[] = {
	    INT64_MIN, -86400000, -1, 0, 1, 1795448000000, STORE_NEVER};
	char last[8] = {0}, bytes[8];
	struct store_value v = {"a\0b", 3, 5, 10, 20, false, false}, got;
	struct buf b = {0};

	test("store: times keep their order as bytes");
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		entry_put_time(bytes, times[i]);
		ok(entry_get_time(bytes) == times[i]);
		ok(i == 0 || memcmp(last, bytes, 8) < 0);
		memcpy(last, bytes, 8);
	}
	ok(entry_later(STORE_NEVER, 1) == STORE_NEVER);
	ok(entry_later(5, STORE_NEVER) == STORE_NEVER);
	ok(entry_later(-5, 7) == 2);

	test("store: an entry reads as it was written, and nothing else does");
	entry_write(&b, &v);
	ok(b.len == ENTRY_HEADER + 3);
	ok(entry_read(b.data, b.len, 9, &got) && !got.is_stale);
	ok(got.created == 5 && got.expires == 10 && got.stale_until == 20);
	ok(got.len == 3 && memcmp(got.data, "a\0b", 3) == 0);
	ok(entry_read(b.data, b.len, 10, &got) && got.is_stale);
	ok(entry_is(b.data, b.len) && !got.is_plain);
	ok(!entry_read(b.data, ENTRY_HEADER - 1, 0, &got));
	b.len = 0;
	v.is_plain = true;
	entry_write(&b, &v);
	ok(entry_read(b.data, b.len, 10, &got) && got.is_plain);
	ok(!entry_is(b.data, b.len));
	b.data[2]++; /* created far in the future */
	ok(!entry_read(b.data, b.len, 0, &got));
	b.data[2]--;
	b.data[0]++;
	ok(!entry_read(b.data, b.len, 0, &got));
	buf_release(&b);
}

static void
test_conflicts(void)
{
	const char *path;
	struct store *s = fresh_store(&path), *other;
	struct store_txn *t, *u;

	test("store: the wait for others ends, and says whom it waited for");
	t = begin(s, STORE_STATE);
	other = store_new(path, 50);
	ok(store_begin(other, STORE_STATE, NULL, &u) == EX_TEMPFAIL);
	ok(strstr(store_why(other), "state: in use by process "));
	ok(strstr(store_why(other), " for more than 50ms"));
	test("store: the cache is free while the state is not");
	ok(holds(other, STORE_CACHE, "a", NULL));
	store_end(t);
	ok(holds(other, STORE_STATE, "a", NULL));
	store_free(other);
	store_free(s);
}

static int conflicts; /* to come, of a back end that is none */

static int
fake_begin(struct store_txn *t, const char *const *watch)
{
	(void)t;
	(void)watch;
	return 0;
}

static int
fake_commit(struct store_txn *t)
{
	(void)t;
	return conflicts-- > 0 ? -1 : 0;
}

static void
fake_end(struct store_txn *t)
{
	(void)t;
}

static int
try_once(struct store_txn *t, void *arg)
{
	++*(int *)arg;
	store_set(t, "a", "1", 1, STORE_NEVER, 0);
	return 0;
}

static void
test_changed_keys(void)
{
	static const struct backend fake = {
	    .begin = fake_begin, .commit = fake_commit, .end = fake_end};
	static char name[] = "fake";
	struct store s = {.backend = &fake, .where = name};
	int n = 0;

	test("store: the work is done again if a watched key has changed");
	conflicts = 3;
	ok(store_do(&s, STORE_STATE, NULL, try_once, &n) == 0 && n == 4);
	test("store: but not for ever");
	conflicts = 1000000;
	ok(store_do(&s, STORE_STATE, NULL, try_once, &n) == EX_TEMPFAIL);
	ok(is(store_why(&s), strlen(store_why(&s)),
	    "fake: the same keys are written by others again and again"));
	buf_release(&s.why);
}

static int
fails_with(struct store *s, const char *why)
{
	struct store_txn *t = NULL;
	int status = store_begin(s, STORE_CACHE, NULL, &t);

	if (status == 0)
		store_end(t);
	else if (!strstr(store_why(s), why))
		printf("# got %s, not %s\n", store_why(s), why);
	return strstr(store_why(s), why) ? status : -1;
}

static void
test_refusals(void)
{
	const char *path;
	struct store *s = fresh_store(&path);
	struct store_txn *t = NULL;
	char sub[128];
	struct stat st;

	test("store: directories are 0700, files 0600, whatever the umask");
	umask(0);
	ok(set(s, STORE_CACHE, "a", "1", STORE_NEVER, 0) == 0);
	ok(umask(022) == 0);
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0700);
	snprintf(sub, sizeof(sub), "%s/cache", path);
	ok(stat(sub, &st) == 0 && (st.st_mode & 0777) == 0700);
	snprintf(sub, sizeof(sub), "%s/cache/CURRENT", path);
	ok(stat(sub, &st) == 0 && (st.st_mode & 0777) == 0600);
	snprintf(sub, sizeof(sub), "%s/cache.lock", path);
	ok(stat(sub, &st) == 0 && (st.st_mode & 0777) == 0600);

	test("store: a directory that others may write to is refused");
	ok(chmod(path, 0770) == 0);
	ok(fails_with(s, "others may write") == EX_NOPERM);
	ok(chmod(path, 0700) == 0);

	test("store: a directory of somebody else is refused");
	if (geteuid() == 0) {
		ok(chown(path, 1, 1) == 0);
		ok(fails_with(s, "belongs to uid 1, not to uid 0") ==
		    EX_NOPERM);
		ok(chown(path, 0, 0) == 0);
	} else {
		struct store *usr = store_new("/usr", 0);

		ok(fails_with(usr, "belongs to uid 0, not to") == EX_NOPERM);
		store_free(usr);
	}

	test("store: a network file system is refused");
	fs_type = 0x6969;
	ok(fails_with(s, "network file system") == EX_CONFIG);
	fs_type = 0x65735546; /* FUSE, but nothing of that kind is mounted */
	ok(fails_with(s, "") == 0);
	ok(mount_is_remote_fuse("fuse.sshfs", 10));
	ok(!mount_is_remote_fuse("fuse.sshfs", 9));
	ok(!mount_is_remote_fuse("fuseblk", 7));
	ok(!mount_is_remote_fuse("fuse.fuse-overlayfs", 19));
	fs_type = 0xff534d42;
	ok(fails_with(s, "network file system") == EX_CONFIG);
	fs_type = 0;
	ok(fails_with(s, "") == 0);

	test("store: a link in place of a database is refused");
	snprintf(sub, sizeof(sub), "%s/state", path);
	ok(symlink("cache", sub) == 0);
	ok(store_begin(s, STORE_STATE, NULL, &t) == EX_CANTCREAT);
	store_free(s);

	test("store: what names no server rightly is told");
	s = store_new("redis://localhost:6379/x", 0);
	ok(fails_with(s, "localhost:6379/x: behind the host there is a") ==
	    EX_CONFIG);
	store_free(s);
	s = store_new("rediss://me:hidden@localhost", 0);
	ok(fails_with(s, "speaks no TLS") == EX_CONFIG);
	ok(!strstr(store_why(s), "hidden"));
	store_free(s);
}

/* Overwrite the len bytes at offset of the files whose names have this part;
 * len 0: empty them. */
static int
scribble(const char *dir, const char *part, off_t offset, size_t len)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[512], junk[4096];
	int n = 0;

	memset(junk, 0xa5, sizeof(junk));
	if (!d)
		return 0;
	while ((e = readdir(d))) {
		int fd;

		if (!strstr(e->d_name, part))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		fd = open(path, O_WRONLY);
		if (len > 0 && pwrite(fd, junk, len, offset) > 0)
			n++;
		if (len == 0 && ftruncate(fd, 0) == 0)
			n++;
		close(fd);
	}
	closedir(d);
	return n;
}

/* Fill a database, and open it again so that its entries are in a table. */
static void
fill(struct store *s, enum store_db db)
{
	char key[16];

	for (int i = 0; i < 5; i++) {
		struct store_txn *t = begin(s, db);

		for (int k = 0; k < 100; k++) {
			snprintf(key, sizeof(key), "%d.%02d", i, k);
			store_set(t, key, key, strlen(key), 3600000, 0);
		}
		ok(store_commit(t) == 0);
	}
	ok(holds(s, db, "0.00", "0.00"));
}

static bool
count_one(void *arg, const char *key, const struct store_value *v)
{
	(void)key;
	(void)v;
	++*(int *)arg;
	return true;
}

/* The number of entries, or -1. */
static int
count(struct store *s, enum store_db db)
{
	struct store_txn *t = NULL;
	int n = 0;

	if (store_begin(s, db, NULL, &t) != 0 ||
	    store_scan(t, "", count_one, &n) != 0) {
		printf("# %s\n", store_why(s));
		n = -1;
	}
	if (t)
		store_end(t);
	return n;
}

static void
test_corrupt_cache(void)
{
	static const char *const parts[] = {"CURRENT", "LOG", ".ldb", ".log"};
	char dir[128];
	const char *path;

	test("store: a corrupt cache is moved aside and starts empty");
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		struct store *s = fresh_store(&path);
		struct store_txn *t;
		struct store_value v;

		fill(s, STORE_CACHE);
		snprintf(dir, sizeof(dir), "%s/cache", path);
		scribble(dir, parts[i], 0, 200);
		t = begin(s, STORE_CACHE);
		for (int k = 0; k < 5; k++) {
			char key[16];

			snprintf(key, sizeof(key), "%d.50", k);
			ok(store_get(t, key, &v) == 0);
		}
		store_set(t, "new", "1", 1, STORE_NEVER, 0);
		ok(store_commit(t) == 0);
		ok(holds(s, STORE_CACHE, "new", "1"));
		store_free(s);
	}
}

static void
test_corrupt_state(void)
{
	static const char *const parts[] = {
	    "CURRENT", "MANIFEST", ".ldb", ".log"};
	struct store *s;
	const char *path;
	struct store_txn *t;
	char dir[128], file[160];
	int n;

	test("store: a state without its list of tables is repaired");
	s = fresh_store(&path);
	fill(s, STORE_STATE);
	snprintf(dir, sizeof(dir), "%s/state", path);
	snprintf(file, sizeof(file), "%s/CURRENT", dir);
	ok(unlink(file) == 0);
	ok(count(s, STORE_STATE) == 500);
	ok(scribble(dir, "CURRENT", 0, 10) == 1);
	ok(count(s, STORE_STATE) == 500);
	ok(set(s, STORE_STATE, "more", "1", 100, 0) == 0);
	store_free(s);

	test("store: a commit that meets damage is made again, whole");
	s = fresh_store(&path);
	fill(s, STORE_STATE);
	snprintf(dir, sizeof(dir), "%s/state", path);
	ok(scribble(dir, ".ldb", 0, 100) > 0);
	t = begin(s, STORE_STATE);
	for (int i = 0; i < 5; i++) {
		char key[16];

		snprintf(key, sizeof(key), "%d.50", i);
		store_set(t, key, "new", 3, STORE_NEVER, 0);
	}
	ok(store_commit(t) == 0);
	for (int i = 0; i < 5; i++) {
		char key[16];

		snprintf(key, sizeof(key), "%d.50", i);
		ok(holds(s, STORE_STATE, key, "new"));
	}
	store_free(s);

	test("store: emptied files of the state never stop it for good");
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		s = fresh_store(&path);
		fill(s, STORE_STATE);
		snprintf(dir, sizeof(dir), "%s/state", path);
		ok(scribble(dir, parts[i], 0, 0) > 0);
		n = count(s, STORE_STATE);
		ok(n >= 0 || count(s, STORE_STATE) >= 0);
		ok(set(s, STORE_STATE, "more", "1", STORE_NEVER, 0) == 0);
		ok(holds(s, STORE_STATE, "more", "1"));
		store_free(s);
	}

	test("store: what is left of a damaged state is kept");
	s = fresh_store(&path);
	fill(s, STORE_STATE);
	snprintf(dir, sizeof(dir), "%s/state", path);
	ok(scribble(dir, ".ldb", 0, 100) > 0);
	n = count(s, STORE_STATE);
	if (n < 0)
		n = count(s, STORE_STATE);
	ok(n >= 0 && n <= 500);
	ok(set(s, STORE_STATE, "more", "1", STORE_NEVER, 0) == 0);
	ok(holds(s, STORE_STATE, "more", "1"));
	store_free(s);
}

/* Set n to 1, 2, 3 ... and say so each time, for ever. */
static int
write_on(const char *path)
{
	struct store *s = store_new(path, STORE_WAIT_MS);
	char text[24];

	for (int i = 1;; i++) {
		snprintf(text, sizeof(text), "%d\n", i);
		if (set(s, STORE_STATE, "n", text, STORE_NEVER, 0) != 0)
			return 1;
		if (write(STDOUT_FILENO, text, strlen(text)) < 0)
			return 1;
	}
}

/* Keep the last line, without its end. */
static void
on_data(void *arg, int stream, const char *data, size_t len)
{
	struct buf *last = arg;

	(void)stream;
	last->len = len < 24 ? 0 : last->len;
	buf_add(last, data, len);
}

static void
test_sudden_death(void)
{
	static char self[] = "/proc/self/exe", mode[] = "write";
	struct buf said = {0};
	const char *path;
	struct store *s = fresh_store(&path);
	struct store_value v;
	struct process_result r;
	struct store_txn *t;
	int n_spoke = 0;
	char *line;
	long ahead;

	test("store: what was committed outlives the writer's sudden death");
	for (int round = 1; round <= 20; round++) {
		char *name = strdup(path);
		char *const argv[] = {self, mode, name, NULL};
		struct process p = {.argv = argv,
		    .in = PROCESS_NULL,
		    .out = PROCESS_PIPE,
		    .err = 2,
		    .on_data = on_data,
		    .arg = &said,
		    .timeout_ms = 20 + 3 * round};

		said.len = 0;
		ok(process_run(&p, &r) == 0 && r.signo == SIGTERM);
		free(name);
		if (said.len == 0)
			continue;
		n_spoke++;
		said.data[said.len - 1] = '\0';
		line = strrchr(said.data, '\n');
		t = begin(s, STORE_STATE);
		ok(store_get(t, "n", &v) == 0 && v.data);
		ahead = v.data ? strtol(v.data, NULL, 10) : 0;
		ahead -= strtol(line ? line + 1 : said.data, NULL, 10);
		ok(ahead == 0 || ahead == 1);
		store_end(t);
	}
	ok(n_spoke > 0);
	buf_release(&said);
	store_free(s);
}

int
main(int argc, char *argv[])
{
	static char name[] = "rm", recursive[] = "-r";
	char *const rm[] = {name, recursive, root, NULL};
	struct process p = {.argv = rm, PROCESS_INHERIT};
	struct process_result r = {0};

	if (argc == 3)
		return write_on(argv[2]);
	unsetenv("CDO_NOW");
	diag_init("store");
	diag_set_level(DIAG_ERROR);
	if (!mkdtemp(root))
		return 1;
	test_entry();
	test_conflicts();
	test_changed_keys();
	test_refusals();
	test_corrupt_cache();
	test_corrupt_state();
	test_sudden_death();
	ok(process_run(&p, &r) == 0 && r.status == 0);
	return done();
}
