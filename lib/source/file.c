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
#include "source/task.h"
#include "stream/stop.h"

#define BLOCK ((size_t)256 << 10)

static int
hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *d = strchr(digits, tolower((unsigned char)c));

	return c != '\0' && d ? (int)(d - digits) : -1;
}

/* Undo %XX in place.  Returns false if that is not possible; and for a slash,
 * which within a segment is none of a path: a value of a template would climb
 * out of its directory by it. */
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
		if (*to == '/')
			return false;
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
wait_input(struct stream *st, int fd)
{
	struct pollfd p[2] = {
	    {.fd = fd, .events = POLLIN},
	    {.fd = stop_fd(), .events = POLLIN},
	};

	if (poll(p, 2, 0) == 0) {
		emit_flush(&st->w->emit);
		poll(p, 2, -1);
	}
}

/* Feed the file.  Returns 0, or a status after telling it. */
static int
read_all(struct stream *st, int fd)
{
	const struct source_options *o = st->w->source->options;
	uint64_t max = o->max_size ? o->max_size : st->d->max_size;
	char *block = xmalloc(BLOCK);
	ssize_t n = 1;
	int status = 0;

	while (n != 0 && status == 0) {
		wait_input(st, fd);
		if (stop_signal())
			break;
		n = read(fd, block, BLOCK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			diag_error(
			    "%s: read: %s", st->w->emit.name, strerror(errno));
			status = EX_IOERR;
			break;
		}
		if (max > 0 && st->n_bytes + (uint64_t)n > max) {
			diag_error("%s: larger than %s", st->w->emit.name,
			    o->max_size ? "--max-size" : "max_size");
			status = EX_DATAERR;
		} else if (!page_feed(st, block, (size_t)n) && n > 0) {
			break;
		}
	}
	free(block);
	return status;
}

enum page_end
page_from_file(struct stream *st, int *status)
{
	struct emit *e = &st->w->emit;
	char *path = path_of(st->request.url.data);
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0) {
		if (stop_signal()) {
			free(path);
			return PAGE_STOPPED;
		}
		diag_error("%s: open: %s", e->name,
		    path ? strerror(errno) : "not file:PATH or file:///PATH");
		free(path);
		*status = EX_NOINPUT;
		return PAGE_LOST;
	}
	page_start(st, "");
	*status = read_all(st, fd);
	close(fd);
	if (*status == 0 && !stop_signal())
		page_finish(st);
	free(path);
	run_add(&run_counts.bytes_in, st->n_bytes);
	if (*status != 0) {
		emit_drop(e);
		return PAGE_LOST;
	}
	return stop_signal() || st->is_cut ? PAGE_STOPPED : PAGE_CAME;
}

/* The path, for messages. */
char *
source_path_of(const char *url)
{
	return path_of(url);
}
