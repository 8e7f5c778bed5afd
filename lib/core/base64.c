#include <stdint.h>
#include <string.h>

#include "core/base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_add(struct buf *b, const void *data, size_t len)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		uint32_t bits = 0;

		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (k < n ? p[i + k] : 0U);
		for (size_t k = 0; k <= n; k++)
			buf_addc(b, digits[bits >> (18 - 6 * k) & 63]);
		for (size_t k = n; k < 3; k++)
			buf_addc(b, '=');
	}
}

/* 6 bits, or -1 if c is not in the alphabet. */
static int
value(char c)
{
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

bool
base64_decode(struct buf *b, const char *s, size_t len)
{
	size_t start = b->len, n_pad = 0;
	uint32_t bits = 0;
	int v;

	while (n_pad < 2 && n_pad < len && s[len - 1 - n_pad] == '=')
		n_pad++;
	if (len % 4 != 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		v = i < len - n_pad ? value(s[i]) : 0;
		if (v < 0) {
			b->len = start;
			return false;
		}
		bits = bits << 6 | (uint32_t)v;
		if (i % 4 != 3)
			continue;
		buf_addc(b, (char)(bits >> 16 & 255));
		buf_addc(b, (char)(bits >> 8 & 255));
		buf_addc(b, (char)(bits & 255));
	}
	b->len -= n_pad;
	return true;
}
