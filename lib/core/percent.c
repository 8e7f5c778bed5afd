#include "core/percent.h"

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void
percent_decode(struct buf *out, const char *s, size_t len, bool is_form)
{
	for (size_t i = 0; i < len; i++) {
		int high = -1, low = -1;

		if (s[i] == '%' && len - i > 2) {
			high = digit(s[i + 1]);
			low = digit(s[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			buf_addc(out, (char)(high * 16 + low));
			i += 2;
		} else {
			buf_addc(out, is_form && s[i] == '+' ? ' ' : s[i]);
		}
	}
}
