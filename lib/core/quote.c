/* buf_add_quoted: strings as JSON has them. */
#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"

/* One byte that may not stand in a string as it is. */
static void
escape(struct buf *b, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *p = c ? strchr(from, c) : NULL;

	if (!p) {
		buf_addf(b, "\\u%04x", c);
		return;
	}
	buf_addc(b, '\\');
	buf_addc(b, to[p - from]);
}

static bool
is_special(char c)
{
	return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

/*
 * Is any of the 8 bytes at s special?  In each byte of word, the top bit of
 * (word - n) & ~word is set if it is below n, but for borrows, which only
 * start at one that is (Warren, Hacker's Delight, 6-1).
 */
static bool
has_special(const char *s)
{
	const uint64_t ones = 0x0101010101010101;
	uint64_t word, quote, slash;

	memcpy(&word, s, sizeof(word));
	quote = word ^ ones * '"';
	slash = word ^ ones * '\\';
	return (((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) |
		   ((slash - ones) & ~slash)) &
	       ones * 0x80;
}

/* The first special byte from s on, or end. */
static const char *
find_special(const char *s, const char *end)
{
	while (end - s >= 8 && !has_special(s))
		s += 8;
	while (s < end && !is_special(*s))
		s++;
	return s;
}

void
buf_add_quoted(struct buf *b, const char *s, size_t len)
{
	const char *end = s + len, *special;

	buf_addc(b, '"');
	for (; (special = find_special(s, end)) < end; s = special + 1) {
		buf_add(b, s, (size_t)(special - s));
		escape(b, (unsigned char)*special);
	}
	buf_add(b, s, (size_t)(end - s));
	buf_addc(b, '"');
}
