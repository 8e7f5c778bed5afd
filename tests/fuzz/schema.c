/*
 * Any bytes as a schema, an empty line, and a value that it is applied to.
 * The two runs must agree, and each say the same again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/diag.h"
#include "fuzz.h"
#include "schema/schema.h"
#include "json/doc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
write_fault(const struct schema_fault *f, void *arg)
{
	struct buf *b = arg;

	buf_adds(b, f->path);
	buf_adds(b, f->keyword);
	buf_adds(b, f->schema);
	buf_adds(b, f->message);
	buf_addc(b, '\n');
	must(jval_type(f->value) != J_ABSENT);
}

static void
check(const struct schema *s, struct jval root)
{
	struct schema_view *v = schema_view_new(s);
	struct buf first = {0}, second = {0};
	bool good = schema_check(s, v, root);
	size_t n = schema_explain(s, v, root, 8, write_fault, &first);

	must((n == 0) == good && n <= 8);
	must(schema_check(s, v, root) == good);
	must(schema_explain(s, v, root, 8, write_fault, &second) == n);
	must(first.len == second.len &&
	     (first.len == 0 ||
		 memcmp(first.data, second.data, first.len) == 0));
	buf_release(&first);
	buf_release(&second);
	schema_view_free(v);
}

/* The first byte chooses the draft. */
static void
check_text(const char *text, size_t len, struct jval root, uint8_t choice)
{
	struct schema_options o = {.draft = (enum schema_draft)(choice % 3),
	    .asserts_format = choice & 4,
	    .tells_unknown = choice & 8};
	struct schema *s = NULL;
	struct doc d;

	if (doc_parse_text(&d, "fuzz", text, len) == 0 &&
	    schema_from(&s, &d, NULL, &o) == 0 && root.at)
		check(s, root);
	schema_free(s);
	doc_release(&d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	uint8_t choice = size > 0 ? (uint8_t)(data[size - 1] ^ size) : 0;
	size_t len = 0, skip;
	struct jdoc d;
	struct jval root = {&d, 0};

	diag_set_level((enum diag_level)(DIAG_ERROR + 1));
	while (len < size &&
	       !(len > 0 && text[len] == '\n' && text[len - 1] == '\n'))
		len++;
	skip = len < size ? len + 1 : len;
	jdoc_init(&d);
	if (parse(&d, text + skip, size - skip) == JERR_NONE)
		root = jval_root(&d);
	check_text(text, len, root, choice);
	jdoc_release(&d);
	return 0;
}
