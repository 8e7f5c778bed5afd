/* email: Mailbox of RFC 5321, 4.1.2. */
#include <strings.h>

#include "schema/format_private.h"

/* RFC 5322, 3.2.3 */
static const struct chars atext = {
    CHARS_DIGITS | CHARS_ONE('!') | CHARS_SPAN('#', '\'') | CHARS_ONE('*') |
	CHARS_ONE('+') | CHARS_ONE('-') | CHARS_ONE('/') | CHARS_ONE('=') |
	CHARS_ONE('?'),
    CHARS_LETTERS | CHARS_SPAN('^', '`') | CHARS_SPAN('{', '~')};

/* Words with dots between them.  Returns what follows, or NULL. */
static const char *
dot_string(const char *s, const char *end)
{
	for (;;) {
		const char *word = s;

		while (s < end && chars_has(&atext, *s))
			s++;
		if (s == word)
			return NULL;
		if (s == end || *s != '.')
			return s;
		s++;
	}
}

/* From its opening quote on.  Returns what follows, or NULL. */
static const char *
quoted_string(const char *s, const char *end)
{
	for (s++; s < end && *s >= ' ' && *s <= '~'; s++) {
		if (*s == '"')
			return s + 1;
		if (*s == '\\' && (++s == end || *s < ' ' || *s > '~'))
			return NULL;
	}
	return NULL;
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

bool
format_email(const char *s, size_t len)
{
	const char *end = s + len;

	if (len == 0)
		return false;
	s = *s == '"' ? quoted_string(s, end) : dot_string(s, end);
	if (!s || s == end || *s++ != '@' || s == end)
		return false;
	return *s == '[' ? is_address_literal(s, (size_t)(end - s))
			 : format_hostname(s, (size_t)(end - s));
}
