/* lib/json/expr: expressions, whoever runs them. */
#include <stdlib.h>
#include <sys/resource.h>

#include "core/buf.h"
#include "tape.h"
#include "json/expr.h"

struct results {
	struct buf text;
	size_t most;
};

static bool
on_result(void *arg, const char *json, size_t len)
{
	struct results *r = arg;

	buf_add(&r->text, json, len);
	buf_addc(&r->text, ' ');
	return --r->most > 0;
}

/* Do the first most results on the record read so, and the error? */
static bool
gives(const char *expression, const char *record, size_t most, const char *want,
    const char *error)
{
	struct results r = {.most = most};
	struct buf why = {0};
	struct expr *x = expr_new(expression, NULL, &why);
	bool good;

	good = x && expr_each(x, parse(record), on_result, &r, &why) ==
			(*error == '\0');
	good = is(r.text.data, r.text.len, want) && good;
	good = is(why.data, why.len, error) && good;
	expr_free(x);
	buf_release(&r.text);
	buf_release(&why);
	return good;
}

static void
test_each(void)
{
	test("expr: all results in order, or as many as wanted");
	ok(gives(".a, .b[]", "{\"a\":1,\"b\":[2,\"x\"]}", 9, "1 2 \"x\" ", ""));
	ok(gives(".[]", "[1,2,3]", 2, "1 2 ", ""));
	ok(gives("empty", "{}", 9, "", ""));
	test("expr: an error comes behind the results before it");
	ok(gives(".a, .a.b", "{\"a\":1}", 9, "1 ",
	    "Cannot index number with string \"b\""));
}

/* 1, 0, or -1 for an error. */
static int
truth(const char *expression, const char *record, bool is_native)
{
	struct buf why = {0};
	struct expr *x = expr_new(expression, NULL, &why);
	bool holds = false, good;

	good = x && expr_is_native(x) == is_native &&
	       expr_test(x, parse(record), &holds, &why);
	expr_free(x);
	buf_release(&why);
	return good ? holds : -1;
}

static void
test_rest(void)
{
	test("expr: libjq does what we do not, all of it or on some records");
	ok(truth("[.a, 1] | sort | .[0] == 1", "{\"a\":2}", false) == 1);
	ok(truth("\"\\(.a * 2)\" == \"xx\"", "{\"a\":\"x\"}", true) == 1);
	ok(gives(".[] | tonumber", "[\"1\",\" 2\",\"x\",4]", 9, "1 2 ",
	    "Invalid numeric literal at EOF at line 1, column 1 (while "
	    "parsing 'x')"));
	test("expr: a remainder of which libjq dies");
	ok(truth("(.a % -1) == 0", "{\"a\":12345678901234567890}", true) == 1);
	test("expr: the clock is that of CDO_NOW, whoever reads it");
	setenv("CDO_NOW", "2026-11-24T15:37:39.5Z", 1);
	ok(truth("now == 1795534659.5", "{}", true) == 1);
	ok(truth("now | [.] | sort[0] == 1795534659.5", "{}", false) == 1);
	unsetenv("CDO_NOW");
	ok(truth("now > 1795534660 or now < 1795534659", "{}", true) == 1);
}

/* An expression n times the same text, between two others. */
static struct expr *
repeated(const char *before, const char *text, size_t n, const char *behind,
    struct buf *why)
{
	struct buf all = {0};
	struct expr *x;

	buf_adds(&all, before);
	for (size_t i = 0; i < n; i++)
		buf_adds(&all, text);
	buf_adds(&all, behind);
	buf_addc(&all, '\0');
	x = expr_new(all.data, NULL, why);
	buf_release(&all);
	return x;
}

static void
test_limits(void)
{
	struct buf why = {0}, out = {0};
	struct expr *x = repeated("", "(", 150, "1", &why);

	test("expr: what is too deep or too long is left to libjq");
	ok(!x && why.len > 0);
	expr_free(x);
	x = repeated("1", "+.a", 600, "", &why);
	ok(x && !expr_is_native(x));
	expr_free(x);
	test("expr: a result of more than 16 MiB is an error");
	why.len = 0;
	x = repeated("\"xxx\" | ", "[.,.]|add|", 23, ".", &why);
	ok(x && expr_is_native(x));
	ok(x && !expr_text(x, parse("{}"), &out, &why) && out.len == 0);
	ok(is(why.data, why.len, "the result is longer than 16 MiB"));
	expr_free(x);
	test("expr: a run that needs more than 64 MiB is an error");
	why.len = 0;
	x = repeated("\"x\" | ", "[.,.]|add|", 28, "length", &why);
	ok(x && !expr_text(x, parse("{}"), &out, &why));
	ok(is(why.data, why.len, "the expression needs more than 64 MiB"));
	expr_free(x);
	buf_release(&why);
	buf_release(&out);
}

/*
 * What takes a string of 8 MiB a hundred times stops when it has 64 MiB, and
 * does not find out when it has them all.
 */
static void
test_memory(void)
{
	static const char *const tails[] = {"\"%s\"", "[%s] | join(\",\")",
	    "[%s] | add", "[%s] | tojson", "split(\"\")"};
	struct buf text = {0}, why = {0}, out = {0}, many = {0};
	struct rusage used;

	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
		struct expr *x;

		test("expr: memory is bounded while text is made");
		many.len = text.len = why.len = 0;
		for (int k = 0; k < 100; k++)
			buf_adds(&many, i == 0 ? "\\(.)" : k ? ",." : ".");
		buf_addc(&many, '\0');
		buf_adds(&text, "\"x\" | ");
		for (int k = 0; k < 23; k++)
			buf_adds(&text, "[.,.]|add|");
		buf_addf(&text, tails[i], many.data);
		buf_adds(&text, " | length");
		buf_addc(&text, '\0');
		x = expr_new(text.data, NULL, &why);
		ok(x && expr_is_native(x));
		ok(x && !expr_text(x, parse("{}"), &out, &why));
		ok(is(why.data, why.len,
		    "the expression needs more than 64 MiB"));
		expr_free(x);
	}
	getrusage(RUSAGE_SELF, &used);
	printf("# %ld MiB\n", used.ru_maxrss >> 10);
	ok(used.ru_maxrss >> 10 < 700);
	buf_release(&many);
	buf_release(&text);
	buf_release(&why);
	buf_release(&out);
}

/* Does the expression read the same from a view of the record's fields? */
static bool
views(const char *expression, const char *record, const char *want)
{
	struct fields fields = {0};
	struct fields_view view;
	struct buf why = {0};
	struct expr *x = expr_new(expression, &fields, &why);
	struct jval root = parse(record);
	bool good;

	fields_view_init(&view, &fields);
	fields_read(&view, &fields, root);
	expr_attach(x, &view);
	why.len = 0;
	good = expr_is_native(x);
	if (!expr_text(x, root, &why, &why))
		buf_adds(&why, "!");
	good = is(why.data, why.len, want) && good;
	expr_free(x);
	fields_view_release(&view);
	fields_release(&fields);
	buf_release(&why);
	return good;
}

static void
test_views(void)
{
	test("expr: paths are read from a view, and so are their faults");
	ok(views(".a.b", "{\"a\":{\"b\":1}}", "1"));
	ok(views(".a.b.c", "{\"a\":{\"c\":1}}", "null"));
	ok(views(".a.b.c", "{\"a\":null}", "null"));
	ok(views(".a.b.c", "{\"a\":{\"b\":5}}",
	    "Cannot index number with string \"c\"!"));
	ok(views(".a.b.c", "[]", "Cannot index array with string \"a\"!"));
	ok(views(".a[-1].b", "{\"a\":[1,{\"b\":2}]}", "2"));
	ok(views(".a[0]", "{\"a\":{}}", "Cannot index object with number!"));
	ok(views("[.l[] | .a]", "{\"a\":1,\"l\":[{\"a\":2},{}]}", "[2,null]"));
	ok(views(".l | .a", "{\"a\":1,\"l\":{\"a\":2}}", "2"));
	ok(views(".a as $x | .b + $x", "{\"a\":1,\"b\":2,\"a\":3}", "5"));
}

int
main(void)
{
	jdoc_init(&doc);
	test_each();
	test_rest();
	test_limits();
	test_memory();
	test_views();
	jdoc_release(&doc);
	return done();
}
