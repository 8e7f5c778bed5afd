#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/diag.h"
#include "stream/side.h"

static struct buf kept; /* of struct stat */

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

void
side_keep(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0)
		buf_add(&kept, &st, sizeof(st));
}

static bool
is_kept(const struct stat *file)
{
	struct stat st;

	for (size_t i = 0; i < kept.len; i += sizeof(st)) {
		memcpy(&st, kept.data + i, sizeof(st));
		if (is_same(file, &st))
			return true;
	}
	return false;
}

/* Is it a plain file that the program reads, or its standard output? */
static bool
is_in_use(const struct stat *file, int n, char *const *inputs)
{
	bool uses_stdin = n == 0;
	struct stat st;

	if (!S_ISREG(file->st_mode))
		return false;
	for (int i = 0; i < n; i++) {
		if (strcmp(inputs[i], "-") == 0)
			uses_stdin = true;
		else if (stat(inputs[i], &st) == 0 && is_same(file, &st))
			return true;
	}
	if (uses_stdin && fstat(STDIN_FILENO, &st) == 0 && is_same(file, &st))
		return true;
	return fstat(STDOUT_FILENO, &st) == 0 && is_same(file, &st);
}

int
side_open(const char *path, int n, char *const *inputs)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		diag_error("%s: create: %s", path, strerror(errno));
	} else if (is_in_use(&st, n, inputs)) {
		diag_error("%s: is also the input or standard output", path);
	} else if (is_kept(&st)) {
		diag_error("%s: holds the rules; writing would empty it", path);
	} else if (S_ISREG(st.st_mode) && ftruncate(fd, 0) != 0) {
		diag_error("%s: truncate: %s", path, strerror(errno));
	} else {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

bool
side_is_same(int a, int b)
{
	struct stat s, t;

	return fstat(a, &s) == 0 && fstat(b, &t) == 0 && S_ISREG(s.st_mode) &&
	       is_same(&s, &t);
}

void
side_sync(int fd, const char *name)
{
	/* pipes and devices have nothing to sync */
	if (fdatasync(fd) == 0 || errno == EINVAL || errno == EROFS)
		return;
	die_errno(EX_IOERR, "%s: sync", name);
}
