/*
 * Any bytes as a document.  Every value in it is told as a fault: its line
 * and column must be where the same value stands in the text.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/diag.h"
#include "json/doc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct doc *document;
static const json_t *expected; /* the value that is told; NULL: any */

/* The place in the text that a message names, "fuzz:LINE:COLUMN: ..." */
static const char *
place(const char *message)
{
	const char *p = document->text;
	size_t line, column;

	if (sscanf(message, "fuzz:%zu:%zu: ", &line, &column) != 2)
		abort();
	while (--line > 0) {
		p = memchr(
		    p, '\n', document->len - (size_t)(p - document->text));
		if (!p++)
			abort();
	}
	p += column - 1;
	if (p > document->text + document->len)
		abort();
	return p;
}

static void
on_message(enum diag_level level, const char *text, size_t len)
{
	char *message = strndup(text, len);
	const char *p;
	json_t *v;

	(void)level;
	if (!message)
		abort();
	p = strncmp(message, "fuzz: ", 6) == 0 ? NULL : place(message);
	free(message);
	if (!expected)
		return;
	v = json_loadb(p, document->len - (size_t)(p - document->text),
	    JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, NULL);
	if (!v || !json_equal(v, expected))
		abort();
	json_decref(v);
}

static void
tell_all(struct doc *d, const struct doc_place *at, json_t *v)
{
	struct doc_place in = {.up = at};
	json_t *value;
	size_t i;

	expected = v;
	d->n_faults = 0; /* or it would fall silent */
	doc_fault(d, at, "here");
	json_object_foreach(v, in.key, value) tell_all(d, &in, value);
	in.key = NULL;
	json_array_foreach(v, i, value)
	{
		in.index = i;
		tell_all(d, &in, value);
	}
}

static void
read_members(struct doc *d)
{
	struct {
		const char *s;
		uint64_t size;
		int64_t ms;
	} out = {NULL, 0, 0};
	static const struct doc_member members[] = {
	    {"s", DOC_STRING, 0, true, NULL},
	    {"size", DOC_SIZE, sizeof(char *), false, NULL},
	    {"ms", DOC_DURATION, sizeof(char *) + sizeof(uint64_t), false,
		NULL},
	    {NULL, DOC_VALUE, 0, false, NULL}};
	bool good;

	expected = NULL;
	d->n_faults = 0;
	good = doc_read(d, NULL, d->root, members, &out);
	if (good != (d->n_faults == 0) || (good && !out.s))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct doc d;

	if (size > 2000) /* the time is quadratic */
		return 0;
	diag_set_level((enum diag_level)(DIAG_ERROR + 1)); /* print nothing */
	diag_set_log(on_message);
	document = &d;
	expected = NULL;
	if (doc_parse(&d, "fuzz", (const char *)data, size) == 0) {
		tell_all(&d, NULL, d.root);
		read_members(&d);
	} else if (d.n_faults != 1) {
		abort();
	}
	doc_release(&d);
	return 0;
}
