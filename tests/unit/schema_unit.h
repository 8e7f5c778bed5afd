#ifndef SCHEMA_UNIT_H
#define SCHEMA_UNIT_H

#include <stdlib.h>

#include "core/buf.h"
#include "core/xmem.h"
#include "schema/schema.h"
#include "unit.h"
#include "json/doc.h"

/*
 * schema_unit - what the tests of schemas share.  In texts ' stands for ".
 */

/* A text with real quotes; the caller frees it. */
static inline char *
quoted(const char *text)
{
	char *s = xstrndup(text, strlen(text));

	for (char *p = s; *p; p++)
		if (*p == '\'')
			*p = '"';
	return s;
}

static inline struct jval
parse_value(struct jdoc *d, const char *text)
{
	struct buf b = {0};
	enum jerror e;

	buf_adds(&b, text);
	buf_reserve(&b, JDOC_PADDING);
	memset(b.data + b.len, 0, JDOC_PADDING);
	e = jdoc_parse(d, b.data, b.len);
	buf_release(&b);
	if (e != JERR_NONE)
		printf("# does not parse: %s\n", text);
	ok(e == JERR_NONE);
	return jval_root(d);
}

/* The schema of a text, or NULL if it does not compile. */
static inline struct schema *
compile_text(const char *text, const struct schema_options *o)
{
	char *json = quoted(text);
	struct schema *s = NULL;
	struct doc d;

	if (doc_parse_text(&d, "test.json", json, strlen(json)) == 0 &&
	    schema_from(&s, &d, NULL, o) != 0)
		s = NULL;
	doc_release(&d);
	free(json);
	return s;
}

static inline void
count_fault(const struct schema_fault *f, void *arg)
{
	(void)f;
	++*(size_t *)arg;
}

/* Is the value valid?  Both runs must say the same. */
static inline bool
accepts(const struct schema *s, const char *text)
{
	struct schema_view *v = schema_view_new(s);
	char *json = quoted(text);
	struct jdoc d;
	struct jval root;
	size_t told = 0, n;
	bool good;

	jdoc_init(&d);
	root = parse_value(&d, json);
	good = schema_check(s, v, root);
	n = schema_explain(s, v, root, 100, count_fault, &told);
	ok(n == told && (n == 0) == good);
	ok(schema_check(s, v, root) == good); /* with what it remembers */
	jdoc_release(&d);
	schema_view_free(v);
	free(json);
	return good;
}

struct row {
	const char *name;
	const char *schema;
	const char *good, *bad; /* values, one a line */
};

static inline void
check_lines(const struct schema *s, const char *lines, bool want)
{
	char *all = xstrndup(lines, strlen(lines)), *line = all, *end;

	for (; *line; line = end ? end + 1 : line + strlen(line)) {
		bool good;

		end = strchr(line, '\n');
		if (end)
			*end = '\0';
		good = accepts(s, line);
		if (good != want)
			printf(
			    "# %s: %s\n", good ? "accepted" : "refused", line);
		ok(good == want);
	}
	free(all);
}

static inline void
check_rows(const struct row *rows, size_t n, const struct schema_options *o)
{
	for (size_t i = 0; i < n; i++) {
		struct schema *s;

		test(rows[i].name);
		s = compile_text(rows[i].schema, o);
		ok(s != NULL);
		if (!s)
			continue;
		check_lines(s, rows[i].good, true);
		check_lines(s, rows[i].bad, false);
		schema_free(s);
	}
}

#define CHECK_ROWS(rows, o) check_rows(rows, sizeof(rows) / sizeof(*(rows)), o)

#endif
