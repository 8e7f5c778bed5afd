/*
 * Any bytes as a body that says it is plain, gzip or zstd: fed whole and in
 * parts they unpack to the same.  Bytes packed by libzstd come back, though
 * nobody says that they are packed.
 */
#include <zstd.h>

#include "fuzz.h"
#include "http/unpack.h"

#define OUT_MAX ((size_t)4 << 20) /* bytes; a few can unpack to many */

static bool
take(void *arg, const char *data, size_t len)
{
	struct buf *b = arg;

	buf_add(b, data, len);
	return b->len < OUT_MAX;
}

/* Unpack, fed in parts of that size.  Returns whether it is whole. */
static bool
unpack(enum unpack_coding coding, const char *data, size_t len, size_t part,
    struct buf *out)
{
	struct unpack *u = unpack_new(coding, take, out);
	bool is_good = true;

	for (size_t i = 0; is_good && i < len; i += part)
		is_good =
		    unpack_feed(u, data + i, len - i < part ? len - i : part);
	if (is_good)
		is_good = unpack_finish(u) == UNPACK_WHOLE;
	unpack_free(u);
	return is_good;
}

static bool
is_same(const struct buf *a, const char *data, size_t len)
{
	return a->len == len && (len == 0 || memcmp(a->data, data, len) == 0);
}

static void
check_parts(enum unpack_coding coding, const char *data, size_t len)
{
	struct buf whole = {0}, parts = {0};
	bool is_whole = unpack(coding, data, len, len + 1, &whole);

	must(unpack(coding, data, len, 1 + len % 7, &parts) == is_whole);
	must(!is_whole || is_same(&whole, parts.data, parts.len));
	buf_release(&whole);
	buf_release(&parts);
}

static void
check_round_trip(const char *data, size_t len)
{
	size_t room = ZSTD_compressBound(len), n;
	char *packed = xmalloc(room);
	struct buf out = {0};

	n = ZSTD_compress(packed, room, data, len, 1);
	must(!ZSTD_isError(n));
	must(unpack(UNPACK_PLAIN, packed, n, 1 + len % 97, &out));
	must(is_same(&out, data, len));
	buf_release(&out);
	free(packed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	check_parts((enum unpack_coding)(data[0] % 3), (const char *)data + 1,
	    size - 1);
	check_round_trip((const char *)data, size);
	return 0;
}
