/* lib/json/jq: expressions on records, values to jq's and back to text. */
#include <stdlib.h>

#include "core/buf.h"
#include "tape.h"
#include "json/jq.h"
#include "json/value.h"

static bool
no_program(const char *expression, const char *want)
{
	struct buf why = {0};
	struct jqx *x = jqx_new(expression, &why);
	bool good = !x && is(why.data, why.len, want);

	jqx_free(x);
	buf_release(&why);
	return good;
}

static void
test_compile(void)
{
	test("jq: what does not compile is told in one line");
	ok(no_program("1 +", "syntax error, unexpected $end"));
	ok(no_program(
	    "[.a,foo,bar]", "foo/0 is not defined; bar/0 is not defined"));
	ok(no_program(".\n| $x", "$x is not defined, line 2"));
	ok(no_program("import \"a\" as $a; 1", "modules cannot be used here"));
	ok(no_program(" # c\n include \"a\";1", "modules cannot be used here"));
	jqx_free(NULL);
}

struct results {
	struct buf text;
	size_t most;
};

static bool
each(void *arg, jv result)
{
	struct results *r = arg;

	jv_write(&r->text, result);
	buf_addc(&r->text, ' ');
	return --r->most > 0;
}

/* The results, at most so many, each with a space behind it; and the error. */
static bool
runs(const char *expression, const char *record, size_t most, const char *want,
    const char *error)
{
	struct results r = {.most = most};
	struct buf why = {0};
	struct jval v = parse(record);
	struct jqx *x = jqx_new(expression, &why);
	bool good = x != NULL;

	for (int twice = 0; x && twice < 2; twice++) {
		why.len = r.text.len = 0;
		r.most = most;
		good = jqx_run(x, v, each, &r, &why) == (*error == '\0') &&
		       is(r.text.data, r.text.len, want) &&
		       is(why.data, why.len, error) && good;
	}
	jqx_free(x);
	buf_release(&r.text);
	buf_release(&why);
	return good;
}

static void
test_run(void)
{
	test("jq: all results in order, or as many as wanted");
	ok(runs(".a, .b[]", "{\"a\":1,\"b\":[2,\"x\"]}", 9, "1 2 \"x\" ", ""));
	ok(runs(".[]", "[1,2,3]", 2, "1 2 ", ""));
	ok(runs("repeat(.)", "7", 3, "7 7 7 ", ""));
	ok(runs("empty", "{}", 9, "", ""));
	ok(runs("1, halt, 2", "{}", 9, "1 ", ""));
	ok(runs("debug", "[]", 9, "[] ", ""));
	ok(runs("$ENV.UNIT_JQ, env.UNIT_JQ", "[]", 9, "\"e\" \"e\" ", ""));
	test("jq: errors are told in jq's words");
	ok(runs(".a, .a.b", "{\"a\":1}", 9, "1 ",
	    "Cannot index number with string \"b\""));
	ok(runs("error({a:.})", "[]", 9, "", "{\"a\":[]}"));
	ok(runs("error(\"\\(.)!\")", "5", 9, "", "5!"));
	ok(runs("1, (\"out\" | halt_error)", "5", 9, "1 ", "out"));
	ok(runs("input", "5", 9, "", "input: there is one record"));
	ok(runs("\"a\" | modulemeta", "5", 9, "", "module not found: a"));
}

static bool
text_of(const char *expression, const char *record, const char *want)
{
	struct buf out = {0}, why = {0};
	struct jqx *x = jqx_new(expression, &why);
	bool good = x && jqx_text(x, parse(record), &out, &why) &&
		    is(out.data, out.len, want);

	jqx_free(x);
	buf_release(&out);
	buf_release(&why);
	return good;
}

/* 1, 0, or -1 for an error. */
static int
truth_of(const char *expression, const char *record)
{
	struct buf why = {0};
	struct jqx *x = jqx_new(expression, &why);
	bool truth, good;

	good = x && jqx_test(x, parse(record), &truth, &why);
	jqx_free(x);
	buf_release(&why);
	return good ? truth : -1;
}

static void
test_first(void)
{
	test("jq: the first result as text");
	ok(text_of(".a", "{\"a\":\"x\\\"y\"}", "x\"y"));
	ok(text_of(".a, .b", "{\"a\":[1,\"x\"]}", "[1,\"x\"]"));
	ok(text_of("empty", "{}", ""));
	ok(text_of("\"\\(.a) and \\(.b)\"", "{\"a\":1.5}", "1.5 and null"));
	test("jq: the first result as a truth");
	ok(truth_of(".a > 1", "{\"a\":2}") == 1);
	ok(truth_of(".a > 1", "{\"a\":1}") == 0);
	ok(truth_of(".a", "{}") == 0 && truth_of("empty", "{}") == 0);
	ok(truth_of("0", "{}") == 1 && truth_of("\"\"", "{}") == 1);
	ok(truth_of(".a.b", "{\"a\":1}") == -1);
}

/* The text of the record after it went through jq's values. */
static bool
passes(const char *record, size_t len, const char *want)
{
	struct buf out = {0};
	bool good;

	jv_write(&out, jval_to_jv(parse_bytes(record, len)));
	good = is(out.data, out.len, want);
	buf_release(&out);
	return good;
}

static void
test_values(void)
{
	static const char record[] =
	    "{\"s\":\"x\\u0000y\\\"\",\"n\":null,\"t\":[true,false,[]],\"o\":{}"
	    ","
	    "\"d\":-1.5e-07,\"i\":9007199254740991,\"\xc3\xa9\":\"\"}";
	char deep[2 * JDOC_DEPTH + 1];

	test("jq: values pass through, strings with NUL too");
	ok(passes(record, strlen(record), record));
	ok(passes("{\"b\":1,\"a\":2,\"b\":3}", 19, "{\"b\":3,\"a\":2}"));
	ok(passes("12345678901234567890", 20, "1.2345678901234567e+19"));
	ok(passes("-0.0", 4, "-0.0"));
	test("jq: 1024 levels pass through");
	memset(deep, '[', JDOC_DEPTH);
	memset(deep + JDOC_DEPTH, ']', JDOC_DEPTH);
	deep[2 * JDOC_DEPTH] = '\0';
	ok(passes(deep, strlen(deep), deep));
	ok(text_of(".", deep, deep));
	ok(text_of("nan, 1", "0", "null"));
	ok(text_of("[infinite, -infinite]", "0",
	    "[1.7976931348623157e+308,-1.7976931348623157e+308]"));
}

static void
test_times(void)
{
	test("jq: a number that is no time is an error, not the end");
	ok(text_of(".dt | todate", "{\"dt\":0}", "1970-01-01T00:00:00Z"));
	ok(text_of("strftime(\"%Y\", \"%m\")", "86400", "1970"));
	ok(text_of("date, todateiso8601", "1.5", "1970-01-01T00:00:01Z"));
	ok(text_of("fromdate", "\"1970-01-02T00:00:00Z\"", "86400"));
	ok(runs("todate", "1e17", 9, "",
	    "1e+17 is no time in the years 0 to 9999"));
	ok(runs("todateiso8601", "-1e300", 9, "",
	    "-1e+300 is no time in the years 0 to 9999"));
	ok(runs("try strflocaltime(\"%Y\") catch 1", "1e18", 9, "1 ", ""));
}

int
main(void)
{
	jdoc_init(&doc);
	setenv("UNIT_JQ", "e", 1);
	setenv("HOME", "/nowhere", 1);
	test_compile();
	test_run();
	test_first();
	test_values();
	test_times();
	jdoc_release(&doc);
	return done();
}
