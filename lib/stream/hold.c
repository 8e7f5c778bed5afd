#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "stream/hold.h"
#include "stream/out.h"
#include "stream/temp.h"

#define BLOCK ((size_t)64 << 10)

/* Returns 0 or errno. */
static int
write_file(int fd, const char *p, size_t len, struct buf *what)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			n = errno;
			buf_addf(what, "temporary file: write (TMPDIR names "
				       "the folder)");
			return (int)n;
		}
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Have all of it in the file from now on.  Returns 0 or errno. */
static int
move_out(struct hold *h, struct buf *what)
{
	int rc;

	if (!h->is_open) {
		h->fd = temp_open(what);
		if (h->fd < 0)
			return errno;
		h->is_open = true;
	}
	rc = write_file(h->fd, h->buf.data, h->buf.len, what);
	h->buf.len = 0;
	return rc;
}

int
hold_add(struct hold *h, const void *data, size_t len, struct buf *what)
{
	bool is_out = h->len > HOLD_MEMORY;
	int rc = 0;

	if (len > h->max - h->len) {
		buf_addf(what, "more than %" PRIu64 " bytes", h->max);
		return EOVERFLOW;
	}
	h->len += len;
	if (h->len <= HOLD_MEMORY) {
		buf_add(&h->buf, data, len);
		return 0;
	}
	if (!is_out)
		rc = move_out(h, what);
	return rc == 0 ? write_file(h->fd, data, len, what) : rc;
}

int
hold_read(struct hold *h, int fd, int stop_fd, struct buf *what)
{
	struct pollfd fds[2] = {
	    {.fd = fd, .events = POLLIN},
	    {.fd = stop_fd, .events = POLLIN},
	};
	char block[BLOCK];
	int rc = 0;

	while (rc == 0) {
		ssize_t n = -1;

		if (poll(fds, 2, -1) >= 0) {
			if (fds[1].revents)
				return EINTR;
			n = read(fd, block, sizeof(block));
		}
		if (n == 0)
			return 0;
		if (n > 0) {
			rc = hold_add(h, block, (size_t)n, what);
		} else if (errno != EINTR && errno != EAGAIN) {
			rc = errno;
			buf_addf(what, "read");
		}
	}
	return rc;
}

const void *
hold_data(const struct hold *h)
{
	if (h->len > HOLD_MEMORY)
		return NULL;
	return h->buf.data ? h->buf.data : "";
}

int
hold_open(const struct hold *h)
{
	char path[32];

	/* another offset than ours, which a child that is left over of an
	 * attempt before may still move, and nothing that can be written */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", h->fd);
	return open(path, O_RDONLY | O_CLOEXEC);
}

int
hold_write(const struct hold *h, int fd, const char *name)
{
	char block[BLOCK];
	uint64_t done = 0;

	if (hold_data(h)) {
		out_write(fd, name, h->buf.data, h->buf.len);
		return 0;
	}
	while (done < h->len) {
		ssize_t n = pread(h->fd, block, sizeof(block), (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : EIO;
		out_write(fd, name, block, (size_t)n);
		done += (uint64_t)n;
	}
	return 0;
}

void
hold_clear(struct hold *h)
{
	h->len = 0;
	h->buf.len = 0;
	if (h->is_open) /* what is left of it stays in nobody's way */
		close(h->fd);
	h->is_open = false;
}

void
hold_release(struct hold *h)
{
	hold_clear(h);
	buf_release(&h->buf);
}
