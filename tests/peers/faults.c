/*
 * faults - a library to be preloaded: the program that FAULTS_IN names is
 * killed, as kill -9 would, before the call of number FAULTS_AT of those by
 * which a program changes the world.
 *
 * With FAULTS_COUNT, the name of a file, the number of calls is left there.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define KILLED 137

static long n_calls;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool
is_here(void)
{
	const char *name = getenv("FAULTS_IN");

	return name && strcmp(name, program_invocation_short_name) == 0;
}

/* Count a call, and end if it is the one. */
static void
count(void)
{
	const char *at = getenv("FAULTS_AT");
	bool is_it;

	if (!is_here())
		return;
	pthread_mutex_lock(&lock);
	is_it = ++n_calls == (at ? strtol(at, NULL, 10) : 0);
	pthread_mutex_unlock(&lock);
	if (is_it)
		_exit(KILLED);
}

__attribute__((destructor)) static void
tell(void)
{
	const char *path = getenv("FAULTS_COUNT");
	FILE *f = path && is_here() ? fopen(path, "w") : NULL;

	if (!f)
		return;
	fprintf(f, "%ld\n", n_calls);
	fclose(f);
}

/* One that takes the place of a call of the C library. */
/* NOLINTBEGIN(bugprone-macro-parentheses): these are no expressions */
#define CALL(type, name, params, args) \
	type name params; \
	type name params \
	{ \
		static type(*real) params; \
\
		count(); \
		if (!real) \
			*(void **)&real = dlsym(RTLD_NEXT, #name); \
		return real args; \
	}
/* NOLINTEND(bugprone-macro-parentheses) */

CALL(ssize_t, write, (int fd, const void *p, size_t n), (fd, p, n))
CALL(ssize_t, writev, (int fd, const struct iovec *v, int n), (fd, v, n))
CALL(int, fsync, (int fd), (fd))
CALL(int, fdatasync, (int fd), (fd))
CALL(int, rename, (const char *from, const char *to), (from, to))
CALL(ssize_t, send, (int fd, const void *p, size_t n, int flags),
    (fd, p, n, flags))
CALL(ssize_t, sendmsg, (int fd, const struct msghdr *m, int flags),
    (fd, m, flags))
CALL(int, connect, (int fd, __CONST_SOCKADDR_ARG a, socklen_t n), (fd, a, n))
