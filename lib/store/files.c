/* The files of a database, seen from outside. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/timestamp.h"
#include "core/xmem.h"
#include "store/dir.h"

/* Call each with the path of every file in a directory; 0, or -1 and errno. */
static int
for_files(
    const char *path, void (*each)(const char *path, void *arg), void *arg)
{
	DIR *dir = opendir(path);
	struct buf file = {0};
	struct dirent *e;

	if (!dir)
		return -1;
	while ((e = readdir(dir))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		file.len = 0;
		buf_addf(&file, "%s/%s", path, e->d_name);
		each(file.data, arg);
	}
	closedir(dir);
	buf_release(&file);
	return 0;
}

static void
add_size(const char *path, void *arg)
{
	uint64_t *sum = arg;
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISREG(st.st_mode))
		*sum += (uint64_t)st.st_size;
}

uint64_t
dir_usage(const struct dir *d)
{
	uint64_t sum = 0;

	for_files(d->path, add_size, &sum);
	return sum;
}

static bool
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

/* bit 1: there is data; bit 2: there is the file CURRENT */
static void
look(const char *path, void *arg)
{
	unsigned *seen = arg;

	if (ends_with(path, ".ldb") || ends_with(path, ".sst") ||
	    ends_with(path, ".log"))
		*seen |= 1;
	if (ends_with(path, "/CURRENT"))
		*seen |= 2;
}

bool
dir_is_headless(const struct dir *d)
{
	unsigned seen = 0;

	for_files(d->path, look, &seen);
	return seen == 1;
}

/* rm -r.  Returns 0, also if there is nothing, or -1 and errno. */
static int remove_all(const char *path);

static void
remove_file(const char *path, void *arg)
{
	(void)arg;
	if (unlink(path) != 0)
		remove_all(path);
}

static int
remove_all(const char *path)
{
	if (for_files(path, remove_file, NULL) != 0)
		return errno == ENOENT ? 0 : -1;
	return rmdir(path); /* says so if a file could not be removed */
}

/* Remove what was set aside before: arg is what its path begins with. */
static void
remove_aside(const char *path, void *arg)
{
	const char *prefix = arg;

	if (strncmp(path, prefix, strlen(prefix)) == 0)
		remove_all(path);
}

int
dir_set_aside(const struct dir *d, int64_t now, struct buf *name)
{
	char when[TIMESTAMP_SIZE];
	char *root =
	    xstrndup(d->path, (size_t)(strrchr(d->path, '/') - d->path));
	struct buf prefix = {0};

	buf_addf(&prefix, "%s.corrupt-", d->path);
	for_files(root, remove_aside, prefix.data);
	timestamp_format(now / 1000 * 1000, when);
	buf_addf(name, "%s%s", prefix.data, when);
	buf_release(&prefix);
	free(root);
	if (rename(d->path, name->data) != 0)
		return -1;
	return mkdir(d->path, 0700);
}

int
dir_empty(const struct dir *d)
{
	struct buf trash = {0};
	int status;

	buf_addf(&trash, "%s.trash", d->path);
	status = remove_all(trash.data);
	if (status == 0)
		status = rename(d->path, trash.data);
	if (status == 0)
		status = mkdir(d->path, 0700);
	if (status == 0)
		status = remove_all(trash.data);
	buf_release(&trash);
	return status;
}
