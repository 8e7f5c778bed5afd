#include <stdint.h>
#include <string.h>

#include "core/utf8.h"

/* Is the byte in 80..BF, moved up to low at its lower end? */
static bool
follows(const char *s, unsigned char low, unsigned char high)
{
	unsigned char c = (unsigned char)*s;

	return c >= low && c <= high;
}

/* RFC 3629, section 4: what may follow depends on the first byte. */
size_t
utf8_span(const char *s, size_t n)
{
	unsigned char c = (unsigned char)*s, low = 0x80, high = 0xBF;
	size_t len = 4;

	if (c < 0x80)
		return 1;
	if (c < 0xC2 || c > 0xF4)
		return 0;
	if (c < 0xF0)
		len = c < 0xE0 ? 2 : 3;
	if (c == 0xE0)
		low = 0xA0;
	else if (c == 0xED)
		high = 0x9F;
	else if (c == 0xF0)
		low = 0x90;
	else if (c == 0xF4)
		high = 0x8F;
	if (n < len || !follows(s + 1, low, high))
		return 0;
	for (size_t i = 2; i < len; i++)
		if (!follows(s + i, 0x80, 0xBF))
			return 0;
	return len;
}

uint32_t
utf8_decode(const char *s, size_t span)
{
	uint32_t c = (unsigned char)*s;

	if (span > 1)
		c &= 0x7FU >> span;
	for (size_t i = 1; i < span; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3F);
	return c;
}

size_t
utf8_encode(uint32_t c, char *out)
{
	static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
	size_t span = c > 0xFFFF ? 4 : 3;

	if (c <= 0x7FF)
		span = c > 0x7F ? 2 : 1;
	for (size_t i = span - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3F));
	out[0] = (char)(lead[span] | c);
	return span;
}

bool
utf8_is_valid(const char *s, size_t n)
{
	size_t span;

	for (size_t i = 0; i < n; i += span) {
		span = utf8_span(s + i, n - i);
		if (span == 0)
			return false;
	}
	return true;
}

size_t
utf8_count(const char *s, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)s[i] & 0xC0) != 0x80;
	return count;
}

size_t
utf8_cut(const char *s, size_t len, size_t n)
{
	if (len <= n)
		return len;
	while (n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80)
		n--;
	return n;
}
