#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "core/xmem.h"
#include "http/gunzip.h"

#define WINDOW_BITS (15 + 16) /* the largest; gzip, not zlib's own format */
#define MAGIC 0x1f /* the first byte of each member */

struct gunzip {
	z_stream z;
	unpack_sink *sink;
	void *arg;
	enum { START, MEMBER, BETWEEN, PADDING } state;
	char out[65536];
};

struct gunzip *
gunzip_new(unpack_sink *sink, void *arg)
{
	struct gunzip *g = xcalloc(1, sizeof(*g));

	g->sink = sink;
	g->arg = arg;
	if (inflateInit2(&g->z, WINDOW_BITS) != Z_OK)
		xmem_fail();
	return g;
}

void
gunzip_free(struct gunzip *g)
{
	if (g)
		inflateEnd(&g->z);
	free(g);
}

/* Unpack what is there of a member, to its end or to that of the input. */
static bool
inflate_member(struct gunzip *g)
{
	int status;
	size_t n;

	do {
		g->z.next_out = (Bytef *)g->out;
		g->z.avail_out = sizeof(g->out);
		status = inflate(&g->z, Z_NO_FLUSH);
		if (status == Z_MEM_ERROR)
			xmem_fail();
		/* Z_BUF_ERROR: all was taken last time already */
		if (status != Z_OK && status != Z_STREAM_END &&
		    status != Z_BUF_ERROR)
			return false;
		n = sizeof(g->out) - g->z.avail_out;
		if (n > 0 && !g->sink(g->arg, g->out, n))
			return false;
	} while (status == Z_OK && g->z.avail_out == 0);
	if (status == Z_STREAM_END)
		g->state = BETWEEN;
	return true;
}

/* Outside of members: begin one, or pass over a zero. */
static bool
take_byte(struct gunzip *g)
{
	if (*g->z.next_in == MAGIC && g->state != PADDING) {
		g->state = MEMBER;
		return inflateReset(&g->z) == Z_OK;
	}
	if (*g->z.next_in != 0 || g->state == START)
		return false;
	g->state = PADDING;
	g->z.next_in++;
	g->z.avail_in--;
	return true;
}

/* len: at most UINT_MAX, as all that curl hands over. */
bool
gunzip_feed(struct gunzip *g, const char *data, size_t len)
{
	bool is_good = true;

	g->z.next_in = (z_const Bytef *)data;
	g->z.avail_in = (uInt)len;
	while (is_good && g->z.avail_in > 0)
		is_good = g->state == MEMBER ? inflate_member(g) : take_byte(g);
	return is_good;
}

bool
gunzip_is_whole(const struct gunzip *g)
{
	return g->state == BETWEEN || g->state == PADDING;
}
