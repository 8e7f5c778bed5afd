/*
 * Any bytes as an expression, and behind a LF as the record that it runs on:
 * our own program for it ends, and reads the same from the record itself and
 * from a view of its fields.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "json/expr_node.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST 1000 /* results */

struct results {
	struct esink sink;
	struct buf text;
	size_t n;
};

static enum flow
on_result(struct esink *sink, struct erun *r, struct ev v)
{
	struct results *results = (struct results *)sink;

	ev_write(r, &results->text, v);
	ev_dump(r, &results->text, v);
	return ++results->n < MOST ? FLOW_ON : FLOW_STOP;
}

/* The text of all that came out. */
static struct buf
run(const struct eprogram *p, struct jval v, const struct fields_view *view)
{
	struct results results = {.sink = {on_result}};
	struct erun r = {
	    .view = view, .vars = xcalloc(p->n_vars + 1, sizeof(struct ev))};
	enum flow flow;

	erun_start(&r, v);
	flow = enode_each(p->root, &r, ev_of_jval(v), &results.sink);
	if (flow == FLOW_FAIL && !r.is_beyond)
		ev_write(&r, &results.text, r.error);
	buf_addc(&results.text, flow == FLOW_FAIL && r.is_beyond ? '?' : '.');
	erun_release(&r);
	return results.text;
}

static void
compare(const struct eprogram *p, const struct fields *f, struct jval v)
{
	struct fields_view view;
	struct buf alone, viewed;

	fields_view_init(&view, f);
	fields_read(&view, f, v);
	alone = run(p, v, NULL);
	viewed = run(p, v, &view);
	if (alone.len != viewed.len ||
	    memcmp(alone.data, viewed.data, alone.len) != 0)
		abort();
	buf_release(&alone);
	buf_release(&viewed);
	fields_view_release(&view);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);
	size_t len = strcspn(text, "\n"), at = len < size ? len + 1 : size;
	char *record = xcalloc(size - at + 1 + JDOC_PADDING, 1);
	struct fields fields = {0};
	struct eprogram p = {0};
	struct jdoc d;

	/* now must be the same for both */
	setenv("CDO_NOW", "2026-01-02T03:04:05Z", 1);
	text[len] = '\0';
	memcpy(record, text + at, size - at);
	jdoc_init(&d);
	if (size == at)
		*record = '0';
	if (jdoc_parse(&d, record, size > at ? size - at : 1) == JERR_NONE &&
	    eprogram_compile(&p, text)) {
		eprogram_register(&p, &fields);
		compare(&p, &fields, jval_root(&d));
	}
	eprogram_release(&p);
	fields_release(&fields);
	jdoc_release(&d);
	free(record);
	free(text);
	return 0;
}
