/* hostname: RFC 1123, 2.1, its A-labels checked as RFC 5891, 5.4 has it. */

#include "schema/format_private.h"

#define LABEL_MAX 63 /* bytes; RFC 1034, 3.1 */

/* Letters, digits, and hyphens but at the ends.  Returns what follows, or
 * NULL. */
static const char *
take_label(const char *s, const char *end)
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
format_hostname_label(const char *s, size_t len)
{
	return take_label(s, s + len) == s + len;
}

bool
format_is_a_label(const char *s, size_t len)
{
	return len >= 4 && s[2] == '-' && s[3] == '-' && (s[0] | 0x20) == 'x' &&
	       (s[1] | 0x20) == 'n';
}

bool
format_hostname(const char *s, size_t len)
{
	const char *start = s, *end = s + len;
	bool is_idn = false;

	if (len > FORMAT_NAME_MAX)
		return false;
	for (;; s++) {
		const char *label = s;

		s = take_label(s, end);
		if (!s)
			return false;
		is_idn |= format_is_a_label(label, (size_t)(s - label));
		if (s == end)
			return !is_idn || format_idn_hostname(start, len);
		if (*s != '.')
			return false;
	}
}
