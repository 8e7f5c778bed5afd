#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "state/holder.h"

/* Field 22 of /proc/PID/stat; 0 if there is no such file, or a zombie. */
static uint64_t
start_of(long pid)
{
	char path[40], text[1024];
	const char *p;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	/* the name, field 2, is in brackets and may hold anything */
	p = strrchr(text, ')');
	if (p && strncmp(p, ") Z", 3) == 0)
		return 0;
	for (int field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	return p ? strtoull(p + 1, NULL, 10) : 0;
}

size_t
holder_self(char out[HOLDER_SIZE])
{
	long pid = (long)getpid();

	return (size_t)snprintf(
	    out, HOLDER_SIZE, "%ld %" PRIu64, pid, start_of(pid));
}

bool
holder_lives(const char *s, size_t len, long *pid)
{
	char text[HOLDER_SIZE], *end;
	uint64_t start;
	long n;

	if (len == 0 || len >= sizeof(text))
		return false;
	memcpy(text, s, len);
	text[len] = '\0';
	n = strtol(text, &end, 10);
	if (n <= 0 || *end != ' ')
		return false;
	start = strtoull(end + 1, NULL, 10);
	*pid = n;
	if (kill((pid_t)n, 0) != 0 && errno == ESRCH)
		return false;
	return start_of(n) == start;
}
