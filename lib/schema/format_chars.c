/* Characters of URIs and what was made of them. */
#include "core/utf8.h"
#include "schema/format_private.h"

size_t
format_escape(const char *s, const char *end)
{
	return end - s >= 3 && chars_is_hex(s[1]) && chars_is_hex(s[2]) ? 3 : 0;
}

/* ucschar of RFC 3987, 2.2: no surrogates, no noncharacters, nothing private;
 * plane 14 without its first tags.  c is at least 0x80. */
static bool
is_ucschar(uint32_t c)
{
	if (c < 0x10000)
		return (c >= 0xA0 && c <= 0xD7FF) ||
		       (c >= 0xF900 && c <= 0xFDCF) ||
		       (c >= 0xFDF0 && c <= 0xFFEF);
	return (c & 0xFFFF) <= 0xFFFD && c < 0xF0000 &&
	       (c < 0xE0000 || c >= 0xE1000);
}

/* iprivate */
static bool
is_private(uint32_t c)
{
	return (c >= 0xE000 && c <= 0xF8FF) ||
	       (c >= 0xF0000 && (c & 0xFFFF) <= 0xFFFD);
}

size_t
format_ucs(const char *s, const char *end, bool with_private)
{
	size_t n = utf8_span(s, (size_t)(end - s));
	uint32_t c = utf8_decode(s, n);

	return is_ucschar(c) || (with_private && is_private(c)) ? n : 0;
}
