/* lib/alert: identities, routes and what an alert says of itself. */
#include <stdio.h>
#include <stdlib.h>

#include "alert/identity.h"
#include "alert/route.h"
#include "core/diag.h"
#include "unit.h"

static int
load(struct alerts *a, const char *text)
{
	return alerts_parse(a, "test", text, strlen(text), false);
}

/* Parse a record; it lives until the next call. */
static struct jval
parse(struct jdoc *d, const char *text)
{
	static char padded[4096 + JDOC_PADDING];
	size_t len = strlen(text);

	if (len > 4096)
		abort();
	memset(padded, 0, sizeof(padded));
	memcpy(padded, text, len);
	ok(jdoc_parse(d, padded, len) == JERR_NONE);
	return jval_root(d);
}

static void
test_identity(void)
{
	struct alerts a;
	struct jdoc d;
	struct buf out = {0};

	jdoc_init(&d);
	test("alert: the identity has its labels and the rule sorted by name");
	ok(load(&a,
	       "{\"rules\":[{\"name\":\"r\",\"when\":\"1\","
	       "\"key\":[\".z\",\".a.b\",\".\\\"odd one\\\"\",\".\\\"\\\"\"]},"
	       "{\"name\":\"s\",\"when\":\"1\"},"
	       "{\"name\":\"t\",\"when\":\"1\",\"key\":\".a\"}]}") == 0);
	identity_write(&out, &a.rules[0],
	    parse(&d, "{\"z\":\"\\u0000\\\"\",\"a\":{\"b\":[1,null]},"
		      "\"odd one\":1.50,\"\":false,\"more\":1}"));
	ok(is(out.data, out.len,
	    "{\"\":\"false\",\"a.b\":\"[1,null]\",\"odd one\":\"1.5\","
	    "\"rule\":\"r\",\"z\":\"\\u0000\\\"\"}"));

	test("alert: what is absent or null is empty");
	out.len = 0;
	identity_write(&out, &a.rules[0], parse(&d, "{\"z\":null}"));
	ok(is(out.data, out.len,
	    "{\"\":\"\",\"a.b\":\"\",\"odd one\":\"\",\"rule\":\"r\","
	    "\"z\":\"\"}"));
	out.len = 0;
	identity_write(&out, &a.rules[1], parse(&d, "[1]"));
	ok(is(out.data, out.len, "{\"rule\":\"s\"}"));
	out.len = 0;
	identity_write(&out, &a.rules[2], parse(&d, "7"));
	ok(is(out.data, out.len, "{\"a\":\"\",\"rule\":\"t\"}"));
	buf_release(&out);
	jdoc_release(&d);
	alerts_release(&a);
	alerts_release(&a);
}

static const char routes[] =
    "{\"receivers\":{\"a\":{\"exec\":{\"argv\":[\"a\"]}},"
    "\"b\":{\"exec\":{\"argv\":[\"b\"]}},\"c\":{\"exec\":{\"argv\":[\"c\"]}}},"
    "\"rules\":["
    "{\"name\":\"r\",\"when\":\"1\",\"key\":\".k\",\"severity\":\"info\"},"
    "{\"name\":\"s\",\"when\":\"1\",\"key\":\".k\"}],"
    "\"route\":{\"receiver\":\"a\",\"group_by\":\"k\",\"routes\":["
    "{\"match\":{\"k\":\"1\"},\"receiver\":\"b\",\"continue\":true,"
    " \"routes\":[{\"match\":{\"rule\":\"s\"},\"group_by\":[]}]},"
    "{\"match\":{\"k\":\"1\",\"severity\":\"error\"},\"receiver\":\"c\","
    " \"group_by\":[\"severity\",\"k\"]},"
    "{\"match\":{\"k\":\"2\"},\"receiver\":\"c\"}]}}";

/* Append where the alert goes: "b{} ". */
static void
note(void *arg, const struct alert_route *r, struct instance *alert)
{
	struct buf *out = arg;

	buf_adds(out, r->receiver->name);
	route_write_group(out, r, alert);
	buf_addc(out, ' ');
}

static void
goes(const struct alerts *a, size_t rule, const char *record, const char *to)
{
	struct jdoc d;
	struct buf out = {0};
	struct instance i = {.severity = a->rules[rule].severity};

	jdoc_init(&d);
	snprintf(i.rule, sizeof(i.rule), "%s", a->rules[rule].name);
	identity_labels(&i.labels, &a->rules[rule], parse(&d, record));
	ok(labels_read(&i.parsed, i.labels.data, i.labels.len));
	route_walk(a->route, &i, note, &out);
	ok(is(out.data, out.len, to));
	instance_release(&i);
	buf_release(&out);
	jdoc_release(&d);
}

static void
test_routes(void)
{
	struct alerts a;

	test("alert: an alert stays where no route within takes it");
	ok(load(&a, routes) == 0);
	goes(&a, 0, "{\"k\":3}", "a{\"k\":\"3\"} ");
	goes(&a, 1, "{}", "a{\"k\":\"\"} ");

	test(
	    "alert: the first route that takes it, and on while they continue");
	goes(&a, 0, "{\"k\":2}", "c{\"k\":\"2\"} ");
	goes(&a, 0, "{\"k\":1}", "b{\"k\":\"1\"} ");
	goes(&a, 1, "{\"k\":\"1\"}",
	    "b{} c{\"severity\":\"error\",\"k\":\"1\"} ");

	test("alert: a label with a NUL is not its beginning");
	goes(&a, 0, "{\"k\":\"2\\u0000\"}", "a{\"k\":\"2\\u0000\"} ");
	alerts_release(&a);
}

static void
test_cut(void)
{
	struct buf b = {0};

	test("alert: texts are cut between characters");
	buf_adds(&b, "a\xC3\xA9\xF0\x9F\x98\x80");
	identity_cut(&b, 8);
	ok(b.len == 7);
	identity_cut(&b, 6);
	ok(b.len == 3);
	identity_cut(&b, 2);
	ok(b.len == 1);
	identity_cut(&b, 0);
	ok(b.len == 0);
	buf_release(&b);
	identity_cut(&b, 5);
	ok(b.len == 0);
}

int
main(int argc, char *argv[])
{
	(void)argc;
	diag_init(argv[0]);
	test_identity();
	test_routes();
	test_cut();
	return done();
}
