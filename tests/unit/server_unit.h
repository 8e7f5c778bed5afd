#ifndef SERVER_UNIT_H
#define SERVER_UNIT_H

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/timestamp.h"
#include "store/server.h"
#include "store/store.h"
#include "stream/stop.h"
#include "unit.h"

/* server_unit - a server in a child, and talking to it byte by byte. */

static char server_root[] = "/tmp/cdo-server-XXXXXX";
static char server_dir[64], server_socket[80];
static pid_t server_pid;

/* A new folder for stores; and where the next one is. */
static inline void
server_folder(void)
{
	if (!mkdtemp(server_root)) {
		perror(server_root);
		exit(1);
	}
}

static inline void
server_fresh(void)
{
	static int n;

	snprintf(server_dir, sizeof(server_dir), "%s/%d", server_root, n++);
	snprintf(server_socket, sizeof(server_socket), "%s/socket", server_dir);
}

/* A connection, or -1. */
static inline int
dial(void)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct timeval tv = {20, 0};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(un.sun_path, server_socket, strlen(server_socket) + 1);
	if (connect(fd, (struct sockaddr *)&un, sizeof(un)) != 0) {
		close(fd);
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	return fd;
}

static inline bool
say(int fd, const void *p, size_t n)
{
	return send(fd, p, n, MSG_NOSIGNAL) == (ssize_t)n;
}

/* Read until there are n bytes, or no more come; returns how many. */
static inline size_t
hear(int fd, char *p, size_t n)
{
	size_t got = 0;
	ssize_t part;

	while (got < n && (part = recv(fd, p + got, n - got, 0)) > 0)
		got += (size_t)part;
	return got;
}

/* Is the reply to what is sent the bytes of want, and nothing else? */
static inline bool
asks(int fd, const char *send_it, const char *want)
{
	static char got[1 << 16];
	size_t n = strlen(want), len;
	struct pollfd p = {.fd = fd, .events = POLLIN};

	if (!say(fd, send_it, strlen(send_it)))
		return false;
	len = hear(fd, got, n);
	if (poll(&p, 1, 0) > 0)
		len += hear(fd, got + len, 1);
	return is(got, len, want);
}

/* Does a server answer? */
static inline bool
answers(void)
{
	int fd = dial();
	bool yes = fd >= 0 && asks(fd, "PING\r\n", "+PONG\r\n");

	if (fd >= 0)
		close(fd);
	return yes;
}

static inline void
nap(void)
{
	static const struct timespec ts = {.tv_nsec = 2000000};

	nanosleep(&ts, NULL);
}

/* Start a server for server_dir, and wait until it answers. */
static inline void
server_start(const struct server_options *o)
{
	int64_t end = timestamp_monotonic() + 20000;

	fflush(stdout);
	server_pid = fork();
	if (server_pid == 0) {
		struct store *s = store_new(server_dir, 5000);
		int status;

		server_pid = getpid();
		status = stop_init() == 0 ? server_run(s, o) : 1;

		if (status != 0)
			printf("# %s\n", store_why(s));
		store_free(s);
		exit(status);
	}
	while (!answers() && timestamp_monotonic() < end)
		nap();
}

/* End it by the signal; returns what wait(2) says. */
static inline int
server_stop(int signo)
{
	int status = -1;

	kill(server_pid, signo);
	waitpid(server_pid, &status, 0);
	return status;
}

/* The most memory it had, in KiB. */
static inline long
server_peak(void)
{
	char path[64], line[128];
	long kib = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)server_pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	if (f)
		fclose(f);
	return kib;
}

/* How many descriptors it has. */
static inline int
server_descriptors(void)
{
	char path[64];
	int n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)server_pid);
	d = opendir(path);
	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

/* Remove the folder. */
static inline void
server_cleanup(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execlp("rm", "rm", "-rf", server_root, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

#endif
