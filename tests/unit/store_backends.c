/* lib/store: what every back end has to do, and does alike. */
#define _GNU_SOURCE /* mkdtemp */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/process.h"
#include "core/timestamp.h"
#include "kept.h"

#define WAIT_MS 5000

enum kind { DIRECTORY, SERVER, REDIS, KIND_COUNT };

static const char *const kind_names[] = {"directory", "server", "Redis"};

static char root[] = "/tmp/cdo-backends-XXXXXX";
static enum kind kind; /* that is tested now */
static char where[128]; /* of the store */

static void
test_of(const char *what)
{
	static char names[100][128];
	static int n;

	snprintf(names[n], sizeof(names[n]), "store: %s: %s", kind_names[kind],
	    what);
	test(names[n++]);
}

static void
set_now(const char *now)
{
	setenv("CDO_NOW", now, 1);
}

/* The store, with nothing in it. */
static struct store *
fresh_store(void)
{
	struct store *s = store_new(where, WAIT_MS);

	for (int db = 0; db < STORE_DB_COUNT; db++) {
		struct store_txn *t = begin(s, (enum store_db)db);

		ok(store_clear(t) == 0);
		store_end(t);
	}
	return s;
}

static void
test_reads_and_writes(void)
{
	const char *const keys[] = {"a", "c", "b"};
	struct store *s = fresh_store();
	struct store_value v[3];
	struct store_txn *t;

	test_of("writes are not seen before they are committed");
	t = begin(s, STORE_STATE);
	store_set(t, "a", "1", 1, STORE_NEVER, 0);
	store_set(t, "b", "", 0, STORE_NEVER, 0);
	ok(store_get(t, "a", v) == 0 && !v->data);
	ok(store_commit(t) == 0);
	t = begin(s, STORE_STATE);
	store_set(t, "a", "2", 1, STORE_NEVER, 0);
	store_end(t);
	t = begin(s, STORE_STATE);
	ok(store_mget(t, keys, 3, v) == 0);
	ok(v[0].data && is(v[0].data, v[0].len, "1"));
	ok(!v[1].data);
	ok(v[2].data && v[2].len == 0);
	store_del(t, "b");
	ok(store_commit(t) == 0);
	ok(holds(s, STORE_STATE, "b", NULL));

	test_of("cache and state are apart");
	ok(holds(s, STORE_CACHE, "a", NULL));

	test_of("the last write to a key counts, additions add up");
	t = begin(s, STORE_STATE);
	store_add(t, "n", 5);
	store_add(t, "n", -7);
	store_add(t, "a", 41);
	store_set(t, "m", "x", 1, STORE_NEVER, 0);
	store_del(t, "m");
	store_add(t, "m", 3);
	ok(store_commit(t) == 0);
	ok(holds(s, STORE_STATE, "n", "-2"));
	ok(holds(s, STORE_STATE, "a", "42"));
	ok(holds(s, STORE_STATE, "m", "3"));

	test_of("what is no number, or would overflow, is not added to");
	ok(set(s, STORE_STATE, "t", "9223372036854775807", STORE_NEVER, 0) ==
	    0);
	t = begin(s, STORE_STATE);
	store_set(t, "a", "lost", 4, STORE_NEVER, 0);
	store_add(t, "t", 1);
	ok(store_commit(t) == EX_DATAERR);
	ok(holds(s, STORE_STATE, "a", "42"));
	store_free(s);
}

static void
test_limits(void)
{
	char key[STORE_KEY_MAX + 2];
	struct store *s = fresh_store();

	test_of("keys have 1 to 1024 bytes");
	memset(key, 'k', sizeof(key));
	key[STORE_KEY_MAX + 1] = '\0';
	ok(set(s, STORE_CACHE, key, "", 10, 0) == EX_DATAERR);
	ok(set(s, STORE_CACHE, "", "", 10, 0) == EX_DATAERR);
	ok(strstr(store_why(s), "a key has 1 to 1024 bytes, not none"));
	key[STORE_KEY_MAX] = '\0';
	ok(set(s, STORE_CACHE, key, "v", STORE_NEVER, 0) == 0);
	ok(holds(s, STORE_CACHE, key, "v"));
	store_free(s);
}

static bool
gather(void *arg, const char *key, const struct store_value *v)
{
	struct buf *b = arg;

	buf_addf(
	    b, "%s=%.*s%s ", key, (int)v->len, v->data, v->is_stale ? "!" : "");
	return b->len < 100;
}

static bool
scans(struct store *s, const char *prefix, const char *want)
{
	struct store_txn *t = begin(s, STORE_CACHE);
	struct buf b = {0};
	bool good;

	buf_addf(&b, "%s", "");
	good = store_scan(t, prefix, gather, &b) == 0;
	store_end(t);
	good = is(b.data, b.len, want) && good;
	buf_release(&b);
	return good;
}

static void
test_time(void)
{
	struct store *s = fresh_store();
	struct store_stats stats = {0};
	struct store_txn *t;
	uint64_t n = 0;

	set_now("2026-01-01T00:00:00Z");
	ok(set(s, STORE_CACHE, "w:b", "1", 60000, 30000) == 0);
	ok(set(s, STORE_CACHE, "w:a", "2", 30000, 0) == 0);
	ok(set(s, STORE_CACHE, "w:c", "3", STORE_NEVER, 0) == 0);
	ok(set(s, STORE_CACHE, "x", "4", 1000, 0) == 0);
	test_of("a scan is in order, within the prefix");
	ok(scans(s, "w:", "w:a=2 w:b=1 w:c=3 "));
	ok(scans(s, "", "w:a=2 w:b=1 w:c=3 x=4 "));

	test_of("an entry is fresh, then stale, then gone");
	set_now("2026-01-01T00:00:59.999Z");
	ok(scans(s, "", "w:b=1 w:c=3 "));
	set_now("2026-01-01T00:01:00Z");
	ok(scans(s, "", "w:b=1! w:c=3 "));
	set_now("2026-01-01T00:01:30Z");
	ok(holds(s, STORE_CACHE, "w:b", NULL));

	test_of("what is set again lives again");
	ok(set(s, STORE_CACHE, "w:b", "5", 60000, 0) == 0);
	set_now("2026-01-01T00:02:00Z");
	ok(set(s, STORE_CACHE, "y", "6", 10, 0) == 0);
	ok(holds(s, STORE_CACHE, "w:b", "5"));

	test_of("gone entries are swept by writes, the rest by gc");
	set_now("2026-01-01T01:00:00Z");
	t = begin(s, STORE_CACHE);
	ok(store_gc(t, &n) == 0 && n == (kind == DIRECTORY ? 2 : 0));
	ok(store_gc(t, &n) == 0 && n == 0);
	ok(store_stats(t, &stats) == 0);
	ok(stats.entries == 1 && stats.bytes == 4);
	ok(kind != DIRECTORY || stats.disk_bytes > 0);
	ok(kind != DIRECTORY || stats.events[STORE_EXPIRED] == 5);
	store_end(t);

	test_of("clear removes everything");
	t = begin(s, STORE_CACHE);
	ok(store_clear(t) == 0);
	store_set(t, "z", "1", 1, STORE_NEVER, 0);
	ok(store_commit(t) == 0);
	ok(scans(s, "", "z=1 "));
	unsetenv("CDO_NOW");
	store_free(s);
}

/* Another store on the same place. */
static int
interfere(const char *key, const char *text)
{
	struct store *other = store_new(where, WAIT_MS);
	int status = set(other, STORE_STATE, key, text, STORE_NEVER, 0);

	store_free(other);
	return status;
}

/* In a directory nobody can interfere: the transaction has the lock. */
static void
test_watch(void)
{
	const char *const watch[] = {"a", "n", NULL};
	struct store *s = fresh_store();
	struct store_value v;
	struct store_txn *t;

	test_of("nothing is done if a watched key has changed");
	ok(set(s, STORE_STATE, "a", "1", STORE_NEVER, 0) == 0);
	t = begin_watching(s, STORE_STATE, watch);
	ok(interfere("a", "2") == 0);
	ok(store_get(t, "a", &v) == 0 && is(v.data, v.len, "2"));
	store_set(t, "b", "x", 1, STORE_NEVER, 0);
	ok(store_commit(t) == -1);
	ok(holds(s, STORE_STATE, "b", NULL));
	t = begin_watching(s, STORE_STATE, watch);
	ok(interfere("n", "1") == 0);
	store_add(t, "n", 1);
	ok(store_commit(t) == -1);

	test_of("other keys may change, and those of transactions that ended");
	t = begin_watching(s, STORE_STATE, watch);
	store_end(t);
	t = begin_watching(s, STORE_STATE, (const char *[]){"b", NULL});
	ok(interfere("a", "3") == 0);
	store_set(t, "b", "y", 1, STORE_NEVER, 0);
	ok(store_commit(t) == 0);
	ok(holds(s, STORE_STATE, "b", "y"));

	test_of("a watched key whose time comes is no conflict for ever");
	ok(set(s, STORE_STATE, "a", "1", 30, 0) == 0);
	t = begin_watching(s, STORE_STATE, watch);
	nanosleep(&(struct timespec){.tv_nsec = 60000000}, NULL);
	store_set(t, "b", "z", 1, STORE_NEVER, 0);
	ok(store_commit(t) <= 0);
	t = begin_watching(s, STORE_STATE, watch);
	ok(store_get(t, "a", &v) == 0 && !v.data);
	store_set(t, "b", "z", 1, STORE_NEVER, 0);
	ok(store_commit(t) == 0);
	store_free(s);
}

/* What is in a database of 3000 keys k0000 ..., as a callback sees it. */
struct seen {
	int n, stop_after;
	bool is_right;
};

static bool
see(void *arg, const char *key, const struct store_value *v)
{
	struct seen *seen = arg;
	char want[16];

	snprintf(want, sizeof(want), "k*[%04d", seen->n++);
	seen->is_right &= is(key, strlen(key), want) &&
			  is(v->data, v->len, want) &&
			  v->created != STORE_NEVER;
	return seen->n < seen->stop_after;
}

static void
test_many(void)
{
	enum { MANY = 3000 };
	static char names[MANY][16];
	static const char *keys[MANY];
	static struct store_value v[MANY];
	struct store *s = fresh_store();
	struct store_txn *t = begin(s, STORE_CACHE);
	struct seen seen = {0, MANY + 1, true};
	char *big = malloc(5000000);
	int wrong = 0;

	test_of("many keys are written, read and scanned in order");
	for (int i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof(names[i]), "k*[%04d", i);
		keys[i] = names[i];
		store_set(t, names[i], names[i], strlen(names[i]), 600000, 0);
	}
	store_set(t, "kx[1", "", 0, 600000, 0);
	ok(store_commit(t) == 0);
	t = begin(s, STORE_CACHE);
	ok(store_mget(t, keys, MANY, v) == 0);
	for (int i = 0; i < MANY; i++)
		wrong += !v[i].data || !is(v[i].data, v[i].len, names[i]);
	ok(wrong == 0);
	ok(store_scan(t, "k*[", see, &seen) == 0);
	ok(seen.n == MANY && seen.is_right);
	seen = (struct seen){0, 70, true};
	ok(store_scan(t, "k*[", see, &seen) == 0);
	ok(seen.n == 70 && seen.is_right);
	ok(store_get(t, names[5], v) == 0 && is(v->data, v->len, names[5]));

	test_of("values may be large, and have any bytes");
	for (size_t i = 0; i < 5000000; i++)
		big[i] = (char)(i * 7 % 256);
	store_set(t, "big", big, 5000000, STORE_NEVER, 0);
	ok(store_commit(t) == 0);
	t = begin(s, STORE_CACHE);
	ok(store_get(t, "big", v) == 0 && v->len == 5000000 &&
	    memcmp(v->data, big, v->len) == 0);
	store_end(t);
	free(big);
	store_free(s);
}

/* Add 1 to n a hundred times, and to a value by compare-and-set. */
static int
add_both(struct store_txn *t, void *arg)
{
	struct store_value v;
	char text[24];
	int status = store_get(t, "set", &v);

	(void)arg;
	if (status != 0)
		return status;
	snprintf(text, sizeof(text), "%.*s", v.data ? (int)v.len : 0,
	    v.data ? v.data : "");
	snprintf(text, sizeof(text), "%ld", strtol(text, NULL, 10) + 1);
	store_set(t, "set", text, strlen(text), STORE_NEVER, 0);
	store_add(t, "n", 1);
	return 0;
}

static void *
add_often(void *arg)
{
	const char *const watch[] = {"set", NULL};
	struct store *s = store_new(where, 60000);
	long failed = 0;

	for (int i = 0; i < 100; i++)
		if (store_do(s, STORE_STATE, watch, add_both, NULL) != 0) {
			printf("# %s\n", store_why(s));
			failed++;
		}
	store_free(s);
	*(long *)arg = failed;
	return NULL;
}

static void
test_race(void)
{
	struct store *s = fresh_store();
	pthread_t threads[8];
	long failed[8];

	test_of("threads that add to the same keys lose nothing");
	for (int i = 0; i < 8; i++)
		ok(pthread_create(&threads[i], NULL, add_often, &failed[i]) ==
		    0);
	for (int i = 0; i < 8; i++)
		ok(pthread_join(threads[i], NULL) == 0 && failed[i] == 0);
	ok(holds(s, STORE_STATE, "n", "800"));
	ok(holds(s, STORE_STATE, "set", "800"));
	store_free(s);
}

/* Start a server, which ends with this program. */
static pid_t
start(const char *command)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setenv("CDO_NOW", "2026-01-01T00:00:00Z", 1);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

/* Wait until the store can be used. */
static bool
answers(void)
{
	int64_t deadline = timestamp_monotonic() + 10000;
	struct store *s = store_new(where, WAIT_MS);
	struct store_txn *t = NULL;

	while (!t && timestamp_monotonic() < deadline)
		if (store_begin(s, STORE_STATE, NULL, &t) != 0)
			nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
	if (t)
		store_end(t);
	else
		printf("# %s\n", store_why(s));
	store_free(s);
	return t;
}

/* Start what the kind of store needs, if anything. */
static pid_t
start_store(void)
{
	const char *bin = getenv("CDO_BIN"), *path = where + strlen("unix:");
	char command[512];

	snprintf(where, sizeof(where), "%s%s/%s",
	    kind == DIRECTORY ? "" : "unix:", root, kind_names[kind]);
	if (kind == DIRECTORY)
		return 0;
	if (kind == SERVER)
		snprintf(command, sizeof(command),
		    "CDO_STATE_DIR='%s/served' exec '%s/cdo-cache' serve "
		    "--socket '%s'",
		    root, bin ? bin : "bin", path);
	else
		snprintf(command, sizeof(command),
		    "exec redis-server --port 0 --unixsocket '%s' "
		    "--unixsocketperm 700 --save '' --appendonly no --dir '%s' "
		    "--logfile log",
		    path, root);
	return start(command);
}

static void
test_kind(void)
{
	pid_t pid = start_store();

	if (!answers()) {
		test_of("it can be reached");
		ok(false);
		return;
	}
	test_reads_and_writes();
	test_limits();
	test_time();
	if (kind != DIRECTORY)
		test_watch();
	test_many();
	test_race();
	if (pid > 0) {
		kill(pid, SIGTERM);
		waitpid(pid, NULL, 0);
	}
}

int
main(void)
{
	static char rm[] = "rm", recursive[] = "-r";
	char *const argv[] = {rm, recursive, root, NULL};
	struct process p = {.argv = argv, PROCESS_INHERIT};
	struct process_result r = {0};

	unsetenv("CDO_NOW");
	diag_init("store_backends");
	if (!mkdtemp(root))
		return 1;
	for (; kind < KIND_COUNT; kind++)
		test_kind();
	ok(process_run(&p, &r) == 0 && r.status == 0);
	return done();
}
