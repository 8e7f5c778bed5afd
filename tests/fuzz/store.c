/*
 * Any bytes as what the store hands back: an entry, a result of a command. What
 * is accepted must write out as the same bytes.
 */
#include <stdint.h>
#include <stdlib.h>

#include "cache/memo.h"
#include "store/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must_be(const struct buf *b, const char *p, size_t len)
{
	if (b->len != len || (len && memcmp(b->data, p, len) != 0))
		abort();
}

static size_t n_emitted;

static void
count(int stream, const char *data, size_t len)
{
	n_emitted += len;
	if ((stream != 1 && stream != 2) || (len > 0 && !data))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data;
	struct store_value v;
	struct memo_result r;
	struct buf b = {0};

	if (entry_read(p, size, 0, &v)) {
		entry_write(&b, &v);
		must_be(&b, p, size);
		if (memo_read(v.data, v.len, &r) && r.status > 255)
			abort();
	}
	b.len = 0;
	if (memo_read(p, size, &r)) {
		memo_write(&b, &r);
		must_be(&b, p, size);
		n_emitted = 0;
		memo_each_part(r.parts, r.parts_len, 3, count);
		if (n_emitted > size)
			abort();
	}
	buf_release(&b);
	return 0;
}
