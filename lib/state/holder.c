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

/* What stands in the link or the first bytes of the file, or "-". */
static void
read_word(const char *path, bool is_link, char out[40])
{
	ssize_t n = -1;
	int fd;

	if (is_link) {
		n = readlink(path, out, 39);
	} else {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0) {
			n = read(fd, out, 36);
			close(fd);
		}
	}
	if (n <= 0)
		n = snprintf(out, 40, "-");
	out[n] = '\0';
}

/* "HOST SPACE" of ours. */
static void
add_place(char *out, size_t size)
{
	char host[40], space[40];

	read_word("/proc/sys/kernel/random/boot_id", false, host);
	read_word("/proc/self/ns/pid", true, space);
	snprintf(out, size, " %s %s", host, space);
}

size_t
holder_self(char out[HOLDER_SIZE])
{
	long pid = (long)getpid();
	int n = snprintf(out, HOLDER_SIZE, "%ld %" PRIu64, pid, start_of(pid));

	add_place(out + n, HOLDER_SIZE - (size_t)n);
	return strlen(out);
}

bool
holder_is_dead(const char *holder, long *pid)
{
	char place[HOLDER_SIZE], *end;
	uint64_t start;
	long n = strtol(holder, &end, 10);

	if (n <= 0 || *end != ' ')
		return false;
	start = strtoull(end + 1, &end, 10);
	*pid = n;
	add_place(place, sizeof(place));
	if (strcmp(end, place) != 0)
		return false;
	if (kill((pid_t)n, 0) != 0 && errno == ESRCH)
		return true;
	return start_of(n) != start;
}
