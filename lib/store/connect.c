/* For struct ucred:
 * NOLINTNEXTLINE(bugprone-reserved-identifier) */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/num.h"
#include "core/timestamp.h"
#include "store/connect.h"
#include "stream/stop.h"

/* Wait for a connection that is on its way.  Returns 0 or an errno. */
static int
finish(int fd, int64_t deadline)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	socklen_t len = sizeof(int);
	int64_t rest;
	int n, errnum = 0;

	do {
		rest = deadline - timestamp_monotonic();
		if (rest < 0)
			rest = 0;
		n = poll(&p, 1, rest < INT32_MAX ? (int)rest : INT32_MAX);
		if (n < 0 && (errno != EINTR || stop_signal() != 0))
			return errno;
	} while (n < 0);
	if (n == 0)
		return ETIMEDOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &errnum, &len) != 0)
		return errno;
	return errnum;
}

/* A socket that is connected, or -1 and errno. */
static int
try_address(
    int family, const struct sockaddr *addr, socklen_t len, int64_t deadline)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int errnum = 0;

	if (fd < 0)
		return -1;
	if (connect(fd, addr, len) != 0)
		errnum = errno == EINPROGRESS ? finish(fd, deadline) : errno;
	if (errnum == 0)
		return fd;
	close(fd);
	errno = errnum;
	return -1;
}

int
connect_tcp(const char *host, const char *port, int64_t wait_ms, int *status,
    struct buf *why)
{
	int64_t deadline = timestamp_monotonic() + wait_ms;
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list, *a;
	int fd = -1, on = 1, error = getaddrinfo(host, port, &hints, &list);

	*status = EX_TEMPFAIL;
	if (error != 0) {
		if (error == EAI_NONAME)
			*status = EX_UNAVAILABLE;
		buf_addf(why, "%s", gai_strerror(error));
		return -1;
	}
	for (a = list; a && fd < 0; a = a->ai_next)
		fd = try_address(
		    a->ai_family, a->ai_addr, a->ai_addrlen, deadline);
	if (fd < 0)
		buf_addf(why, "%s", strerror(errno));
	else /* what is gathered goes out at once; 0 or not, it works */
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	freeaddrinfo(list);
	return fd;
}

/* Is the listening process ours, or root's? */
static int
check_peer(int fd, int *status, struct buf *why)
{
	struct ucred peer = {0};
	socklen_t len = sizeof(peer);

	*status = EX_NOPERM;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
		buf_addf(why, "%s", strerror(errno));
	else if (peer.uid != geteuid() && peer.uid != 0)
		buf_addf(why,
		    "the server belongs to uid %ju, not to uid %ju "
		    "who runs this",
		    (uintmax_t)peer.uid, (uintmax_t)geteuid());
	else
		return 0;
	return -1;
}

/* The same for a socket in the file system, where others may be in line. */
static int
try_unix(const struct sockaddr_un *addr, int64_t wait_ms)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), errnum;
	struct timeval wait = {.tv_sec = (time_t)(wait_ms / 1000),
	    .tv_usec = (suseconds_t)(wait_ms % 1000 * 1000)};

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) == 0 &&
	    connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) == 0)
		return fd;
	errnum = errno == EAGAIN ? ETIMEDOUT : errno;
	close(fd);
	errno = errnum;
	return -1;
}

int
connect_unix(const char *path, int64_t wait_ms, int *status, struct buf *why)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof(addr.sun_path)) {
		*status = EX_CONFIG;
		buf_addf(why, "the path of a socket has %zu bytes at most",
		    sizeof(addr.sun_path) - 1);
		return -1;
	}
	memcpy(addr.sun_path, path, strlen(path) + 1);
	fd = try_unix(&addr, wait_ms);
	if (fd < 0) {
		bool is_absent = errno == ENOENT || errno == ECONNREFUSED;

		*status = errno == EACCES ? EX_NOPERM : EX_TEMPFAIL;
		buf_addf(why, "%s%s", strerror(errno),
		    is_absent ? "; start cdo-cache serve there" : "");
		return -1;
	}
	if (check_peer(fd, status, why) == 0)
		return fd;
	close(fd);
	return -1;
}
