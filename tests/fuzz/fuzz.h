#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/xmem.h"
#include "json/parse.h"

/* fuzz - what targets share: a target is this function, and aborts if a
 * promise is broken. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void
must(bool good)
{
	if (!good)
		abort();
}

/* Parse from memory of exactly the size that is promised. */
static inline enum jerror
parse(struct jdoc *d, const char *text, size_t len)
{
	char *exact = xcalloc(len + JDOC_PADDING, 1);
	enum jerror e;

	memcpy(exact, text, len);
	e = jdoc_parse(d, exact, len);
	free(exact);
	return e;
}

static inline void
must_be_json(const struct buf *b)
{
	struct jdoc d;

	jdoc_init(&d);
	must(parse(&d, b->data, b->len) == JERR_NONE);
	jdoc_release(&d);
}

#endif
