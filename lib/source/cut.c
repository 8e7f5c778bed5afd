/*
 * cut - a body of JSON into its values, without parsing it: brackets are
 * counted, strings are skipped.  The elements of an array at the top are
 * values themselves, so it may be of any length.
 *
 * A fault within an element stays there, as long as its quotes and brackets
 * are in pairs.
 */
#include <string.h>

#include "core/xmem.h"
#include "source/decode.h"

struct cut {
	struct decoder d;
	uint64_t depth; /* brackets open in the value at hand */
	uint64_t start; /* of the value, bytes */
	const char *from; /* of the value, in this chunk */
	bool is_array; /* within the array that is cut */
	bool is_open; /* a value has begun */
	bool is_string, is_escaped; /* within a string; behind a \ there */
	bool is_after_comma; /* another element must come */
};

enum class { PLAIN, SPACE, COMMA, QUOTE, OPEN, CLOSE };

static const unsigned char classes[256] = {
    [' '] = SPACE,
    ['\t'] = SPACE,
    ['\r'] = SPACE,
    ['\n'] = SPACE,
    [','] = COMMA,
    ['"'] = QUOTE,
    ['['] = OPEN,
    ['{'] = OPEN,
    [']'] = CLOSE,
    ['}'] = CLOSE,
};

/* The value ends at p, in a chunk that ends at end. */
static bool
hand_over(struct cut *c, const char *p, const char *end)
{
	struct decoder *d = &c->d;
	const char *from = c->is_open ? c->from : p;
	struct piece piece = {
	    .number = ++d->n, .offset = c->start, .is_top = !c->is_array};
	bool more;

	piece.text = decoder_gather(d, from, p, end, &piece.len);
	if (d->is_long)
		more = d->sink.fault(d->sink.arg, &piece, "value too long");
	else
		more = d->sink.value(d->sink.arg, &piece);
	d->kept.len = 0;
	d->is_long = false;
	c->is_open = c->is_string = c->is_escaped = false;
	c->depth = 0;
	return more;
}

static void
begin(struct cut *c, const char *data, const char *p)
{
	c->is_open = true;
	c->is_after_comma = false;
	c->from = p;
	c->start = c->d.offset + (uint64_t)(p - data);
}

/* Skip to behind the string's end, or the chunk's. */
static const char *
skip_string(struct cut *c, const char *p, const char *end)
{
	while (p < end) {
		char ch = *p++;

		if (c->is_escaped) {
			c->is_escaped = false;
		} else if (ch == '\\') {
			c->is_escaped = true;
		} else if (ch == '"') {
			c->is_string = false;
			break;
		}
	}
	return p;
}

/* A bracket at p, which does not begin a value.  Sets *more. */
static const char *
on_close(
    struct cut *c, const char *data, const char *p, const char *end, bool *more)
{
	if (c->depth > 0) {
		c->depth--;
		p++;
		if (c->depth == 0 && !c->is_array)
			*more = hand_over(c, p, end);
		return p;
	}
	if (!c->is_array || *p == '}') { /* one too many: part of the fault */
		if (!c->is_open)
			begin(c, data, p);
		return p + 1;
	}
	if (!c->is_open)
		c->start = c->d.offset + (uint64_t)(p - data);
	if (c->is_open || c->is_after_comma)
		*more = hand_over(c, p, end);
	c->is_array = c->is_after_comma = false;
	if (c->d.is_inner) {
		c->d.is_ended = true;
		c->d.taken = (size_t)(p + 1 - data);
	}
	return p + 1;
}

/* A comma between elements, at p. */
static const char *
on_comma(
    struct cut *c, const char *data, const char *p, const char *end, bool *more)
{
	if (!c->is_array || c->depth > 0) {
		if (!c->is_open)
			begin(c, data, p);
		return p + 1;
	}
	if (!c->is_open)
		c->start = c->d.offset + (uint64_t)(p - data);
	*more = hand_over(c, p, end);
	c->is_after_comma = true;
	return p + 1;
}

/* Does a value that has begun at the top end before a byte of this class? */
static bool
ends_before(const struct cut *c, enum class class)
{
	return c->is_open && !c->is_array && c->depth == 0 &&
	       (class == SPACE || class == QUOTE || class == OPEN);
}

/* A byte that is not in a string. */
static const char *
step(
    struct cut *c, const char *data, const char *p, const char *end, bool *more)
{
	enum class class = classes[(unsigned char)*p];

	if (ends_before(c, class)) {
		*more = hand_over(c, p, end);
		return p;
	}
	if (class == CLOSE)
		return on_close(c, data, p, end, more);
	if (class == COMMA)
		return on_comma(c, data, p, end, more);
	if (class == SPACE)
		return p + 1;
	if (class == OPEN && !c->is_open && !c->is_array && *p == '[' &&
	    !c->d.options.is_whole) {
		c->is_array = true;
		c->start = c->d.offset + (uint64_t)(p - data);
		return p + 1;
	}
	if (!c->is_open)
		begin(c, data, p);
	c->depth += class == OPEN;
	c->is_string = class == QUOTE;
	return p + 1;
}

static bool
feed(struct decoder *d, const char *data, size_t len)
{
	struct cut *c = (struct cut *)d;
	const char *p = data, *end = data + len;
	bool more = true;

	c->from = data;
	while (p < end && more && !d->is_ended) {
		if (c->is_string)
			p = skip_string(c, p, end);
		else if (c->depth > 0 && classes[(unsigned char)*p] < QUOTE)
			p++;
		else
			p = step(c, data, p, end, &more);
	}
	if (c->is_open)
		decoder_keep(d, c->from, end);
	return more;
}

static bool
finish(struct decoder *d)
{
	struct cut *c = (struct cut *)d;
	struct piece p = {
	    .number = d->n + 1, .offset = c->is_open ? c->start : d->offset};

	if (c->is_open && !c->is_array && c->depth == 0 && !c->is_string) {
		c->from = "";
		return hand_over(c, "", "");
	}
	d->is_cut = c->is_open || c->is_array;
	if (d->is_cut)
		d->sink.fault(d->sink.arg, &p,
		    c->is_open ? "value without an end"
			       : "array without an end");
	return !d->is_cut;
}

struct decoder *
cut_new(void)
{
	struct cut *c = xcalloc(1, sizeof(*c));

	c->d.feed = feed;
	c->d.finish = finish;
	return &c->d;
}
