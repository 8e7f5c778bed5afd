#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "stream/out.h"
#include "stream/spool.h"
#include "stream/temp.h"

#define BLOCK ((size_t)256 << 10)

/* In the file a line is its length, then its bytes. */
struct frame {
	size_t len;
	bool parse;
};

static int
open_temp(void)
{
	struct buf what = {0};
	int fd = temp_open(&what);

	if (fd < 0)
		die_errno(EX_CANTCREAT, "%s", what.data);
	buf_release(&what);
	return fd;
}

static void
write_out(struct spool *s)
{
	out_write(s->fd, "temporary file", s->buf.data, s->buf.len);
	s->buf.len = 0;
}

void
spool_add(struct spool *s, const char *text, size_t len, bool parse)
{
	struct frame frame;

	memset(&frame, 0, sizeof(frame)); /* the padding, too */
	frame.len = len;
	frame.parse = parse;
	if (!s->is_open)
		s->fd = open_temp();
	s->is_open = true;
	buf_add(&s->buf, &frame, sizeof(frame));
	buf_add(&s->buf, text, len);
	if (s->buf.len >= BLOCK)
		write_out(s);
}

/* What was read and not yet taken: from at on. */
struct window {
	int fd;
	struct buf buf;
	size_t at;
};

/* Have n bytes from at on, and padding behind them.  Returns 1, 0 at the end,
 * or -1. */
static int
have(struct window *w, size_t n)
{
	struct buf *b = &w->buf;

	if (b->len - w->at >= n)
		return 1;
	if (w->at > 0)
		memmove(b->data, b->data + w->at, b->len - w->at);
	b->len -= w->at;
	w->at = 0;
	buf_reserve(b, (n > BLOCK ? n : BLOCK) + JDOC_PADDING);
	while (b->len < n) {
		ssize_t got = read(
		    w->fd, b->data + b->len, b->cap - b->len - JDOC_PADDING);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return (int)got;
		b->len += (size_t)got;
	}
	return 1;
}

/* Take the lines, until each returns false.  Returns as have. */
static int
take(struct window *w, struct jdoc *doc,
    bool (*each)(void *, const char *, size_t, struct jval), void *arg)
{
	struct frame frame;
	const char *text;
	int rc;

	while ((rc = have(w, sizeof(frame))) > 0) {
		memcpy(&frame, w->buf.data + w->at, sizeof(frame));
		rc = have(w, sizeof(frame) + frame.len);
		if (rc <= 0)
			break;
		text = w->buf.data + w->at + sizeof(frame);
		w->at += sizeof(frame) + frame.len;
		if (frame.parse)
			jdoc_parse(doc, text, frame.len);
		if (!each(arg, text, frame.len,
			frame.parse ? jval_root(doc) : (struct jval){0}))
			break;
	}
	return rc;
}

int
spool_each(struct spool *s,
    bool (*each)(void *arg, const char *text, size_t len, struct jval root),
    void *arg)
{
	struct window w = {.fd = s->fd};
	struct jdoc doc;
	int rc;

	if (!s->is_open)
		return 0;
	write_out(s);
	if (lseek(s->fd, 0, SEEK_SET) < 0)
		die_errno(EX_IOERR, "temporary file: seek");
	jdoc_init(&doc);
	rc = take(&w, &doc, each, arg);
	if (rc < 0)
		diag_error("temporary file: read: %s", strerror(errno));
	jdoc_release(&doc);
	buf_release(&w.buf);
	return rc < 0 ? EX_IOERR : 0;
}

void
spool_release(struct spool *s)
{
	if (s->is_open)
		close(s->fd);
	s->is_open = false;
	buf_release(&s->buf);
}
