#include <errno.h>
#include <poll.h>
#include <sys/types.h>
#include <unistd.h>

#include "core/slurp.h"

#define CHUNK ((size_t)64 << 10)

int
slurp(int fd, size_t max, struct buf *b)
{
	struct pollfd pfd = {.fd = fd, .events = POLLIN};
	size_t start = b->len;

	for (;;) {
		ssize_t n;

		buf_reserve(b, CHUNK);
		n = read(fd, b->data + b->len, CHUNK);
		if (n == 0)
			return 0;
		if (n > 0)
			b->len += (size_t)n;
		else if (errno == EAGAIN)
			poll(&pfd, 1, -1);
		else if (errno != EINTR)
			return errno;
		if (b->len - start > max)
			return EFBIG;
	}
}
