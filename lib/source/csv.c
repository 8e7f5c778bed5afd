/*
 * csv - rows of fields (RFC 4180) as objects, named by the first row.
 *
 * Beyond the RFC: any separator, LF or CRLF at a row's end, quotes within a
 * field that does not begin with one are data, blank rows are dropped.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/map.h"
#include "core/xmem.h"
#include "source/decode.h"
#include "json/parse.h"
#include "json/write.h"

struct field {
	size_t end; /* in row */
	bool is_quoted;
};

struct csv {
	struct decoder d;
	struct buf row; /* the fields' bytes, one behind the other */
	struct field *fields; /* owned; of the row at hand */
	size_t n_fields, cap_fields;
	char **names; /* owned; as JSON with a colon, "a": */
	size_t n_names;
	struct buf composed; /* the record */
	uint64_t start, first_line; /* of the row at hand */
	const char *bad; /* what is wrong with it, or NULL */
	char separator;
	bool has_header, is_started; /* is_started: some byte of it came */
	enum { START, PLAIN, QUOTED, QUOTE_SEEN } state;
};

static void
add(struct csv *c, const char *s, size_t n)
{
	if (c->bad)
		return;
	if (c->row.len + n > c->d.options.max_value)
		c->bad = "row too long";
	else
		buf_add(&c->row, s, n);
}

static void
end_field(struct csv *c)
{
	if (c->n_fields == c->cap_fields) {
		c->cap_fields = c->cap_fields ? 2 * c->cap_fields : 16;
		c->fields =
		    xrealloc(c->fields, c->cap_fields, sizeof(*c->fields));
	}
	c->fields[c->n_fields++] =
	    (struct field){c->row.len, c->state == QUOTE_SEEN};
	c->state = START;
}

/* Digits at p; returns behind them, or NULL if there are none. */
static const char *
digits(const char *p, const char *end)
{
	const char *from = p;

	while (p < end && isdigit((unsigned char)*p))
		p++;
	return p > from ? p : NULL;
}

/* Is it a number as JSON writes them, and within the range of a double? */
static bool
is_number(const char *s, size_t len)
{
	const char *p = s, *end = s + len;
	char text[64];

	p += p < end && *p == '-';
	if (p < end && *p == '0')
		p++;
	else
		p = digits(p, end);
	if (p && p < end && *p == '.')
		p = digits(p + 1, end);
	if (!p || p == end)
		return p == end && len < 300;
	if (*p != 'e' && *p != 'E')
		return false;
	p++;
	p += p < end && (*p == '+' || *p == '-');
	if (digits(p, end) != end || len >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)len, s);
	return isfinite(strtod(text, NULL));
}

static void
compose_field(struct csv *c, const char *s, size_t len, bool is_quoted)
{
	bool is_string = is_quoted || c->d.options.is_strings;

	if (len == 0 && !is_string)
		buf_adds(&c->composed, "null");
	else if (!is_string && is_number(s, len))
		buf_add(&c->composed, s, len);
	else
		jwrite_string(&c->composed, s, len);
}

static void
compose(struct csv *c)
{
	size_t from = 0;

	c->composed.len = 0;
	buf_addc(&c->composed, '{');
	for (size_t i = 0; i < c->n_fields; i++) {
		const struct field *f = &c->fields[i];

		if (i > 0)
			buf_addc(&c->composed, ',');
		buf_adds(&c->composed, c->names[i]);
		compose_field(
		    c, c->row.data + from, f->end - from, f->is_quoted);
		from = f->end;
	}
	buf_addc(&c->composed, '}');
	buf_reserve(&c->composed, JDOC_PADDING);
}

/* Take the row as the header.  Returns what is wrong with it, or NULL. */
static const char *
take_header(struct csv *c)
{
	struct map seen = {0};
	struct buf name = {0};
	const char *bad = NULL;
	size_t from = 0;

	if (c->bad)
		return c->bad;
	c->names = xcalloc(c->n_fields, sizeof(*c->names));
	for (; c->n_names < c->n_fields; c->n_names++) {
		const char *s = c->row.data + from;
		size_t len = c->fields[c->n_names].end - from;
		void **place = map_put(&seen, len ? s : "", len);

		if (*place)
			bad = "two columns of the header have one name";
		*place = c;
		name.len = 0;
		jwrite_string(&name, s, len);
		buf_addc(&name, ':');
		c->names[c->n_names] = xstrndup(name.data, name.len);
		from += len;
	}
	c->has_header = true;
	map_release(&seen);
	buf_release(&name);
	return bad;
}

/* Hand over the row. */
static bool
take_row(struct csv *c)
{
	struct decoder *d = &c->d;
	struct piece p = {
	    .line = c->first_line, .offset = c->start, .is_composed = true};
	const char *bad = c->bad;
	char text[80];

	if (!c->has_header) {
		bad = take_header(c);
		if (bad)
			d->sink.fault(d->sink.arg, &p, bad);
		return !bad;
	}
	p.number = ++d->n;
	if (!bad && c->n_fields != c->n_names) {
		snprintf(text, sizeof(text), "%zu fields, the header has %zu",
		    c->n_fields, c->n_names);
		bad = text;
	}
	if (bad)
		return d->sink.fault(d->sink.arg, &p, bad);
	compose(c);
	p.text = c->composed.data;
	p.len = c->composed.len;
	return d->sink.value(d->sink.arg, &p);
}

static bool
end_row(struct csv *c)
{
	size_t from = c->n_fields ? c->fields[c->n_fields - 1].end : 0;
	bool more = true;

	if (c->state == PLAIN && c->row.len > from &&
	    c->row.data[c->row.len - 1] == '\r')
		c->row.len--;
	end_field(c);
	if (c->n_fields > 1 || c->row.len > 0 || c->fields[0].is_quoted ||
	    c->bad)
		more = take_row(c);
	c->row.len = 0;
	c->n_fields = 0;
	c->bad = NULL;
	c->is_started = false;
	return more;
}

/* Bytes of an unquoted field. */
static const char *
plain(struct csv *c, const char *p, const char *end)
{
	const char *from = p;

	while (p < end && *p != c->separator && *p != '\n')
		p++;
	if (p > from) {
		add(c, from, (size_t)(p - from));
		c->state = PLAIN;
	}
	return p;
}

/* Bytes of a quoted one, and its closing quote. */
static const char *
quoted(struct csv *c, const char *p, const char *end)
{
	const char *from = p;

	for (; p < end && *p != '"'; p++)
		c->d.line += *p == '\n';
	add(c, from, (size_t)(p - from));
	if (p < end) {
		c->state = QUOTE_SEEN;
		p++;
	}
	return p;
}

/* One byte behind a quote within a quoted field. */
static const char *
after_quote(struct csv *c, const char *p)
{
	if (*p == '"') {
		add(c, "\"", 1);
		c->state = QUOTED;
	} else if (*p != '\r' && !c->bad) {
		c->bad = "text behind a closing quote";
	}
	return p + 1;
}

/* A byte of a row is at hand, at this offset in the chunk. */
static void
begin_row(struct csv *c, uint64_t offset)
{
	if (c->is_started)
		return;
	c->is_started = true;
	c->first_line = c->d.line;
	c->start = c->d.offset + offset;
}

static bool
feed(struct decoder *d, const char *data, size_t len)
{
	struct csv *c = (struct csv *)d;
	const char *p = data, *end = data + len;

	while (p < end) {
		begin_row(c, (uint64_t)(p - data));
		if (c->state == QUOTED) {
			p = quoted(c, p, end);
		} else if (*p == '\n') {
			d->line++;
			p++;
			if (!end_row(c))
				return false;
		} else if (*p == c->separator) {
			end_field(c);
			p++;
		} else if (c->state == QUOTE_SEEN) {
			p = after_quote(c, p);
		} else if (c->state == START && *p == '"') {
			c->state = QUOTED;
			p++;
		} else {
			p = plain(c, p, end);
		}
	}
	return true;
}

static bool
finish(struct decoder *d)
{
	struct csv *c = (struct csv *)d;
	struct piece p = {
	    .line = c->first_line, .number = d->n + 1, .offset = c->start};

	if (c->state == QUOTED) {
		d->is_cut = true;
		d->sink.fault(
		    d->sink.arg, &p, "body ends within a quoted field");
		return false;
	}
	return !c->is_started || end_row(c);
}

static void
release(struct decoder *d)
{
	struct csv *c = (struct csv *)d;

	for (size_t i = 0; i < c->n_names; i++)
		free(c->names[i]);
	free(c->names);
	free(c->fields);
	buf_release(&c->row);
	buf_release(&c->composed);
}

struct decoder *
csv_new(char separator)
{
	struct csv *c = xcalloc(1, sizeof(*c));

	c->d.feed = feed;
	c->d.finish = finish;
	c->d.release = release;
	c->separator = separator;
	buf_reserve(&c->row, 1); /* never NULL */
	return &c->d;
}
