#include <stdlib.h>

#include <zstd.h>

#include "core/xmem.h"
#include "http/unzstd.h"

#define WINDOW_LOG 23

struct unzstd {
	ZSTD_DCtx *ctx;
	unpack_sink *sink;
	void *arg;
	bool is_whole; /* a frame has ended, and no other begun */
	char out[65536];
};

struct unzstd *
unzstd_new(unpack_sink *sink, void *arg)
{
	struct unzstd *z = xcalloc(1, sizeof(*z));

	z->sink = sink;
	z->arg = arg;
	z->ctx = ZSTD_createDCtx();
	if (!z->ctx)
		xmem_fail();
	ZSTD_DCtx_setParameter(z->ctx, ZSTD_d_windowLogMax, WINDOW_LOG);
	return z;
}

void
unzstd_free(struct unzstd *z)
{
	if (z)
		ZSTD_freeDCtx(z->ctx);
	free(z);
}

bool
unzstd_feed(struct unzstd *z, const char *data, size_t len)
{
	ZSTD_inBuffer in = {data, len, 0};
	ZSTD_outBuffer out = {z->out, sizeof(z->out), 0};
	size_t left = 0;

	/* asked once more behind a frame's end it would say that it waits for
	 * the next one */
	while (in.pos < in.size || (left > 0 && out.pos == out.size)) {
		out.pos = 0;
		left = ZSTD_decompressStream(z->ctx, &out, &in);
		if (ZSTD_isError(left))
			return false;
		z->is_whole = left == 0;
		if (out.pos > 0 && !z->sink(z->arg, z->out, out.pos))
			return false;
	}
	return true;
}

bool
unzstd_is_whole(const struct unzstd *z)
{
	return z->is_whole;
}
