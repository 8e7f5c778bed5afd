/* uuid: RFC 4122.  json-pointer: RFC 6901, and its relative kin.  regex:
 * ECMA-262. */
#include "core/ecma.h"
#include "schema/format_private.h"

bool
format_uuid(const char *s, size_t len)
{
	if (len != 36)
		return false;
	for (size_t i = 0; i < 36; i++) {
		bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (is_dash ? s[i] != '-' : !chars_is_hex(s[i]))
			return false;
	}
	return true;
}

/* Each reference token begins with a slash; ~0 and ~1 are its escapes. */
bool
format_json_pointer(const char *s, size_t len)
{
	const char *end = s + len;

	if (len == 0)
		return true;
	if (*s != '/')
		return false;
	for (; s < end; s++)
		if (*s == '~' && (s + 1 == end || (s[1] != '0' && s[1] != '1')))
			return false;
	return true;
}

/* A number without leading zeros, at least low.  Returns what follows, or
 * NULL. */
static const char *
number(const char *s, const char *end, char low)
{
	const char *p = s;

	while (p < end && chars_is_digit(*p))
		p++;
	if (p == s || *s < low || (*s == '0' && p - s > 1))
		return NULL;
	return p;
}

/*
 * draft-bhutton-relative-json-pointer-00, section 3: levels up, steps to the
 * side, then a pointer, or "#" for the name of the place.
 */
bool
format_relative_json_pointer(const char *s, size_t len)
{
	const char *end = s + len;

	s = number(s, end, '0');
	if (s && s < end && (*s == '+' || *s == '-'))
		s = number(s + 1, end, '1');
	if (!s)
		return false;
	return (end - s == 1 && *s == '#') ||
	       format_json_pointer(s, (size_t)(end - s));
}

bool
format_regex(const char *s, size_t len)
{
	struct buf words = {0}, why = {0};
	bool is_good = ecma_translate(s, len, &words, &why) != ECMA_WRONG;

	buf_release(&words);
	buf_release(&why);
	return is_good;
}
