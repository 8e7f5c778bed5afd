/* lib/json/expr: expressions, whoever runs them. */
#include <math.h>
#include <stdlib.h>

#include "core/buf.h"
#include "unit.h"
#include "json/expr.h"

static struct jdoc doc;

static struct jval
parse(const char *text)
{
	size_t len = strlen(text);
	char *padded = calloc(1, len + JDOC_PADDING);

	if (!padded)
		abort();
	memcpy(padded, text, len);
	if (jdoc_parse(&doc, padded, len) != JERR_NONE)
		printf("# does not parse: %s\n", text);
	free(padded);
	return jval_root(&doc);
}

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

static void
test_number(void)
{
	struct buf why = {0};
	struct expr *x = expr_new(".a", NULL, &why);
	double n = 0;

	test("expr: the first result as a number");
	ok(x && expr_number(x, parse("{\"a\":1.5}"), &n, &why) && n == 1.5);
	ok(x && expr_number(x, parse("{}"), &n, &why) && isnan(n));
	ok(x && !expr_number(x, parse("{\"a\":\"1\"}"), &n, &why));
	ok(is(why.data, why.len, "string is not a number"));
	expr_free(x);
	buf_release(&why);
}

int
main(void)
{
	jdoc_init(&doc);
	test_each();
	test_number();
	jdoc_release(&doc);
	return done();
}
