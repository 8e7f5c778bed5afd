/*
 * Any bytes as a gzip stream: fed whole and in parts they unpack to the same.
 * The same bytes packed by zlib come back.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "core/buf.h"
#include "core/xmem.h"
#include "http/gunzip.h"

#define OUT_MAX ((size_t)4 << 20) /* bytes; a few can unpack to many */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
take(void *arg, const char *data, size_t len)
{
	struct buf *b = arg;

	buf_add(b, data, len);
	return b->len < OUT_MAX;
}

/* Unpack, fed in parts of that size.  Returns 0, or -1 if it is no whole
 * gzip stream, or too large. */
static int
unpack(const char *data, size_t len, size_t part, struct buf *out)
{
	struct gunzip *g = gunzip_new(take, out);
	bool is_good = true;

	for (size_t i = 0; is_good && i < len; i += part)
		is_good =
		    gunzip_feed(g, data + i, len - i < part ? len - i : part);
	if (is_good)
		is_good = gunzip_is_whole(g);
	gunzip_free(g);
	return is_good ? 0 : -1;
}

static bool
is_same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len &&
	       (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static void
check_parts(const char *data, size_t len)
{
	struct buf whole = {0}, parts = {0};
	int is_whole = unpack(data, len, len + 1, &whole);

	if (unpack(data, len, 1 + len % 7, &parts) != is_whole)
		abort();
	if (is_whole == 0 && !is_same(&whole, &parts))
		abort();
	buf_release(&whole);
	buf_release(&parts);
}

static void
check_round_trip(const char *data, size_t len)
{
	struct buf packed = {0}, out = {0};
	z_stream z = {0};
	size_t room;

	if (deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		xmem_fail();
	room = deflateBound(&z, (uLong)len);
	buf_reserve(&packed, room);
	z.next_in = (z_const Bytef *)data;
	z.avail_in = (uInt)len;
	z.next_out = (Bytef *)packed.data;
	z.avail_out = (uInt)room;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	packed.len = z.total_out;
	deflateEnd(&z);
	if (unpack(packed.data, packed.len, 1 + len % 97, &out) != 0 ||
	    out.len != len || (len > 0 && memcmp(out.data, data, len) != 0))
		abort();
	buf_release(&packed);
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_parts((const char *)data, size);
	check_round_trip((const char *)data, size);
	return 0;
}
