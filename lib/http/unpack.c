#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "http/gunzip.h"
#include "http/unpack.h"
#include "http/unzstd.h"

#define MAGIC_MAX 4

/* One coding that is undone. */
struct layer {
	struct gunzip *gunzip; /* owned; or NULL */
	struct unzstd *unzstd; /* owned; or NULL; without either it is plain */
	unpack_sink *sink;
	void *arg;
};

struct unpack {
	struct layer told, sniffed;
	char magic[MAGIC_MAX]; /* the first bytes inside */
	size_t n_magic;
	bool is_known; /* what they say */
};

static void
layer_set(struct layer *l, enum unpack_coding coding)
{
	if (coding == UNPACK_GZIP)
		l->gunzip = gunzip_new(l->sink, l->arg);
	if (coding == UNPACK_ZSTD)
		l->unzstd = unzstd_new(l->sink, l->arg);
}

static bool
layer_feed(struct layer *l, const char *data, size_t len)
{
	if (l->gunzip)
		return gunzip_feed(l->gunzip, data, len);
	if (l->unzstd)
		return unzstd_feed(l->unzstd, data, len);
	return l->sink(l->arg, data, len);
}

static bool
layer_is_whole(const struct layer *l)
{
	if (l->gunzip)
		return gunzip_is_whole(l->gunzip);
	return !l->unzstd || unzstd_is_whole(l->unzstd);
}

static void
layer_release(struct layer *l)
{
	gunzip_free(l->gunzip);
	unzstd_free(l->unzstd);
}

static const struct {
	enum unpack_coding coding;
	const char *magic;
	size_t len;
} magics[] = {
    {UNPACK_GZIP, "\x1f\x8b\x08", 3}, /* deflate, the only method */
    {UNPACK_ZSTD, "\x28\xb5\x2f\xfd", 4},
};

/* What the first bytes say.  Returns whether they are enough to tell. */
static bool
sniff(const char *s, size_t n, enum unpack_coding *coding)
{
	bool is_open = false;

	*coding = UNPACK_PLAIN;
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++) {
		size_t len = magics[i].len < n ? magics[i].len : n;

		if (memcmp(s, magics[i].magic, len) != 0)
			continue;
		if (len == magics[i].len)
			*coding = magics[i].coding;
		else
			is_open = true;
	}
	return !is_open;
}

/* What the header's coding leaves. */
static bool
take_inside(void *arg, const char *data, size_t len)
{
	struct unpack *u = arg;
	enum unpack_coding coding;

	while (!u->is_known && len > 0) {
		u->magic[u->n_magic++] = *data++;
		len--;
		u->is_known = sniff(u->magic, u->n_magic, &coding);
		if (!u->is_known)
			continue;
		layer_set(&u->sniffed, coding);
		if (!layer_feed(&u->sniffed, u->magic, u->n_magic))
			return false;
	}
	return len == 0 || layer_feed(&u->sniffed, data, len);
}

struct unpack *
unpack_new(enum unpack_coding coding, unpack_sink *sink, void *arg)
{
	struct unpack *u = xcalloc(1, sizeof(*u));

	u->sniffed = (struct layer){.sink = sink, .arg = arg};
	u->told = (struct layer){.sink = take_inside, .arg = u};
	layer_set(&u->told, coding);
	return u;
}

void
unpack_free(struct unpack *u)
{
	if (!u)
		return;
	layer_release(&u->told);
	layer_release(&u->sniffed);
	free(u);
}

bool
unpack_feed(struct unpack *u, const char *data, size_t len)
{
	return layer_feed(&u->told, data, len);
}

enum unpack_end
unpack_finish(struct unpack *u)
{
	if (!u->is_known && u->n_magic > 0 &&
	    !u->sniffed.sink(u->sniffed.arg, u->magic, u->n_magic))
		return UNPACK_STOPPED;
	return layer_is_whole(&u->told) && layer_is_whole(&u->sniffed)
		   ? UNPACK_WHOLE
		   : UNPACK_CUT;
}
