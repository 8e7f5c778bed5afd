/* lib/json/fields: a view answers as each path does by itself. */
#include <stdlib.h>

#include "core/buf.h"
#include "core/xmem.h"
#include "unit.h"
#include "json/fields.h"

static struct jdoc doc;

static struct jval
parse(const struct buf *text)
{
	struct buf padded = {0};

	buf_add(&padded, text->data, text->len);
	buf_reserve(&padded, JDOC_PADDING);
	memset(padded.data + padded.len, 0, JDOC_PADDING);
	if (jdoc_parse(&doc, padded.data, padded.len) != JERR_NONE)
		printf("# does not parse: %.*s\n", (int)text->len, text->data);
	buf_release(&padded);
	return jval_root(&doc);
}

static const char *const texts[] = {".", ".a", ".b", ".a.b", ".a.b.c", ".a[0]",
    ".a[-1]", ".a[1].b", ".b[0][-2]", ".\"\"", ".a.\"\"", ".c", ".x",
    ".\"a name of more than 28 bytes, which is long\"",
    ".c.\"a name of more than 28 bytes, which is long\"", ".\"a\\u0000b\"",
    ".abcdefgh", ".abcdefghi", ".abcd", ".abcde", ".a[300]"};
#define N_TEXTS (sizeof(texts) / sizeof(*texts))

static const char *const names[] = {"a", "b", "c", "", "abcd", "abcde",
    "abcdefgh", "abcdefghi", "abcdefghj", "a\\u0000b", "a\\u0000c", "\\u0061",
    "a name of more than 28 bytes, which is long",
    "a name of more than 28 bytes, which is lone"};
#define N_NAMES (sizeof(names) / sizeof(*names))

static unsigned dice = 7;

static size_t
roll(size_t n)
{
	dice = dice * 1103515245 + 12345;
	return (dice >> 16) % n;
}

/* Append a random value; members is the most that an object has. */
static void
grow(struct buf *b, size_t depth, size_t members)
{
	size_t kind = roll(depth ? 4 : 2), n = roll(members + 1);

	if (kind == 0)
		buf_addf(b, "%zu", roll(100));
	else if (kind == 1)
		buf_adds(b, roll(2) ? "\"s\"" : "null");
	else if (kind == 2)
		buf_addc(b, '[');
	else
		buf_addc(b, '{');
	for (size_t i = 0; kind > 1 && i < n; i++) {
		if (i)
			buf_addc(b, ',');
		if (kind == 3)
			buf_addf(b, "\"%s\":", names[roll(N_NAMES)]);
		grow(b, depth - 1, 5);
	}
	if (kind > 1)
		buf_addc(b, kind == 2 ? ']' : '}');
}

/* Do all paths find the same, by the view and one by one? */
static bool
agree(const struct fields *f, struct fields_view *v, const struct jpath *paths,
    const size_t *numbers, const struct buf *text)
{
	struct jval root = parse(text);

	fields_read(v, f, root);
	for (size_t i = 0; i < N_TEXTS; i++)
		if (v->values[numbers[i]].at != jpath_get(&paths[i], root).at) {
			printf("# %s: %.*s\n", texts[i], (int)text->len,
			    text->data);
			return false;
		}
	return true;
}

static void
test_random(void)
{
	struct fields f = {0};
	struct fields_view v, w;
	struct jpath_error err;
	struct jpath paths[N_TEXTS];
	size_t numbers[N_TEXTS];
	struct buf text = {0};

	test("fields: the same path has the same number");
	for (size_t i = 0; i < N_TEXTS; i++) {
		ok(jpath_compile(&paths[i], texts[i], &err));
		numbers[i] = fields_add(&f, &paths[i]);
		ok(numbers[i] == i);
	}
	for (size_t i = 0; i < N_TEXTS; i++)
		ok(fields_add(&f, &paths[i]) == i);
	ok(f.n == N_TEXTS);
	test("fields: random records read as path by path, in two views");
	fields_view_init(&v, &f);
	fields_view_init(&w, &f);
	for (size_t i = 0; i < 20000; i++) {
		if (i == 0 || roll(3)) { /* else the one before again */
			text.len = 0;
			grow(&text, 4, i % 1000 ? 8 : 600);
		}
		ok(agree(&f, &v, paths, numbers, &text));
		if (i % 5 == 0)
			ok(agree(&f, &w, paths, numbers, &text));
	}
	fields_view_release(&v);
	fields_view_release(&w);
	fields_view_release(&w);
	for (size_t i = 0; i < N_TEXTS; i++)
		jpath_release(&paths[i]);
	fields_release(&f);
	fields_release(&f);
	buf_release(&text);
}

static double
read_one(const struct fields *f, struct fields_view *v, const char *record)
{
	struct buf text = {0};

	buf_adds(&text, record);
	fields_read(v, f, parse(&text));
	buf_release(&text);
	return v->values[0].at ? jval_double(v->values[0]) : -1;
}

static void
test_changes(void)
{
	struct fields f = {0};
	struct fields_view v;
	struct jpath_error err;
	struct jpath p;

	test("fields: the last duplicate counts, also below it");
	ok(jpath_compile(&p, ".a.b", &err));
	fields_add(&f, &p);
	jpath_release(&p);
	fields_view_init(&v, &f);
	ok(read_one(&f, &v, "{\"a\":{\"b\":1},\"a\":{\"b\":2}}") == 2);
	ok(read_one(&f, &v, "{\"a\":{\"b\":1},\"a\":{\"c\":2}}") == -1);
	ok(read_one(&f, &v, "{\"a\":{\"b\":1},\"a\":3}") == -1);
	ok(read_one(&f, &v, "{\"a\":3,\"a\":{\"b\":1,\"b\":4}}") == 4);
	test("fields: members that move, come, go or change their type");
	ok(read_one(&f, &v, "{\"x\":1,\"a\":{\"b\":5}}") == 5);
	ok(read_one(&f, &v, "{\"a\":{\"b\":6},\"x\":1}") == 6);
	ok(read_one(&f, &v, "{}") == -1 && read_one(&f, &v, "7") == -1);
	ok(read_one(&f, &v, "{\"a\":[{\"b\":1}]}") == -1);
	ok(read_one(&f, &v, "{\"a\":{\"b\":8}}") == 8);
	fields_view_release(&v);
	fields_release(&f);
	test("fields: an empty set reads nothing");
	fields_view_init(&v, &f);
	fields_read(&v, &f, (struct jval){&doc, 0});
	ok(f.n == 0);
	fields_view_release(&v);
}

int
main(void)
{
	jdoc_init(&doc);
	test_random();
	test_changes();
	jdoc_release(&doc);
	return done();
}
