/*
 * uri, uri-reference: RFC 3986, appendix A.  iri, iri-reference: RFC 3987,
 * 2.2, the same with more characters.
 */
#include <string.h>

#include "schema/format_private.h"

/* unreserved and sub-delims; what a part of a URI adds to them follows. */
#define PLAIN_LOW \
	(CHARS_DIGITS | CHARS_ONE('!') | CHARS_ONE('$') | \
	    CHARS_SPAN('&', '.') | CHARS_ONE(';') | CHARS_ONE('='))
#define PLAIN_HIGH (CHARS_LETTERS | CHARS_ONE('_') | CHARS_ONE('~'))

static const struct chars host_chars = {PLAIN_LOW, PLAIN_HIGH};
static const struct chars user_chars = {PLAIN_LOW | CHARS_ONE(':'), PLAIN_HIGH};
static const struct chars path_chars = {
    PLAIN_LOW | CHARS_ONE(':') | CHARS_ONE('/'), PLAIN_HIGH | CHARS_ONE('@')};
static const struct chars query_chars = {
    PLAIN_LOW | CHARS_ONE(':') | CHARS_ONE('/') | CHARS_ONE('?'),
    PLAIN_HIGH | CHARS_ONE('@')};

struct uri {
	const char *s, *end;
	bool is_iri;
};

/* Go over all that is in set, escaped, or, in an IRI, beyond ASCII. */
static void
run(struct uri *u, const struct chars *set, bool with_private)
{
	while (u->s < u->end) {
		size_t n = 1;

		if (*u->s == '%')
			n = format_escape(u->s, u->end);
		else if ((unsigned char)*u->s >= 0x80)
			n = u->is_iri ? format_ucs(u->s, u->end, with_private)
				      : 0;
		else if (!chars_has(set, *u->s))
			n = 0;
		if (n == 0)
			return;
		u->s += n;
	}
}

static bool
skip(struct uri *u, char c)
{
	if (u->s == u->end || *u->s != c)
		return false;
	u->s++;
	return true;
}

/* A letter, then letters, digits, + - and dots, then a colon. */
static bool
scheme(struct uri *u)
{
	static const struct chars letters = {0, CHARS_LETTERS};
	static const struct chars set = {
	    CHARS_DIGITS | CHARS_ONE('+') | CHARS_ONE('-') | CHARS_ONE('.'),
	    CHARS_LETTERS};
	const char *s = u->s;

	if (s == u->end || !chars_has(&letters, *s))
		return false;
	while (s < u->end && chars_has(&set, *s))
		s++;
	if (s == u->end || *s != ':')
		return false;
	u->s = s + 1;
	return true;
}

/* v1.x, between brackets */
static bool
is_ip_future(const char *s, const char *end)
{
	if (s == end || (*s | 0x20) != 'v')
		return false;
	for (s++; s < end && chars_is_hex(*s); s++)
		;
	if (s[-1] == 'v' || s[-1] == 'V' || end - s < 2 || *s != '.')
		return false;
	for (s++; s < end; s++)
		if (!chars_has(&user_chars, *s))
			return false;
	return true;
}

/* From behind the bracket on. */
static bool
ip_literal(struct uri *u)
{
	const char *s = u->s;
	const char *close = memchr(s, ']', (size_t)(u->end - s));

	if (!close ||
	    (!format_ipv6(s, (size_t)(close - s)) && !is_ip_future(s, close)))
		return false;
	u->s = close + 1;
	return true;
}

/* [user@]host[:port], from behind the slashes on. */
static bool
authority(struct uri *u)
{
	const char *start = u->s;

	run(u, &user_chars, false);
	if (!skip(u, '@'))
		u->s = start;
	if (skip(u, '[')) {
		if (!ip_literal(u))
			return false;
	} else {
		run(u, &host_chars, false);
	}
	if (skip(u, ':'))
		while (u->s < u->end && chars_is_digit(*u->s))
			u->s++;
	return u->s == u->end || strchr("/?#", *u->s);
}

/* A relative path must not look as if it began with a scheme. */
static bool
has_colon_first(const struct uri *u)
{
	const char *s = u->s;

	while (s < u->end && *s != ':' && *s != '/' && *s != '?' && *s != '#')
		s++;
	return s < u->end && *s == ':';
}

static bool
check(struct uri u, bool may_be_relative)
{
	if (!scheme(&u) && (!may_be_relative || has_colon_first(&u)))
		return false;
	if (u.end - u.s >= 2 && u.s[0] == '/' && u.s[1] == '/') {
		u.s += 2;
		if (!authority(&u))
			return false;
	}
	run(&u, &path_chars, false);
	if (skip(&u, '?'))
		run(&u, &query_chars, true);
	if (skip(&u, '#'))
		run(&u, &query_chars, false);
	return u.s == u.end;
}

bool
format_uri(const char *s, size_t len)
{
	return check((struct uri){s, s + len, false}, false);
}

bool
format_uri_reference(const char *s, size_t len)
{
	return check((struct uri){s, s + len, false}, true);
}

bool
format_iri(const char *s, size_t len)
{
	return check((struct uri){s, s + len, true}, false);
}

bool
format_iri_reference(const char *s, size_t len)
{
	return check((struct uri){s, s + len, true}, true);
}
