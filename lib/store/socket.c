/* For accept4 and struct ucred:
 * NOLINTNEXTLINE(bugprone-reserved-identifier) */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/systemd.h"
#include "core/xmem.h"
#include "store/socket.h"

#define BACKLOG 512
#define UNIT "cdo-cache.socket"

static int
fail_errno(struct store *s, const char *path, const char *what)
{
	bool is_denied = errno == EACCES || errno == EPERM || errno == EROFS;

	return store_fail(s, is_denied ? EX_NOPERM : EX_CANTCREAT, "%s: %s: %s",
	    path, what, strerror(errno));
}

/* The folder of the path must be ours alone to write to. */
static int
check_folder(struct store *s, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	char *folder =
	    slash ? xstrndup(path, len > 0 ? len : 1) : xstrndup(".", 1);
	struct stat st;
	int status = 0;

	if (stat(folder, &st) != 0)
		status = fail_errno(s, folder, "stat");
	else if (st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH))
		status = store_fail(s, EX_NOPERM,
		    "%s: a socket belongs into a directory that only its user "
		    "can write to",
		    folder);
	free(folder);
	return status;
}

/* Does a server answer there? */
static bool
answers(const struct sockaddr_un *un)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool yes = fd >= 0 && (connect(fd, (const struct sockaddr *)un,
				   sizeof(*un)) == 0 ||
				  errno == EAGAIN);

	if (fd >= 0)
		close(fd);
	return yes;
}

/* Nothing at the path, or a socket that nobody listens at. */
static int
check_path(struct store *s, const char *path, struct sockaddr_un *un)
{
	struct stat st;

	if (strlen(path) + sizeof(".new") > sizeof(un->sun_path))
		return store_fail(s, EX_CONFIG,
		    "%s: longer than the %zu bytes that a socket's name may "
		    "have; name another by --socket",
		    path, sizeof(un->sun_path) - sizeof(".new"));
	memcpy(un->sun_path, path, strlen(path) + 1);
	if (lstat(path, &st) != 0)
		return errno == ENOENT ? 0 : fail_errno(s, path, "stat");
	if (!S_ISSOCK(st.st_mode))
		return store_fail(s, EX_CANTCREAT,
		    "%s: is there, and no socket; move it away", path);
	if (answers(un))
		return store_fail(
		    s, EX_TEMPFAIL, "%s: a server answers there already", path);
	return 0;
}

/* Listen at PATH.new and rename it to PATH. */
static int
make(struct listener *l, struct store *s, const char *path)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct stat st;
	mode_t mask;
	int status = check_folder(s, path);

	if (status == 0)
		status = check_path(s, path, &un);
	if (status != 0)
		return status;
	snprintf(un.sun_path, sizeof(un.sun_path), "%s.new", path);
	if (unlink(un.sun_path) != 0 && errno != ENOENT)
		return fail_errno(s, un.sun_path, "unlink");
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0)
		return fail_errno(s, path, "socket");
	mask = umask(0177);
	status = bind(l->fd, (const struct sockaddr *)&un, sizeof(un));
	umask(mask);
	if (status != 0 || listen(l->fd, BACKLOG) != 0 ||
	    rename(un.sun_path, path) != 0 || lstat(path, &st) != 0) {
		status = fail_errno(s, path, "bind");
		unlink(un.sun_path);
		close(l->fd);
		return status;
	}
	l->path = xstrndup(path, strlen(path));
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	return 0;
}

int
listener_open(struct listener *l, struct store *s, const char *path)
{
	*l = (struct listener){.fd = systemd_socket(UNIT)};
	if (l->fd == -2)
		return store_fail(s, EX_CONFIG,
		    "what systemd hands over is no listening Unix socket, or "
		    "none of several has the name " UNIT);
	if (l->fd < 0)
		return make(l, s, path);
	if (fcntl(l->fd, F_SETFL, O_NONBLOCK) != 0)
		return fail_errno(s, UNIT, "fcntl");
	return 0;
}

/* Is the file at name still the one that we made? */
static bool
is_ours(const struct listener *l, const char *name)
{
	struct stat st;

	return lstat(name, &st) == 0 && st.st_dev == l->dev &&
	       st.st_ino == l->ino;
}

static void
move(const struct listener *l, bool shown)
{
	struct buf hidden = {0};

	if (!l->path)
		return;
	buf_addf(&hidden, "%s.new", l->path);
	if (shown && is_ours(l, hidden.data))
		rename(hidden.data, l->path);
	else if (!shown && is_ours(l, l->path))
		rename(l->path, hidden.data);
	buf_release(&hidden);
}

void
listener_hide(struct listener *l)
{
	move(l, false);
}

void
listener_show(struct listener *l)
{
	move(l, true);
}

void
listener_close(struct listener *l)
{
	struct buf hidden = {0};

	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	if (!l->path)
		return;
	buf_addf(&hidden, "%s.new", l->path);
	if (is_ours(l, l->path))
		unlink(l->path);
	if (is_ours(l, hidden.data))
		unlink(hidden.data);
	buf_release(&hidden);
	free(l->path);
	l->path = NULL;
}

int
listener_accept(const struct listener *l)
{
	int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct ucred peer = {.uid = (uid_t)-1};
	socklen_t len = sizeof(peer);

	if (fd < 0)
		return errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
			       errno == ENOBUFS
			   ? -3
			   : -1;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	    (peer.uid == geteuid() || peer.uid == 0))
		return fd;
	close(fd);
	return -2;
}
