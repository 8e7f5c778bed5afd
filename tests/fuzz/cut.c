/*
 * Any bytes as a body of JSON: chunks of any size give the same pieces.  If
 * it is one array, the pieces are its elements; if it is any other value,
 * the piece is the value.
 */
#include <stdint.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "source/body.h"
#include "json/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct take {
	struct buf seen;
	struct jdoc doc;
	bool is_good; /* the whole is one JSON value */
	struct jiter elements; /* of the array, or of nothing */
	struct jval value; /* absent if it is an array */
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

	buf_addf(&t->seen, "%d %d ", (int)p->number, (int)p->offset);
	buf_add(&t->seen, p->text, p->len);
	if (!t->is_good)
		return true;
	must(jdoc_parse(&t->doc, p->text, p->len) == JERR_NONE);
	if (!t->value.at) {
		must(jiter_next(&t->elements));
		must(jval_equal(jval_root(&t->doc), t->elements.value));
	} else {
		must(jval_equal(jval_root(&t->doc), t->value));
	}
	return true;
}

static bool
on_fault(void *arg, const struct piece *p, const char *what)
{
	struct take *t = arg;

	must(!t->is_good);
	buf_addf(&t->seen, "%d %d %s", (int)p->number, (int)p->offset, what);
	return !p->is_top;
}

static void
decode(struct take *t, struct jval whole, const uint8_t *data, size_t size,
    size_t most)
{
	struct body b = {.sink = {on_value, on_fault, t}};

	t->seen.len = 0;
	if (t->is_good) {
		t->elements = jval_iter(whole);
		t->value = whole;
		if (jval_type(whole) == J_ARRAY)
			t->value.at = 0;
	}
	body_start(&b, FORMAT_JSON);
	for (size_t i = 0; i < size; i += most) {
		size_t n = size - i < most ? size - i : most;
		char *chunk = xstrndup((const char *)data + i, n);

		body_feed(&b, chunk, n);
		free(chunk);
	}
	must(body_finish(&b) || !t->is_good);
	must(!t->is_good || t->value.at || !jiter_next(&t->elements));
	body_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + JDOC_PADDING, 1);
	struct take t = {.is_good = false};
	struct buf first;
	struct jdoc d;

	if (size > 0)
		memcpy(text, data, size);
	jdoc_init(&d);
	jdoc_init(&t.doc);
	t.is_good = jdoc_parse(&d, text, size) == JERR_NONE;
	decode(&t, jval_root(&d), data, size, size + 1);
	first = t.seen;
	t.seen = (struct buf){0};
	decode(&t, jval_root(&d), data, size, 1 + (size > 0 ? data[0] % 5 : 0));
	must(t.seen.len == first.len);
	must(first.len == 0 || memcmp(t.seen.data, first.data, first.len) == 0);
	free(text);
	jdoc_release(&d);
	jdoc_release(&t.doc);
	buf_release(&t.seen);
	buf_release(&first);
	return 0;
}
