/*
 * gzip without compression: enough for a client's decoder, and no library.
 */
#include "httpd.h"

#define STORED_MAX 65535 /* bytes in a stored block, RFC 1951 */

static void
add_le(struct buf *out, uint32_t n, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_addc(out, (char)(n >> (8 * i)));
}

/* CRC-32 as of RFC 1952, bit by bit. */
static uint32_t
crc32(const char *data, size_t len)
{
	uint32_t crc = 0xFFFFFFFF;

	for (size_t i = 0; i < len; i++) {
		crc ^= (unsigned char)data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
	}
	return ~crc;
}

void
gzip_store(struct buf *out, const char *data, size_t len)
{
	size_t at = 0, n;

	buf_add(out, "\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
	do {
		n = len - at < STORED_MAX ? len - at : STORED_MAX;
		buf_addc(out, at + n == len);
		add_le(out, (uint32_t)n, 2);
		add_le(out, ~(uint32_t)n, 2);
		buf_add(out, data + at, n);
		at += n;
	} while (at < len);
	add_le(out, crc32(data, len), 4);
	add_le(out, (uint32_t)len, 4);
}
