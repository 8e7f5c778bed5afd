/*
 * email: Mailbox of RFC 5321, 4.1.2, the domain being one that can exist.
 * idn-email: RFC 6531, 3.3, the same with all characters beyond ASCII.
 */
#include <strings.h>

#include "schema/format_private.h"

/* RFC 5322, 3.2.3 */
static const struct chars atext = {
    CHARS_DIGITS | CHARS_ONE('!') | CHARS_SPAN('#', '\'') | CHARS_ONE('*') |
	CHARS_ONE('+') | CHARS_ONE('-') | CHARS_ONE('/') | CHARS_ONE('=') |
	CHARS_ONE('?'),
    CHARS_LETTERS | CHARS_SPAN('^', '`') | CHARS_SPAN('{', '~')};

struct scan {
	const char *s, *end;
	bool is_idn;
};

/* May the next be taken, being beyond ASCII? */
static bool
is_foreign(const struct scan *c)
{
	return c->is_idn && (unsigned char)*c->s >= 0x80;
}

/* Words with dots between them. */
static bool
dot_string(struct scan *c)
{
	for (;;) {
		const char *word = c->s;

		while (c->s < c->end &&
		       (chars_has(&atext, *c->s) || is_foreign(c)))
			c->s++;
		if (c->s == word)
			return false;
		if (c->s == c->end || *c->s != '.')
			return true;
		c->s++;
	}
}

static bool
is_printable(const struct scan *c)
{
	return c->s < c->end && *c->s >= ' ' && *c->s <= '~';
}

/* From its opening quote on. */
static bool
quoted_string(struct scan *c)
{
	for (c->s++; is_printable(c) || (c->s < c->end && is_foreign(c));
	     c->s++) {
		if (*c->s == '"') {
			c->s++;
			return true;
		}
		if (*c->s == '\\') {
			c->s++;
			if (!is_printable(c))
				return false;
		}
	}
	return false;
}

/* [127.0.0.1], [IPv6:::1]; no other kind has been registered. */
static bool
is_address_literal(const char *s, size_t len)
{
	static const char tag[] = "IPv6:";

	if (len < 2 || *s != '[' || s[len - 1] != ']')
		return false;
	s++;
	len -= 2;
	if (len > 5 && strncasecmp(s, tag, 5) == 0)
		return format_ipv6(s + 5, len - 5);
	return format_ipv4(s, len);
}

static bool
check(struct scan c)
{
	size_t left;

	if (c.s == c.end)
		return false;
	if (!(*c.s == '"' ? quoted_string(&c) : dot_string(&c)))
		return false;
	if (c.end - c.s < 2 || *c.s++ != '@')
		return false;
	left = (size_t)(c.end - c.s);
	if (*c.s == '[')
		return is_address_literal(c.s, left);
	return c.is_idn ? format_idn_domain(c.s, left)
			: format_hostname(c.s, left);
}

bool
format_email(const char *s, size_t len)
{
	return check((struct scan){s, s + len, false});
}

bool
format_idn_email(const char *s, size_t len)
{
	return check((struct scan){s, s + len, true});
}
