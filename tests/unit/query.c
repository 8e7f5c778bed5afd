/* lib/store: requests, patterns, cursors, and entries in memory. */
#include <stdlib.h>

#include "store/answer.h"
#include "store/cursors.h"
#include "store/glob.h"
#include "store/query.h"
#include "store/table.h"
#include "unit.h"

static struct query q;

static enum query_result
parse(const char *text, size_t len, size_t *need)
{
	const char *why = NULL;
	enum query_result r = query_parse(text, len, &q, need, &why);

	ok(r != QUERY_BAD || why);
	return r;
}

static void
test_parse(void)
{
	static const char text[] =
	    "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\n\0\r\n!\r\nPING\r\n";
	size_t whole = sizeof(text) - 1 - 6, need = 0;

	test("query: whatever part of a request there is, no more is taken");
	for (size_t n = 0; n < whole; n++) {
		ok(parse(text, n, &need) == QUERY_PART);
		ok(need > n && need <= whole);
	}
	for (size_t n = whole; n < sizeof(text); n++) {
		ok(parse(text, n, &need) == QUERY_WHOLE && q.len == whole);
		ok(q.n_args == 3 && q.args[2].len == 4);
		ok(memcmp(q.args[2].p, "\0\r\n!", 4) == 0);
	}
	ok(parse(text + whole, 6, &need) == QUERY_WHOLE && q.n_args == 1);

	test("query: what is announced is needed");
	ok(parse("*2\r\n$4\r\nECHO\r\n$1000\r\n", 21, &need) == QUERY_PART);
	ok(need == 21 + 1002);

	test("query: a request is too large before it has come");
	ok(parse("*1\r\n$16777216\r\n", 15, &need) == QUERY_PART);
	ok(parse("*1\r\n$16777217\r\n", 15, &need) == QUERY_BAD);
	ok(parse("*1024\r\n", 7, &need) == QUERY_PART);
	ok(parse("*1025", 5, &need) == QUERY_BAD);
}

static void
test_total(void)
{
	size_t len = 0, need = 0, part = 1 << 20;
	char *text = malloc(20 << 20);

	test("query: many large arguments are too large together");
	len += (size_t)sprintf(text, "*20\r\n");
	for (int i = 0; i < 16; i++) {
		len += (size_t)sprintf(text + len, "$%zu\r\n", part);
		memset(text + len, 'x', part);
		len += part;
		len += (size_t)sprintf(text + len, "\r\n");
	}
	ok(parse(text, len, &need) == QUERY_PART);
	len += (size_t)sprintf(text + len, "$%zu\r\n", part);
	ok(parse(text, len, &need) == QUERY_BAD);
	free(text);
}

static bool
integer(const char *s, int64_t want)
{
	struct query_arg arg = {s, strlen(s)};
	int64_t n = ~want;

	return query_integer(&arg, &n) && n == want;
}

static void
test_integer(void)
{
	static const char *const bad[] = {"", "-", "+1", " 1", "1 ", "01", "-0",
	    "1.0", "0x1", "9223372036854775808", "-9223372036854775809",
	    "99999999999999999999999"};

	test("query: integers");
	ok(integer("0", 0) && integer("-1", -1) && integer("10", 10));
	ok(integer("9223372036854775807", INT64_MAX));
	ok(integer("-9223372036854775808", INT64_MIN));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ok(!integer(bad[i], 0));
}

static void
test_answers(void)
{
	struct buf b = {0};

	test("answer: what Redis would write");
	answer_number(&b, INT64_MIN);
	answer_number(&b, 0);
	answer_array(&b, 2);
	answer_bulk(&b, "a\r\nb", 4);
	answer_null(&b);
	ok(is(b.data, b.len,
	    ":-9223372036854775808\r\n:0\r\n*2\r\n$4\r\na\r\nb\r\n$-1\r\n"));
	buf_release(&b);
}

static bool
matches(const char *pattern, const char *s)
{
	return glob_match(pattern, strlen(pattern), s, strlen(s));
}

static void
test_glob(void)
{
	char many[1000], s[1000];

	test("glob: patterns of Redis");
	ok(matches("", "") && !matches("", "a") && matches("*", ""));
	ok(matches("a*c", "abbc") && !matches("a*c", "abb"));
	ok(matches("a?c", "abc") && !matches("a?c", "ac"));
	ok(matches("h[ae]llo", "hello") && !matches("h[ae]llo", "hillo"));
	ok(matches("h[^e]llo", "hallo") && !matches("h[^e]llo", "hello"));
	ok(matches("[a-c]x", "bx") && !matches("[a-c]x", "dx"));
	ok(matches("[c-a]x", "bx") && matches("[]a", "") == false);
	ok(matches("\\*", "*") && !matches("\\*", "a") &&
	    matches("[\\]]", "]"));
	ok(matches("*a*b*", "xxaxxbxx") && !matches("*a*b*", "xxbxxaxx"));
	ok(matches("[abc", "b") && matches("a\\", "a\\"));
	ok(glob_prefix("run:a*", 6) == 5 && glob_prefix("x", 1) == 1);
	ok(glob_prefix("\\a", 2) == 0 && glob_prefix("a[b]", 4) == 1);

	test("glob: many stars take no time");
	memset(s, 'a', sizeof(s));
	for (size_t i = 0; i < sizeof(many); i++)
		many[i] = i % 2 ? 'a' : '*';
	many[sizeof(many) - 1] = 'b';
	ok(!glob_match(many, sizeof(many), s, sizeof(s)));
}

static void
test_cursors(void)
{
	struct cursors *c = cursors_new(), *later = cursors_new();
	uint64_t first = cursors_add(c, "first", 5), id;
	struct buf b = {0};

	test("cursors: the last ones are known, each once");
	ok(first > 0 && first < (uint64_t)1 << 63);
	ok(cursors_take(c, first, &b) && is(b.data, b.len, "first"));
	ok(!cursors_take(c, first, &b) && !cursors_take(c, 0, &b));
	first = cursors_add(c, "first", 5);
	for (int i = 1; i < CURSORS; i++)
		cursors_add(c, "x", 1);
	ok(!cursors_take(later, first, &b));
	b.len = 0;
	ok(cursors_take(c, first, &b) && is(b.data, b.len, "first"));
	id = cursors_add(c, "y", 1);
	for (int i = 0; i < CURSORS; i++)
		cursors_add(c, "x", 1);
	ok(!cursors_take(c, id, &b));
	buf_release(&b);
	cursors_free(c);
	cursors_free(later);
	cursors_free(NULL);
}

/* An item for the number n, with 100 bytes. */
static struct item *
add(struct table *t, int n)
{
	char key[16];
	struct item *i =
	    table_add(t, key, (size_t)snprintf(key, sizeof(key), "key%d", n));

	i->is_loaded = true;
	table_resize(t, i, 100);
	memset(i->data, n, 100);
	return i;
}

static void
test_table(void)
{
	struct table t;
	struct item *dirty, *watched, *i;
	uint64_t version;
	char key[16];
	size_t n = 0;

	test("table: what is added is found");
	table_init(&t);
	for (int k = 0; k < 5000; k++)
		add(&t, k);
	for (int k = 0; k < 5000; k++) {
		i = table_find(
		    &t, key, (size_t)snprintf(key, sizeof(key), "key%d", k));
		ok(i && i->len == 100 && i->data[99] == (char)k);
	}
	ok(!table_find(&t, "key", 3) && t.n_items == 5000);

	test("table: eviction spares what is dirty or watched");
	dirty = table_find(&t, "key1", 4);
	dirty->is_dirty = true;
	watched = table_find(&t, "key2", 4);
	watched->n_watches = 1;
	version = watched->version;
	while (t.n_items > 2 && n++ < 5000)
		table_evict(&t, 0);
	ok(t.n_items == 2 && table_find(&t, "key1", 4) == dirty);
	ok(dirty->data && dirty->data[0] == 1);
	ok(table_find(&t, "key2", 4) == watched && !watched->data);
	ok(watched->is_loaded && watched->version == version);

	test("table: forgetting changes what is watched");
	table_forget(&t);
	ok(t.n_items == 1 && !table_find(&t, "key1", 4));
	ok(!watched->is_loaded && watched->version != version);
	watched->n_watches = 0;
	table_forget(&t);
	ok(t.n_items == 0 && t.bytes == 0);
	table_release(&t);
}

int
main(void)
{
	test_parse();
	test_total();
	test_integer();
	test_answers();
	test_glob();
	test_cursors();
	test_table();
	return done();
}
