/* lib/source: decoders under chunks of every size, and the simulators. */
#include <stdlib.h>

#include "core/buf.h"
#include "core/random.h"
#include "core/xmem.h"
#include "source/body.h"
#include "source/sim.h"
#include "source/source.h"
#include "source/task.h"
#include "unit.h"
#include "json/parse.h"

static size_t most; /* pieces that are wanted */

/* line:number:offset:text; for each piece, ! for a fault. */
static bool
on_value(void *arg, const struct piece *p)
{
	struct buf *out = arg;

	buf_addf(out, "%d:%d:%d%s:%.*s\n", (int)p->line, (int)p->number,
	    (int)p->offset, p->is_top ? "^" : "", (int)p->len, p->text);
	return --most > 0;
}

static bool
on_fault(void *arg, const struct piece *p, const char *what)
{
	buf_addf(arg, "%d:%d:%d!%s\n", (int)p->line, (int)p->number,
	    (int)p->offset, what);
	return !p->is_top;
}

/* Decode text in chunks of n bytes, each in memory of its own size. */
static void
decode(struct buf *out, enum format format, const char *text, size_t len,
    size_t n, bool is_whole)
{
	struct body b = {.sink = {on_value, on_fault, out},
	    .options = {.is_whole = is_whole, .max_value = 40}};

	out->len = 0;
	most = 1000;
	body_start(&b, format);
	for (size_t i = 0; i < len; i += n) {
		size_t k = len - i < n ? len - i : n;
		char *chunk = xstrndup(text + i, k);

		if (!body_feed(&b, chunk, k))
			i = len;
		free(chunk);
	}
	buf_adds(out, body_finish(&b) ? "whole\n" : "cut\n");
	body_release(&b);
}

/* Is want what comes out of text, whatever the chunks? */
static bool
gives(enum format format, bool is_whole, const char *text, const char *want)
{
	struct buf out = {0};
	bool same = true;

	for (size_t n = 1; same && n <= strlen(text) + 1; n++) {
		decode(&out, format, text, strlen(text), n, is_whole);
		same = is(out.data, out.len, want);
	}
	buf_release(&out);
	return same;
}

static void
test_cut(void)
{
	test("json: values, arrays cut, at any chunk size");
	ok(gives(FORMAT_JSON, false, "[]", "whole\n"));
	ok(gives(FORMAT_JSON, false, " [ 1 ,{\"a\":[2,\"]\"]}\n] ",
	    "0:1:3:1 \n0:2:6:{\"a\":[2,\"]\"]}\n\nwhole\n"));
	ok(gives(FORMAT_JSON, false, "{}1 \"a\\\"\\\\\"[\"x\"]true",
	    "0:1:0^:{}\n0:2:2^:1\n0:3:4^:\"a\\\"\\\\\"\n0:4:12:\"x\"\n"
	    "0:5:16^:true\nwhole\n"));
	ok(gives(FORMAT_JSON, true, "[1,[2]] {}",
	    "0:1:0^:[1,[2]]\n0:2:8^:{}\nwhole\n"));

	test("json: faults stay in their element");
	ok(gives(FORMAT_JSON, false, "[,1 2,]",
	    "0:1:1:\n0:2:2:1 2\n0:3:6:\nwhole\n"));
	ok(gives(FORMAT_JSON, false, "[}, {]}, 3]",
	    "0:1:1:}\n0:2:4:{]}\n0:3:9:3\nwhole\n"));
	ok(gives(FORMAT_JSON, false, "[{\"a\":\"x\"",
	    "0:1:1!value without an "
	    "end\ncut\n"));
	ok(gives(FORMAT_JSON, false, "[1,",
	    "0:1:1:1\n0:2:3!array without an end\ncut\n"));
	ok(gives(FORMAT_JSON, false,
	    "[1,\"0123456789012345678901234567890123456789\",2]",
	    "0:1:1:1\n0:2:3!value too long\n0:3:46:2\nwhole\n"));
}

static void
test_lines(void)
{
	test("ndjson: lines, blank ones, a BOM, no last LF");
	ok(gives(FORMAT_NDJSON, false, "\xEF\xBB\xBF{}\n\n \r\n[1]\r\n2",
	    "1:1:3:{}\n4:2:10:[1]\r\n5:3:15:2\nwhole\n"));
	ok(gives(FORMAT_NDJSON, false,
	    "01234567890123456789012345678901234567890\n1\n",
	    "1:1:0!line too long\n2:2:42:1\nwhole\n"));
	ok(gives(FORMAT_NDJSON, false, "", "whole\n"));
	test("text: every line is a record");
	ok(gives(FORMAT_TEXT, false, "a \"b\"\r\n\nc",
	    "1:1:0:{\"line\":\"a \\\"b\\\"\"}\n2:2:7:{\"line\":\"\"}\n"
	    "3:3:8:{\"line\":\"c\"}\nwhole\n"));
}

static void
test_csv(void)
{
	test("csv: fields, quotes, types");
	ok(gives(FORMAT_CSV, false, "a,\"b\"\"\"\r\n1,\"1\"\r\n\n,\"\"\n",
	    "2:1:9:{\"a\":1,\"b\\\"\":\"1\"}\n"
	    "4:2:17:{\"a\":null,\"b\\\"\":\"\"}\nwhole\n"));
	ok(gives(FORMAT_CSV, false, "n\n-0\n01\n1.\n.5\n1e5\n1e999\n-\n+1\nNaN",
	    "2:1:2:{\"n\":-0}\n3:2:5:{\"n\":\"01\"}\n4:3:8:{\"n\":\"1.\"}\n"
	    "5:4:11:{\"n\":\".5\"}\n6:5:14:{\"n\":1e5}\n"
	    "7:6:18:{\"n\":\"1e999\"}\n8:7:24:{\"n\":\"-\"}\n"
	    "9:8:26:{\"n\":\"+1\"}\n10:9:29:{\"n\":\"NaN\"}\nwhole\n"));
	ok(gives(FORMAT_TSV, false, "a\tb\n\"x\ny\"\tp,q\n",
	    "2:1:4:{\"a\":\"x\\ny\",\"b\":\"p,q\"}\nwhole\n"));
	test("csv: rows that do not fit");
	ok(gives(FORMAT_CSV, false, "a,b\n1\n1,2,3\n\"x\"y,2\n3,4",
	    "2:1:4!1 fields, the header has 2\n"
	    "3:2:6!3 fields, the header has 2\n"
	    "4:3:12!text behind a closing quote\n"
	    "5:4:19:{\"a\":3,\"b\":4}\nwhole\n"));
	ok(gives(FORMAT_CSV, false, "a,b\n\"1,2\n",
	    "2:1:4!body ends within a quoted field\ncut\n"));
	ok(gives(FORMAT_CSV, false, "a,b,a\n1,2,3\n",
	    "1:0:0!two columns of the header have one name\nwhole\n"));
	ok(gives(FORMAT_CSV, false,
	    "a\n01234567890123456789012345678901234567890\n1\n",
	    "2:1:2!row too long\n3:2:44:{\"a\":1}\nwhole\n"));
}

static void
test_formats(void)
{
	test("formats: by type and by name");
	ok(format_of_type("application/json") == FORMAT_JSON);
	ok(format_of_type("Application/Problem+JSON; charset=utf-8") ==
	    FORMAT_JSON);
	ok(format_of_type("application/x-ndjson") == FORMAT_NDJSON);
	ok(format_of_type("text/csv;header=present") == FORMAT_CSV);
	ok(format_of_type("text/plain") == FORMAT_AUTO);
	ok(format_of_type("") == FORMAT_AUTO);
	ok(format_of_url("http://a/x.JSON?y=z.csv#.tsv") == FORMAT_JSON);
	ok(format_of_url("a.geojson") == FORMAT_JSON);
	ok(format_of_url("http://a/json") == FORMAT_AUTO);
	test("formats: by the first bytes");
	ok(gives(FORMAT_AUTO, false, "{}\n{}", "1:1:0:{}\n2:2:3:{}\nwhole\n"));
	ok(gives(FORMAT_AUTO, false, "\n[\n1]\n", "0:1:3:1\nwhole\n"));
	ok(gives(FORMAT_AUTO, false, " \n", "whole\n"));
	ok(gives(FORMAT_AUTO, false, "a,b\n",
	    "0:0:0!format unknown; name it by --format\nwhole\n"));
}

static void
test_stop(void)
{
	struct buf out = {0};
	struct body b = {.sink = {on_value, on_fault, &out}};

	test("decoders: no more than is wanted");
	for (int format = FORMAT_JSON; format < FORMAT_COUNT; format++) {
		out.len = 0;
		most = 2;
		body_start(&b, (enum format)format);
		ok(!body_feed(&b, "1\n2\n3\n4\n5\n", 10));
		ok(!body_feed(&b, "6\n7\n", 4));
		ok(body_finish(&b));
		ok(most == 0);
	}
	body_release(&b);
	buf_release(&out);
}

static void
test_sim(void)
{
	uint64_t state = 1234567, x = 1;
	struct buf why = {0};

	test("sim: splitmix64 as published, and what is made of it");
	ok(random_next(&state) == UINT64_C(6457827717110365317));
	ok(random_next(&state) == UINT64_C(3203168211198807973));
	for (int i = 0; i < 1000; i++) {
		int64_t n = sim_noise(&x, 5), r = sim_range(&x, -3, 3);

		ok(n >= -10 && n <= 10 && r >= -3 && r <= 3);
	}
	test("sim: parameters");
	ok(source_check_sim("sim:weather", &why));
	ok(source_check_sim("sim:github?", &why));
	ok(source_check_sim(
	    "sim:currency?n=0&seed=18446744073709551615&faults=1&"
	    "start=1969-01-01T00:00:00Z&step=0",
	    &why));
	ok(why.len == 0);
	ok(!source_check_sim("sim:weather?n=1&&seed=2", &why));
	ok(!source_check_sim("sim:weather?faults=1.1", &why));
	ok(!source_check_sim("sim:weather?step=400d", &why));
	ok(!source_check_sim("sim:", &why));
	buf_release(&why);
}

int
main(void)
{
	test_cut();
	test_lines();
	test_csv();
	test_formats();
	test_stop();
	test_sim();
	return done();
}
