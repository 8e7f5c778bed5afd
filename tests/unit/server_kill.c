/*
 * lib/store/server: sudden death.  What was answered is there afterwards, and
 * what was not is there whole or not at all.
 *
 * CDO_KILL_ROUNDS: how often to kill the server under four writers [10].
 * CDO_KILL_STEP: of the many calls while new files begin, take each nth [16].
 */
#define _GNU_SOURCE /* syscall */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "server_unit.h"

#define WRITERS 4
#define ANSWER_MS 1000 /* to recover, at most */

/* Shared by all processes of the test. */
static struct shared {
	volatile long calls; /* that change files, by the server, since armed */
	volatile long kill_at; /* 0: not armed */
	volatile bool tears; /* make half of a write before */
	volatile bool stop; /* writers */
	volatile int64_t acked[WRITERS];
	volatile bool is_wrong[WRITERS];
} * shared;

/* A variable of the environment, if it is set. */
static long
number(const char *name, long otherwise)
{
	const char *text = getenv(name);

	return text ? strtol(text, NULL, 10) : otherwise;
}

/* Count a call: is it the one? */
static bool
is_last(void)
{
	return getpid() == server_pid && shared && shared->kill_at > 0 &&
	       __atomic_add_fetch(&shared->calls, 1, __ATOMIC_SEQ_CST) ==
		   shared->kill_at;
}

static void
die_if(bool last)
{
	if (last)
		kill(getpid(), SIGKILL);
}

/* These stand before the C library's, for LevelDB too. */
ssize_t
write(int fd, const void *p, size_t n)
{
	bool last = is_last();

	if (last && shared->tears)
		syscall(SYS_write, fd, p, n / 2);
	die_if(last);
	return syscall(SYS_write, fd, p, n);
}

int
fdatasync(int fd)
{
	die_if(is_last());
	return (int)syscall(SYS_fdatasync, fd);
}

int
rename(const char *from, const char *to)
{
	die_if(is_last());
	return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
unlink(const char *path)
{
	die_if(is_last());
	return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

/* Set a and b to n and a padding, in one transaction.  Is it answered? */
static bool
set_both(int fd, long n, size_t padding)
{
	static char request[4 << 20], got[64];
	int len = snprintf(request, sizeof(request), "MULTI\r\n");

	for (int i = 0; i < 2; i++) {
		len += sprintf(request + len,
		    "*3\r\n$3\r\nSET\r\n$1\r\n%c\r\n$%zu\r\n%08ld", 'a' + i,
		    padding + 8, n);
		/* it cannot be made smaller */
		for (size_t k = 0; k < padding; k++)
			request[len++] =
			    (char)('!' + (k * k * 7919 + k / 64) % 90);
		len += sprintf(request + len, "\r\n");
	}
	len += sprintf(request + len, "EXEC\r\n");
	if (!say(fd, request, (size_t)len))
		return false;
	len = (int)strlen("+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n+OK\r\n");
	return hear(fd, got, (size_t)len) == (size_t)len;
}

/* The number at the beginning of a key, or -1. */
static long
number_of(int fd, const char *key)
{
	static char got[2 << 20];
	char request[32], *end;
	size_t n, len;

	say(fd, request,
	    (size_t)snprintf(request, sizeof(request), "GET %s\r\n", key));
	/* $LEN CR LF */
	for (n = 0; n < 30 && (n == 0 || got[n - 1] != '\n'); n++)
		if (hear(fd, got + n, 1) != 1)
			return -1;
	len = strtoul(got + 1, &end, 10);
	if (got[0] != '$' || got[1] == '-' || len + 2 > sizeof(got) ||
	    hear(fd, got, len + 2) != len + 2)
		return -1;
	return strtol(got, NULL, 10);
}

/*
 * Start a server that dies at its nth call, make transactions until then.
 * Returns whether it died.
 */
static bool
one_death(long nth, bool tears, int n_transactions, size_t padding)
{
	long acked = 0, a, b;
	bool died;
	int fd;

	server_fresh();
	shared->kill_at = 0;
	server_start(&(struct server_options){0});
	fd = dial();
	ok(set_both(fd, 0, 0));
	shared->calls = 0;
	shared->tears = tears;
	shared->kill_at = nth;
	while (acked < n_transactions && set_both(fd, acked + 1, padding))
		acked++;
	close(fd);
	died = acked < n_transactions;
	shared->kill_at = 0;
	server_stop(died ? SIGKILL : SIGTERM);

	server_start(&(struct server_options){0});
	fd = dial();
	a = number_of(fd, "a");
	b = number_of(fd, "b");
	if (a != b || a < acked || a > acked + 1)
		printf(
		    "# call %ld: acked %ld, a %ld, b %ld\n", nth, acked, a, b);
	ok(a == b && a >= acked && a <= acked + 1);
	close(fd);
	server_stop(SIGTERM);
	return died;
}

static void
test_every_write(void)
{
	long nth = 1, n, step = number("CDO_KILL_STEP", 16), taken = 0;

	test("server: death at any write, sync or rename of a commit");
	while (one_death(nth, false, 3, 0))
		nth++;
	ok(nth > 6); /* at least a write and a sync each */
	for (n = 1; one_death(n, true, 3, 0); n++)
		;
	ok(n == nth);

	test("server: the same while LevelDB begins new files");
	for (nth = 1; one_death(nth, taken % 2 == 1, 8, 900000); nth += step)
		taken++;
	printf("# %ld of about %ld calls\n", taken, nth);
	ok(nth > 100);
}

/* Count up a key of one's own until told to stop; a writer's whole life. */
static void
writer(int w)
{
	char request[32], got[32];
	long long n;
	int fd;

	snprintf(request, sizeof(request), "INCR w%d\r\n", w);
	while (!shared->stop) {
		fd = dial();
		while (fd >= 0 && !shared->stop &&
		       say(fd, request, strlen(request))) {
			ssize_t len = recv(fd, got, sizeof(got) - 1, 0);

			if (len <= 0)
				break;
			got[len] = '\0';
			n = strtoll(got + 1, NULL, 10);
			/* one more, or two if the last one was not answered */
			if (got[0] != ':' || n <= shared->acked[w] ||
			    n > shared->acked[w] + 2)
				shared->is_wrong[w] = true;
			shared->acked[w] = n;
		}
		if (fd >= 0)
			close(fd);
		nap();
	}
	_exit(0);
}

static void
test_rounds(void)
{
	long rounds = number("CDO_KILL_ROUNDS", 10);
	int64_t since, slowest = 0, sum = 0;
	pid_t writers[WRITERS];

	test("server: kill -9 under four writers loses nothing");
	server_fresh();
	server_start(&(struct server_options){0});
	for (int w = 0; w < WRITERS; w++) {
		fflush(stdout);
		writers[w] = fork();
		if (writers[w] == 0)
			writer(w);
	}
	for (long i = 0; i < rounds; i++) {
		for (long k = 0; k < 10 + i * 7 % 20; k++)
			nap();
		server_stop(SIGKILL);
		since = timestamp_monotonic();
		server_start(&(struct server_options){0});
		since = timestamp_monotonic() - since;
		if (since > slowest)
			slowest = since;
	}
	shared->stop = true;
	for (int w = 0; w < WRITERS; w++) {
		waitpid(writers[w], NULL, 0);
		ok(shared->acked[w] > rounds && !shared->is_wrong[w]);
		sum += shared->acked[w];
	}
	printf("# %ld rounds, %lld writes, answers after %lld ms at most\n",
	    rounds, (long long)sum, (long long)slowest);
	ok(slowest < ANSWER_MS);
	ok(server_stop(SIGTERM) == 0);
}

int
main(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	server_folder();
	test_every_write();
	test_rounds();
	server_cleanup();
	return done();
}
