/*
 * lib/store: a commit is made as a whole or not at all, wherever it is killed.
 *
 * strace kills a writer at its first, second, third ... system call of those
 * that change files, until it comes through; before the call is made, and
 * behind it.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/process.h"
#include "store/store.h"
#include "unit.h"

/* strace counts each of them by itself. */
static const char *const calls[] = {"write", "pwrite64", "fsync", "fdatasync",
    "rename", "unlink", "mkdir", "mkdirat", "openat"};

#define MOST 1000 /* calls of one kind in a commit: far fewer */

static char root[] = "/tmp/cdo-kill-XXXXXX";
static char where[64];

/* Add one to both of two numbers. */
static int
add_both(struct store_txn *t, void *arg)
{
	(void)arg;
	store_add(t, "one", 1);
	store_add(t, "two", 1);
	return 0;
}

/* What this program does under strace. */
static int
write_once(const char *dir, enum store_db db)
{
	struct store *s = store_new(dir, STORE_WAIT_MS);
	int status = store_do(s, db, NULL, add_both, NULL);

	if (status != 0)
		printf("# %s\n", store_why(s));
	store_free(s);
	return status;
}

static long
number(const struct store_value *v)
{
	char text[24];

	snprintf(text, sizeof(text), "%.*s", v->data ? (int)v->len : 0,
	    v->data ? v->data : "");
	return strtol(text, NULL, 10);
}

/* Both numbers, which have to be equal; -1 if they are not. */
static long
read_both(enum store_db db)
{
	static const char *const keys[] = {"one", "two"};
	struct store *s = store_new(where, STORE_WAIT_MS);
	struct store_value v[2];
	struct store_txn *t = NULL;
	long n = -1;

	if (store_begin(s, db, NULL, &t) == 0 &&
	    store_mget(t, keys, 2, v) == 0 && number(&v[0]) == number(&v[1]))
		n = number(&v[0]);
	else
		printf("# %s\n", store_why(s));
	if (t)
		store_end(t);
	store_free(s);
	return n;
}

static void
drop(void *arg, int stream, const char *data, size_t len)
{
	(void)arg;
	(void)stream;
	(void)data;
	(void)len;
}

/* Run the writer, and kill it at its nth such call.  Returns whether it died.
 */
static bool
is_killed(enum store_db db, const char *call, int n, bool before)
{
	static char strace[] = "strace", threads[] = "-f", quiet[] = "-o",
		    null[] = "/dev/null", e[] = "-e", self[] = "/proc/self/exe";
	char trace[80], inject[80], exe[512], name[8];
	char *const argv[] = {strace, threads, quiet, null, e, trace, e, inject,
	    exe, where, name, NULL};
	struct process p = {.argv = argv,
	    .in = PROCESS_NULL,
	    .out = 1,
	    .err = PROCESS_PIPE,
	    .on_data = drop};
	struct process_result r = {0};
	ssize_t len = readlink(self, exe, sizeof(exe) - 1);

	exe[len > 0 ? len : 0] = '\0';
	snprintf(trace, sizeof(trace), "trace=%s", call);
	snprintf(inject, sizeof(inject), "inject=%s:%ssignal=KILL:when=%d",
	    call, before ? "error=EIO:" : "", n);
	snprintf(name, sizeof(name), "%d", (int)db);
	ok(process_run(&p, &r) == 0);
	ok(r.signo == SIGKILL || (r.signo == 0 && r.status == 0));
	return r.signo == SIGKILL;
}

/* Kill it at each of its calls of one kind.  Returns how many there are. */
static int
kill_at(enum store_db db, const char *call, bool before)
{
	long was, is_now;
	bool died = true;
	int n = 0;

	while (died && n < MOST) {
		was = read_both(db);
		died = is_killed(db, call, ++n, before);
		is_now = read_both(db);
		ok(was >= 0);
		ok(is_now == was + 1 || (died && is_now == was));
	}
	ok(!died);
	return n - 1;
}

static void
test_kills(enum store_db db, bool before)
{
	int n = 0;

	ok(write_once(where, db) == 0);
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		n += kill_at(db, calls[i], before);
	printf("# %d calls\n", n);
	ok(n > 20);
}

int
main(int argc, char *argv[])
{
	static char rm[] = "rm", recursive[] = "-r";
	char *const remove[] = {rm, recursive, root, NULL};
	struct process p = {.argv = remove, PROCESS_INHERIT};
	struct process_result r = {0};
	const char *old = getenv("ASAN_OPTIONS");
	char options[512];

	diag_init("store_kill");
	/* leaks cannot be looked for under strace */
	snprintf(options, sizeof(options), "%s:detect_leaks=0", old ? old : "");
	setenv("ASAN_OPTIONS", options, 1);
	if (argc == 3)
		return write_once(argv[1], (enum store_db)atol(argv[2]));
	if (!mkdtemp(root))
		return 1;
	snprintf(where, sizeof(where), "%s/store", root);
	test("store: killed before any call that changes files: old or new");
	test_kills(STORE_STATE, true);
	test_kills(STORE_CACHE, true);
	test("store: killed behind any call that changes files: old or new");
	test_kills(STORE_STATE, false);
	test_kills(STORE_CACHE, false);
	ok(process_run(&p, &r) == 0 && r.status == 0);
	return done();
}
