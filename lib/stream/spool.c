#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "stream/out.h"
#include "stream/spool.h"
#include "stream/temp.h"

#define BLOCK ((size_t)256 << 10)

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

/* In the file a line is its length, with a bit whether to parse it, then its
 * bytes. */
void
spool_add(struct spool *s, const char *text, size_t len, bool parse)
{
	uint32_t head = (uint32_t)len << 1 | parse;

	if (!s->is_open)
		s->fd = open_temp();
	s->is_open = true;
	buf_add(&s->buf, &head, sizeof(head));
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
	uint32_t head;
	int rc;

	while ((rc = have(w, sizeof(head))) > 0) {
		const char *text;
		size_t len;
		bool parse;

		memcpy(&head, w->buf.data + w->at, sizeof(head));
		len = head >> 1;
		parse = head & 1;
		rc = have(w, sizeof(head) + len);
		if (rc <= 0)
			break;
		text = w->buf.data + w->at + sizeof(head);
		w->at += sizeof(head) + len;
		if (parse)
			jdoc_parse(doc, text, len);
		if (!each(arg, text, len,
			parse ? jval_root(doc) : (struct jval){0}))
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
