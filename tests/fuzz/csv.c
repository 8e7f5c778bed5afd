/*
 * Any bytes as CSV: chunks of any size give the same, and what is composed
 * is JSON if the bytes are UTF-8.
 */
#include <stdint.h>
#include <stdlib.h>

#include "core/utf8.h"
#include "core/xmem.h"
#include "source/decode.h"
#include "json/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct take {
	struct buf seen;
	struct jdoc doc;
	size_t members; /* of the first record */
	uint64_t line;
	bool is_utf8;
};

static void
must(bool good)
{
	if (!good)
		abort();
}

static bool
on_value(void *arg, const struct piece *p)
{
	struct take *t = arg;

	must(p->line > t->line);
	t->line = p->line;
	if (jdoc_parse(&t->doc, p->text, p->len) == JERR_NONE) {
		size_t n = jval_count(jval_root(&t->doc));

		must(t->members == 0 || t->members == n);
		t->members = n;
	} else {
		must(!t->is_utf8);
	}
	buf_addf(&t->seen, "%d %d %d ", (int)p->line, (int)p->number,
	    (int)p->offset);
	buf_add(&t->seen, p->text, p->len);
	return true;
}

static bool
on_fault(void *arg, const struct piece *p, const char *what)
{
	struct take *t = arg;

	buf_addf(&t->seen, "%d %d %d %s", (int)p->line, (int)p->number,
	    (int)p->offset, what);
	return true;
}

static void
decode(struct take *t, const uint8_t *data, size_t size, size_t most)
{
	struct decode_options o = {
	    .is_strings = size % 7 == 0, .max_value = 100};
	struct sink sink = {on_value, on_fault, t};
	struct decoder *d =
	    decoder_new(size % 2 ? FORMAT_CSV : FORMAT_TSV, &o, &sink);

	t->line = 0;
	t->seen.len = 0;
	for (size_t i = 0; i < size; i += most) {
		size_t n = size - i < most ? size - i : most;
		char *chunk = xstrndup((const char *)data + i, n);

		decoder_feed(d, chunk, n);
		free(chunk);
	}
	decoder_finish(d);
	decoder_free(d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct take a = {.is_utf8 = utf8_is_valid((const char *)data, size)};
	struct take b = a;

	jdoc_init(&a.doc);
	jdoc_init(&b.doc);
	decode(&a, data, size, size + 1);
	decode(&b, data, size, 1 + (size > 0 ? data[0] % 5 : 0));
	must(a.seen.len == b.seen.len);
	must(a.seen.len == 0 ||
	     memcmp(a.seen.data, b.seen.data, a.seen.len) == 0);
	jdoc_release(&a.doc);
	jdoc_release(&b.doc);
	buf_release(&a.seen);
	buf_release(&b.seen);
	return 0;
}
