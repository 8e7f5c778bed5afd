#include <stdint.h>

#include "core/base64.h"

void
base64_add(struct buf *b, const void *data, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
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
