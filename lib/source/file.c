/*
 * file - a source that is a file: file:PATH, or file:///PATH as a URL, where
 * %41 is an A.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/xmem.h"
#include "obs/run.h"
#include "source/body.h"
#include "source/source.h"
#include "stream/stop.h"

#define BLOCK ((size_t)256 << 10)

static int
hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *d = strchr(digits, tolower((unsigned char)c));

	return c != '\0' && d ? (int)(d - digits) : -1;
}

/* Undo %XX in place.  Returns false if that is not possible. */
static bool
unescape(char *s)
{
	char *to = s;

	for (; *s; s++, to++) {
		*to = *s;
		if (*s != '%')
			continue;
		if (hex(s[1]) < 0 || hex(s[2]) < 0 ||
		    (s[1] == '0' && s[2] == '0'))
			return false;
		*to = (char)(hex(s[1]) * 16 + hex(s[2]));
		s += 2;
	}
	*to = '\0';
	return true;
}

/* The path that url names, to be freed; or NULL. */
static char *
path_of(const char *url)
{
	const char *s = url + strlen("file:");
	char *path;

	if (strncmp(s, "//", 2) != 0)
		return *s ? xstrndup(s, strlen(s)) : NULL;
	s += 2;
	if (strncasecmp(s, "localhost/", 10) == 0)
		s += 9;
	if (*s != '/')
		return NULL;
	path = xstrndup(s, strcspn(s, "?#"));
	if (unescape(path))
		return path;
	free(path);
	return NULL;
}

bool
source_check_file(const char *url, struct buf *why)
{
	char *path = path_of(url);

	if (!path)
		buf_addf(why, "%s: not file:PATH or file:///PATH", url);
	free(path);
	return path != NULL;
}

/* Wait for input; what is not held back goes out before. */
static void
wait_input(struct source *s, int fd)
{
	struct pollfd p[2] = {
	    {.fd = fd, .events = POLLIN},
	    {.fd = stop_fd(), .events = POLLIN},
	};

	if (poll(p, 2, 0) == 0) {
		emit_flush(&s->emit);
		poll(p, 2, -1);
	}
}

/* Feed the file to b.  Returns 0, or a status after telling it. */
static int
read_all(struct source *s, int fd, struct body *b)
{
	uint64_t max = s->options->max_size, size = 0;
	char *block = xmalloc(BLOCK);
	ssize_t n = 1;
	int status = 0;

	while (n != 0 && status == 0) {
		wait_input(s, fd);
		if (stop_signal())
			break;
		n = read(fd, block, BLOCK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			diag_error(
			    "%s: read: %s", s->emit.name, strerror(errno));
			status = EX_IOERR;
			break;
		}
		size += (uint64_t)n;
		run_counts.bytes_in += (uint64_t)n;
		if (max > 0 && size > max) {
			diag_error("%s: larger than --max-size", s->emit.name);
			status = EX_DATAERR;
		} else if (!body_feed(b, block, (size_t)n) && n > 0) {
			break;
		}
	}
	free(block);
	return status;
}

int
source_file(struct source *s, const char *url)
{
	struct body b = {.options = s->options->decode,
	    .sink = {emit_value, emit_fault, &s->emit}};
	enum format format = s->options->format;
	char *path = path_of(url);
	int fd = open(path, O_RDONLY | O_CLOEXEC), status;

	emit_begin(&s->emit, path);
	if (fd < 0) {
		if (!stop_signal())
			diag_error("%s: open: %s", path, strerror(errno));
		free(path);
		return EX_NOINPUT;
	}
	if (format == FORMAT_AUTO)
		format = format_of_url(path);
	body_start(&b, format);
	status = read_all(s, fd, &b);
	close(fd);
	if (status == 0 && !stop_signal())
		body_finish(&b);
	if (status == 0)
		emit_keep(&s->emit);
	else
		emit_drop(&s->emit);
	body_release(&b);
	free(path);
	return status;
}
