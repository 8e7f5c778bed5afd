/*
 * lines - bodies of lines: each one is a value (ndjson), or becomes
 * {"line":"..."} (text).
 */
#include <string.h>

#include "core/xmem.h"
#include "source/decode.h"
#include "json/parse.h"
#include "json/write.h"

struct lines {
	struct decoder d;
	struct buf composed; /* text: the record */
	uint64_t start; /* of the line at hand, bytes */
	bool is_text;
};

static bool
is_blank(const char *s, size_t len)
{
	while (len > 0 && (*s == ' ' || *s == '\t' || *s == '\r')) {
		s++;
		len--;
	}
	return len == 0;
}

/* Make the record of a line of text. */
static void
compose(struct lines *l, struct piece *p)
{
	size_t len = p->len;

	len -= len > 0 && p->text[len - 1] == '\r';
	l->composed.len = 0;
	buf_adds(&l->composed, "{\"line\":");
	jwrite_string(&l->composed, p->text, len);
	buf_addc(&l->composed, '}');
	buf_reserve(&l->composed, JDOC_PADDING);
	p->text = l->composed.data;
	p->len = l->composed.len;
	p->is_composed = true;
}

/* The line ends at to, in a chunk that ends at end. */
static bool
hand_over(struct lines *l, const char *from, const char *to, const char *end)
{
	struct decoder *d = &l->d;
	struct piece p = {.line = d->line, .offset = l->start};
	bool more = true;

	p.text = decoder_gather(d, from, to, end, &p.len);
	p.number = ++d->n;
	if (d->is_long) {
		more = d->sink.fault(d->sink.arg, &p, "line too long");
	} else if (l->is_text) {
		compose(l, &p);
		more = d->sink.value(d->sink.arg, &p);
	} else if (!is_blank(p.text, p.len)) {
		more = d->sink.value(d->sink.arg, &p);
	} else {
		d->n--;
	}
	d->kept.len = 0;
	d->is_long = false;
	d->line++;
	return more;
}

static bool
feed(struct decoder *d, const char *data, size_t len)
{
	struct lines *l = (struct lines *)d;
	const char *end = data + len, *p = data, *lf;

	if (d->kept.len == 0 && !d->is_long)
		l->start = d->offset;
	while ((lf = memchr(p, '\n', (size_t)(end - p)))) {
		if (!hand_over(l, p, lf, end))
			return false;
		p = lf + 1;
		l->start = d->offset + (uint64_t)(p - data);
	}
	decoder_keep(d, p, end);
	return true;
}

static bool
finish(struct decoder *d)
{
	if (d->kept.len == 0 && !d->is_long)
		return true;
	return hand_over((struct lines *)d, "", "", "");
}

static void
release(struct decoder *d)
{
	buf_release(&((struct lines *)d)->composed);
}

struct decoder *
lines_new(bool is_text)
{
	struct lines *l = xcalloc(1, sizeof(*l));

	l->d.feed = feed;
	l->d.finish = finish;
	l->d.release = release;
	l->is_text = is_text;
	return &l->d;
}
