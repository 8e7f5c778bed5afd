/* uri-template: RFC 6570, 2, of any level. */
#include <string.h>

#include "schema/format_private.h"

struct scan {
	const char *s, *end;
};

static bool
skip(struct scan *c, char wanted)
{
	if (c->s == c->end || *c->s != wanted)
		return false;
	c->s++;
	return true;
}

/* varname: words with dots between them. */
static bool
name(struct scan *c)
{
	static const struct chars set = {
	    CHARS_DIGITS, CHARS_LETTERS | CHARS_ONE('_')};

	do {
		const char *word = c->s;

		for (;;) {
			size_t n =
			    c->s < c->end && *c->s == '%'
				? format_escape(c->s, c->end)
				: c->s < c->end && chars_has(&set, *c->s);

			if (n == 0)
				break;
			c->s += n;
		}
		if (c->s == word)
			return false;
	} while (skip(c, '.'));
	return true;
}

/* Nothing, an asterisk, or a colon and a number from 1 to 9999. */
static bool
modifier(struct scan *c)
{
	const char *digits;

	if (skip(c, '*') || !skip(c, ':'))
		return true;
	for (digits = c->s; c->s < c->end && chars_is_digit(*c->s); c->s++)
		;
	return c->s > digits && c->s - digits <= 4 && *digits != '0';
}

/* From behind the brace on.  The operators that are reserved for later mean
 * nothing yet. */
static bool
expression(struct scan *c)
{
	if (c->s < c->end && *c->s && strchr("+#./;?&", *c->s))
		c->s++;
	do
		if (!name(c) || !modifier(c))
			return false;
	while (skip(c, ','));
	return skip(c, '}');
}

/* literals, with the apostrophe (erratum 6937).  Returns the length. */
static size_t
literal(const struct scan *c)
{
	static const struct chars set = {CHARS_ONE('!') | CHARS_SPAN('#', '$') |
					     CHARS_SPAN('&', ';') |
					     CHARS_ONE('=') | CHARS_ONE('?'),
	    CHARS_SPAN('@', '[') | CHARS_ONE(']') | CHARS_ONE('_') |
		CHARS_SPAN('a', 'z') | CHARS_ONE('~')};

	if (*c->s == '%')
		return format_escape(c->s, c->end);
	if ((unsigned char)*c->s >= 0x80)
		return format_ucs(c->s, c->end, true);
	return chars_has(&set, *c->s);
}

bool
format_uri_template(const char *s, size_t len)
{
	struct scan c = {s, s + len};

	while (c.s < c.end) {
		size_t n;

		if (skip(&c, '{')) {
			if (!expression(&c))
				return false;
			continue;
		}
		n = literal(&c);
		if (n == 0)
			return false;
		c.s += n;
	}
	return true;
}
