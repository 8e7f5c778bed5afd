/* hostname: RFC 1123, 2.1. */
#include "schema/format_private.h"

#define LABEL_MAX 63 /* bytes; RFC 1034, 3.1 */
#define NAME_MAX_BYTES 253

/* Letters, digits, and hyphens but at the ends.  Returns what follows, or
 * NULL. */
static const char *
label(const char *s, const char *end)
{
	static const struct chars ldh = {
	    CHARS_DIGITS | CHARS_ONE('-'), CHARS_LETTERS};
	const char *p = s;

	while (p < end && chars_has(&ldh, *p))
		p++;
	if (p == s || p - s > LABEL_MAX || *s == '-' || p[-1] == '-')
		return NULL;
	return p;
}

bool
format_hostname(const char *s, size_t len)
{
	const char *end = s + len;

	if (len > NAME_MAX_BYTES)
		return false;
	while ((s = label(s, end)) && s < end)
		if (*s++ != '.')
			return false;
	return s != NULL;
}
