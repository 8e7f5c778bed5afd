#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/num.h"
#include "core/systemd.h"

#define FIRST_FD 3

/* A variable that is a number, or 0. */
static uint64_t
number(const char *name)
{
	const char *value = getenv(name);
	uint64_t n = 0;

	if (value && num_uint(value, 0, INT64_MAX, &n) != 0)
		n = 0;
	return n;
}

static bool
is_listening(int fd)
{
	struct sockaddr_un un;
	socklen_t len = sizeof(un);
	int value = 0;

	if (getsockname(fd, (struct sockaddr *)&un, &len) != 0 ||
	    un.sun_family != AF_UNIX)
		return false;
	len = sizeof(value);
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len) != 0 ||
	    value != SOCK_STREAM)
		return false;
	len = sizeof(value);
	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &len) == 0 &&
	       value != 0;
}

/* Is name the i-th of names, which have a colon between them? */
static bool
has_name(const char *names, uint64_t i, const char *name)
{
	size_t len = strlen(name);

	while (names && i-- > 0) {
		names = strchr(names, ':');
		names = names ? names + 1 : NULL;
	}
	return names && strncmp(names, name, len) == 0 &&
	       (names[len] == ':' || names[len] == '\0');
}

int
systemd_socket(const char *name)
{
	uint64_t n = number("LISTEN_FDS"), pid = number("LISTEN_PID");
	const char *names = getenv("LISTEN_FDNAMES");
	int found = n > 0 ? -2 : -1;

	if (pid != (uint64_t)getpid())
		return -1;
	for (uint64_t i = 0; i < n && i < 1024; i++) {
		int fd = FIRST_FD + (int)i;

		fcntl(fd, F_SETFD, FD_CLOEXEC);
		if (is_listening(fd) && (n == 1 || has_name(names, i, name)))
			found = fd;
	}
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDNAMES");
	return found;
}

void
systemd_notify(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	size_t len = path ? strlen(path) : 0;
	int fd;

	if (len < 2 || len >= sizeof(un.sun_path) ||
	    (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(un.sun_path, path, len);
	if (path[0] == '@')
		un.sun_path[0] = '\0'; /* an abstract name */
	len += offsetof(struct sockaddr_un, sun_path);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	sendto(fd, text, strlen(text), MSG_NOSIGNAL,
	    (const struct sockaddr *)&un, (socklen_t)len);
	close(fd);
}

int64_t
systemd_watchdog(void)
{
	uint64_t pid = number("WATCHDOG_PID");
	uint64_t us = number("WATCHDOG_USEC");

	if (pid != 0 && pid != (uint64_t)getpid())
		return 0;
	return (int64_t)(us / 2000);
}
