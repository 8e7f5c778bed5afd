/*
 * Records of any make: the bytes say which kind of values stands in each
 * field, and which they are.  All records must pass the rules and the schema
 * that are suggested for them, formats asserted.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "fuzz.h"
#include "quality/suggest.h"
#include "rules/stats.h"
#include "schema/schema.h"

enum { FIELDS = 6, KINDS = 16 };

static uint64_t state; /* of the generator, xorshift64 */

static unsigned
below(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % n;
}

/* Words of any characters that a JSON string may hold. */
static void
add_text(struct buf *b, unsigned max)
{
	static const char *const parts[] = {"a", "Z", "9", "-", ".", " ", "/",
	    "\\\"", "\\\\", "\\n", "\\u0000", "\303\274", "^", "$", "(", "[",
	    "{", "+", "*", "?", "|", "@", ":", "\\u007f"};

	buf_addc(b, '"');
	for (unsigned n = below(max + 1); n > 0; n--)
		buf_adds(b, parts[below(sizeof(parts) / sizeof(*parts))]);
	buf_addc(b, '"');
}

static void add_value(struct buf *b, unsigned kind, unsigned i);

static void
add_object(struct buf *b, unsigned kind, unsigned i)
{
	const char *before = "{";

	for (unsigned j = 0; j < 14; j++) {
		if (below(4) == 0)
			continue;
		buf_addf(b, "%s\"k%u\":", before, j);
		add_value(b, kind, i);
		before = ",";
	}
	buf_adds(b, *before == '{' ? "{}" : "}");
}

static void
add_array(struct buf *b, unsigned kind, unsigned i)
{
	buf_addc(b, '[');
	for (unsigned n = below(4); n > 0; n--) {
		add_value(b, kind, i);
		if (n > 1)
			buf_addc(b, ',');
	}
	buf_addc(b, ']');
}

static void
add_number(struct buf *b, unsigned kind, unsigned i)
{
	switch (kind) {
	case 0:
		buf_addf(b, "%d", (int)below(20) - 5);
		return;
	case 1:
		buf_addf(b, "%u%08u%08u", below(9) + 1, below(99999999),
		    below(99999999));
		return;
	case 2:
		buf_addf(b, "%d.%u", (int)below(200) - 100, below(100));
		return;
	case 3:
		buf_addf(b, "%u.%ue%d", below(10), below(1000),
		    (int)below(600) - 300);
		return;
	default:
		buf_addf(b, "%u", i * 3 + below(3));
	}
}

static void
add_string(struct buf *b, unsigned kind, unsigned i)
{
	switch (kind) {
	case 5:
		buf_addf(b, "\"%s\"", below(2) ? "on" : "off");
		return;
	case 6:
		buf_addf(b, "\"C%c-%04u\"", (int)('A' + below(26)), i);
		return;
	case 7:
		add_text(b, 12);
		return;
	case 8:
		add_text(b, 1);
		return;
	case 9:
		buf_addf(b, "\"2026-%02u-%02uT00:00:%02u%s\"", 1 + i / 28 % 12,
		    1 + i % 28, below(60), below(9) ? "Z" : "+01:00");
		return;
	case 10:
		buf_addf(b, "\"2026-01-%02u\"", 1 + below(31));
		return;
	case 11:
		buf_addf(b, "\"%u.%u.%u.%u\"", below(256), below(256),
		    below(256), below(256));
		return;
	case 12:
		buf_addf(b, "\"a%u@x%u.org\"", below(9), below(9));
		return;
	default:
		buf_addf(
		    b, "\"https://h%u.org/%u?q=%u\"", below(9), i, below(9));
	}
}

/* A value of that kind, in record i. */
static void
add_value(struct buf *b, unsigned kind, unsigned i)
{
	if (kind < 5)
		add_number(b, kind, i);
	else if (kind < 14)
		add_string(b, kind, i);
	else if (kind == 14)
		buf_adds(b, below(2) ? "true" : "false");
	else
		buf_adds(b, "null");
}

/* Record i; each field is of one kind, or sometimes of another. */
static void
make_record(struct buf *b, const uint8_t *data, unsigned i)
{
	const char *before = "{";

	b->len = 0;
	for (unsigned f = 0; f < FIELDS; f++) {
		unsigned kind = data[f] % KINDS, how = data[f] / KINDS;

		if (how & 1 && below(9) == 0)
			kind = data[FIELDS] % KINDS;
		if (how & 2 && below(9) == 0)
			continue;
		buf_addf(b, "%s\"f%u\":", before, f);
		before = ",";
		if ((how & 12) == 4)
			add_array(b, kind, i);
		else if ((how & 12) == 8)
			add_object(b, kind, i);
		else
			add_value(b, kind, i);
	}
	buf_adds(b, *before == '{' ? "{}" : "}");
}

/* All records again, through what was suggested. */
static void
check(const struct buf *records, size_t n, const struct profile *p)
{
	struct rules rules = {0};
	struct rules_view view;
	struct schema *schema = NULL;
	struct schema_view *schema_view;
	struct buf b = {0};
	struct doc d;
	struct jdoc record;

	suggest_rules(&b, p);
	must(rules_parse(&rules, "suggested", b.data, b.len) == 0);
	rules_view_init(&view, &rules);
	b.len = 0;
	suggest_schema(&b, p);
	must(doc_parse(&d, "suggested", b.data, b.len) == 0);
	must(schema_from(&schema, &d, NULL,
		 &(struct schema_options){.asserts_format = true}) == 0);
	schema_view = schema_view_new(schema);
	jdoc_init(&record);
	for (size_t i = 0; i < n; i++) {
		must(parse(&record, records[i].data, records[i].len) ==
		     JERR_NONE);
		rules_check(&rules, &view, jval_root(&record));
		must(!rules_reject(&view));
		must(schema_check(schema, schema_view, jval_root(&record)));
	}
	jdoc_release(&record);
	schema_view_free(schema_view);
	schema_free(schema);
	doc_release(&d);
	rules_view_release(&view);
	rules_release(&rules);
	buf_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned sizes[] = {49, 50, 60, 120, 300, 1100};
	struct buf records[1100] = {{NULL, 0, 0}};
	struct profile p;
	struct jdoc d;
	size_t n;

	if (size < FIELDS + 3)
		return 0;
	state = (uint64_t)data[FIELDS + 1] << 8 | data[FIELDS + 2] | 1 << 20;
	n = sizes[data[FIELDS + 2] % (sizeof(sizes) / sizeof(*sizes))];
	jdoc_init(&d);
	profile_init(&p, true);
	for (size_t i = 0; i < n; i++) {
		make_record(&records[i], data, (unsigned)i);
		must(parse(&d, records[i].data, records[i].len) == JERR_NONE);
		profile_add(&p, jval_root(&d));
	}
	check(records, n, &p);
	for (size_t i = 0; i < n; i++)
		buf_release(&records[i]);
	profile_release(&p);
	jdoc_release(&d);
	return 0;
}
