#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/num.h"
#include "core/xmem.h"
#include "store/dir.h"
#include "store/mount.h"

/* What a lock file holds; native byte order, it never leaves the host. */
struct lock_file {
	uint64_t pid;
	uint64_t counts[STORE_EVENT_COUNT];
	uint64_t commits, names; /* see ledger */
};

/* What there is of it; zeros for the rest. */
static struct lock_file
read_lock_file(int fd)
{
	struct lock_file f = {0};

	if (pread(fd, &f, sizeof(f), 0) < 0)
		f = (struct lock_file){0};
	return f;
}

/* mkdir -p -m 700.  Returns 0, or -1 and errno. */
static int
make_path(const char *path)
{
	const char *slash;
	char *parent;
	int status;

	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return 0;
	slash = strrchr(path, '/');
	if (errno != ENOENT || !slash || slash == path)
		return -1;
	parent = xstrndup(path, (size_t)(slash - path));
	status = make_path(parent);
	free(parent);
	if (status != 0)
		return -1;
	return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : -1;
}

/* strerror(errno) about a file in DIR, or about DIR if name is "": if we may
 * not, another directory is the way out. */
static int
fail_errno(struct store *s, const char *name)
{
	bool is_denied = errno == EACCES || errno == EPERM || errno == EROFS;

	return store_fail(s, is_denied ? EX_NOPERM : EX_CANTCREAT, "%s%s%s%s",
	    name, *name ? ": " : "", strerror(errno),
	    *name || !is_denied ? "" : "; name another directory in CDO_STORE");
}

/* Check an open directory. */
static int
check(struct store *s, const char *name, int fd)
{
	const char *colon = *name ? ": " : "";
	struct stat st;
	int network = mount_is_network(fd);

	if (network < 0 || fstat(fd, &st) != 0)
		return fail_errno(s, name);
	if (network)
		return store_fail(s, EX_CONFIG,
		    "%s%son a network file system, where locks cannot be "
		    "relied on; name a local directory in CDO_STORE",
		    name, colon);
	if (st.st_uid != geteuid())
		return store_fail(s, EX_NOPERM,
		    "%s%sbelongs to uid %ju, not to uid %ju who runs this; "
		    "name another directory in CDO_STORE",
		    name, colon, (uintmax_t)st.st_uid, (uintmax_t)geteuid());
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return store_fail(s, EX_NOPERM,
		    "%s%sothers may write to it; take that right away with "
		    "chmod go-w",
		    name, colon);
	return 0;
}

/* Open DIR, making it if need be. */
static int
open_root(struct store *s, int *fd)
{
	*fd = -1;
	if (make_path(s->where) == 0)
		*fd = open(s->where, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? fail_errno(s, "") : check(s, "", *fd);
}

/* Make and check DIR/name. */
static int
check_database(struct store *s, int root, const char *name)
{
	int fd = -1, status;

	if (mkdirat(root, name, 0700) == 0 || errno == EEXIST)
		fd = openat(root, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(s, name);
	status = check(s, name, fd);
	close(fd);
	return status;
}

int
dir_is_locked(struct dir *d, struct store *s)
{
	struct lock_file f = read_lock_file(d->lock);
	struct buf wait = {0};
	int status;

	num_add_duration(&wait, s->wait_ms);
	status = store_fail(s, EX_TEMPFAIL,
	    "%s: in use by process %" PRIu64 " for more than %.*s; %s", d->name,
	    f.pid, (int)wait.len, wait.data,
	    s->is_owner ? "if that is another server, one is enough"
			: "try again later");
	buf_release(&wait);
	return status;
}

/* Note that the lock is ours.  Returns 0. */
static int
sign(int lock)
{
	struct lock_file f = read_lock_file(lock);

	f.pid = (uint64_t)getpid();
	if (pwrite(lock, &f, sizeof(f), 0) < 0)
		return 0; /* a full disk: the lock is ours all the same */
	return 0;
}

/* Open DIR/name.lock. */
static int
open_lock(struct dir *d, struct store *s, int root)
{
	char file[32];

	snprintf(file, sizeof(file), "%s.lock", d->name);
	d->lock =
	    openat(root, file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	return d->lock < 0 ? fail_errno(s, file) : 0;
}

int
dir_lock(struct dir *d, struct store *s, int64_t wait_ms)
{
	if (lock_file(d->lock, wait_ms) == 0)
		return sign(d->lock);
	if (errno == EWOULDBLOCK)
		return -1;
	if (errno == EINTR)
		return store_fail(s, EX_TEMPFAIL, "%s: interrupted", d->name);
	return fail_errno(s, d->name);
}

int
dir_open(struct dir *d, struct store *s, enum store_db db)
{
	struct buf path = {0};
	int root, status;

	d->name = store_db_names[db];
	d->mask = umask(077);
	status = open_root(s, &root);
	if (status == 0)
		status = check_database(s, root, d->name);
	if (status == 0)
		status = open_lock(d, s, root);
	if (root >= 0)
		close(root);
	if (status != 0) {
		umask(d->mask);
		return status;
	}
	buf_addf(&path, "%s/%s", s->where, d->name);
	d->path = path.data;
	return 0;
}

void
dir_close(struct dir *d)
{
	close(d->lock);
	free(d->path);
	umask(d->mask);
}

void
dir_counts(const struct dir *d, uint64_t counts[STORE_EVENT_COUNT])
{
	struct lock_file f = read_lock_file(d->lock);

	memcpy(counts, f.counts, sizeof(f.counts));
}

void
dir_count(const struct dir *d, enum store_event e, uint64_t n)
{
	struct lock_file f = read_lock_file(d->lock);

	f.counts[e] += n;
	if (pwrite(d->lock, &f, sizeof(f), 0) < 0)
		return; /* as in sign */
}

uint64_t
dir_commits(const struct dir *d)
{
	return read_lock_file(d->lock).commits;
}

void
dir_set_commits(const struct dir *d, uint64_t n)
{
	struct lock_file f = read_lock_file(d->lock);

	f.commits = n;
	if (pwrite(d->lock, &f, sizeof(f), 0) < 0)
		return; /* as in sign */
}

uint64_t
dir_names(const struct dir *d)
{
	return read_lock_file(d->lock).names;
}

void
dir_set_names(const struct dir *d, uint64_t size)
{
	struct lock_file f = read_lock_file(d->lock);

	f.names = size;
	if (pwrite(d->lock, &f, sizeof(f), 0) < 0)
		return;
}
