#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "alert/datagram.h"
#include "core/timestamp.h"

/* A socket, closed on exec; -1: failed, see errno. */
static int
open_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (fd >= 0 && (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 ||
			   fcntl(fd, F_SETFL, O_NONBLOCK) != 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

static enum delivery
fail(struct buf *why, const char *path, int error)
{
	buf_addf(why, "%s: %s", path, strerror(error));
	return error == EMSGSIZE || error == ENAMETOOLONG || error == EACCES
		   ? DELIVERY_PERMANENT
		   : DELIVERY_TEMPORARY;
}

/* poll does not tell when the queue of the other side has room: wait, at most
 * until end. */
static enum delivery
send_one(int fd, const struct sockaddr_un *un, const struct buf *bytes,
    int64_t end, struct buf *why)
{
	static const struct timespec moment = {.tv_nsec = 10000000};

	while (
	    sendto(fd, bytes->data, bytes->len, 0,
		(const struct sockaddr *)(const void *)un, sizeof(*un)) < 0) {
		if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
			return fail(why, un->sun_path, errno);
		if (timestamp_monotonic() >= end)
			return fail(why, un->sun_path, ETIMEDOUT);
		nanosleep(&moment, NULL);
	}
	return DELIVERED;
}

enum delivery
datagram_send(
    const struct datagrams *d, const struct notification *n, struct attempt *t)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	enum delivery outcome = DELIVERED;
	struct buf bytes = {0};
	int64_t end = timestamp_monotonic() + d->timeout_ms;
	int fd;

	if (strlen(d->path) >= sizeof(un.sun_path))
		return fail(&t->why, d->path, ENAMETOOLONG);
	memcpy(un.sun_path, d->path, strlen(d->path) + 1);
	fd = open_socket();
	if (fd < 0)
		return fail(&t->why, d->path, errno);
	for (size_t i = 0; i < n->n && outcome == DELIVERED; i++) {
		bytes.len = 0;
		d->write(&bytes, n, &n->notices[i], d->facility);
		outcome = send_one(fd, &un, &bytes, end, &t->why);
	}
	close(fd);
	buf_release(&bytes);
	return outcome;
}
