#define _XOPEN_SOURCE 700 /* realpath */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/replace.h"

static int
write_all(int fd, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

/* Close fd.  Returns status, or if that is 0 what closing says. */
static int
close_after(int fd, int status)
{
	if (close(fd) != 0 && status == 0)
		status = errno;
	return status;
}

static int
write_through(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 ? errno : close_after(fd, write_all(fd, data, len));
}

/* A new name in a directory lasts only when that is synced, too.  Some file
 * systems cannot. */
static void
sync_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

/* Split a path behind its last slash. */
static void
add_directory(struct buf *b, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash)
		buf_add(b, path, (size_t)(slash + 1 - path));
	else
		buf_adds(b, "./");
}

/* A file that nobody else has, beside path.  Returns its descriptor, or -1. */
static int
create_beside(
    const char *path, const char *directory, mode_t mode, struct buf *name)
{
	const char *base = strrchr(path, '/');
	int fd = -1;

	for (unsigned i = 0; i < 1000 && fd < 0; i++) {
		name->len = 0;
		buf_addf(name, "%s.%s.%ld-%u", directory,
		    base ? base + 1 : path, (long)getpid(), i);
		fd = open(
		    name->data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	return fd;
}

static int
write_beside(const char *path, const void *data, size_t len, mode_t mode)
{
	struct buf temporary = {0}, directory = {0};
	int fd, status;

	add_directory(&directory, path);
	buf_addc(&directory, '\0');
	fd = create_beside(path, directory.data, mode, &temporary);
	status = fd < 0 ? errno : 0;
	if (fd >= 0) {
		status = write_all(fd, data, len);
		if (status == 0 && fsync(fd) != 0)
			status = errno;
		status = close_after(fd, status);
		if (status == 0 && rename(temporary.data, path) != 0)
			status = errno;
		if (status == 0)
			sync_directory(directory.data);
		else
			(void)unlink(temporary.data);
	}
	buf_release(&temporary);
	buf_release(&directory);
	return status;
}

int
replace_file(const char *path, const void *data, size_t len, mode_t mode)
{
	char *target = realpath(path, NULL);
	struct stat st;
	int status;

	if (target && stat(target, &st) == 0 && !S_ISREG(st.st_mode))
		status = write_through(target, data, len);
	else
		status = write_beside(target ? target : path, data, len, mode);
	free(target);
	return status;
}
