/*
 * lib/json/expr: random expressions on random records give the same whoever
 * runs them.  EXPR_RANDOM sets how many expressions there are, EXPR_SEED the
 * seed of the first.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "same.h"
#include "unit.h"
#include "json/value.h"

#define EXPRESSIONS 120 /* libjq compiles sixty a second */
#define RECORDS 40 /* for each */

static uint64_t state;

/* Numbers below n, by splitmix64. */
static unsigned
below(unsigned n)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (unsigned)((z ^ z >> 31) % n);
}

#define PICK(array) array[below(sizeof(array) / sizeof(*(array)))]

static const char *const names[] = {
    "a", "b", "c", "d", "odd name", "", "\xc3\xa9", "long_name_of_a_field"};

static const char *const strings[] = {"\"\"", "\"a\"", "\"b\"", "\"abc\"",
    "\"a,b,c\"", "\"12\"", "\"-1.5e3\"", "\"007\"", "\" 1\"", "\"x y\"",
    "\"\\u00e9t\\u00e9\"", "\"\xe4\xb8\xad\"", "\"\\ud83d\\ude00\"",
    "\"a\\u0000b\"", "\"\\n\\t\\\\\\\"\\u007f\\u0001\"", "\"ABC\"",
    "\"2026-11-24T15:37:39Z\"", "\"2026-02-30T15:37:39Z\"",
    "\"a long string of more than thirty bytes, for messages\"",
    "\"aaaaaaaa\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\""};

static const char *const numbers[] = {"0", "-0", "-0.0", "1", "2", "3", "-1",
    "10", "0.1", "0.2", "0.5", "-2.5", "1.5", "1e17", "1e15", "100000", "1e-5",
    "1e-7", "123456.789", "9007199254740993", "9223372036854775807",
    "-9223372036854775808", "18446744073709551615", "12345678901234567890123",
    "1e300", "-1e300", "1.7976931348623157e308", "5e-324", "1795534659",
    "253402300800", "3.141592653589793"};

static void
add_record(struct buf *out, unsigned depth)
{
	unsigned n = below(4);

	switch (below(depth > 0 ? 9 : 6)) {
	case 0:
		buf_adds(out, below(2) ? "null" : below(2) ? "true" : "false");
		break;
	case 1:
	case 2:
		buf_adds(out, PICK(strings));
		break;
	case 3:
	case 4:
		buf_adds(out, PICK(numbers));
		break;
	case 5:
		buf_addf(out, "%d", (int)below(20) - 5);
		break;
	case 6:
		buf_adds(out, "[");
		for (unsigned i = 0; i < n; i++) {
			buf_adds(out, i ? "," : "");
			add_record(out, depth - 1);
		}
		buf_adds(out, "]");
		break;
	default:
		buf_adds(out, "{");
		for (unsigned i = 0; i < n + 1; i++) {
			buf_addf(out, "%s\"%s\":", i ? "," : "", PICK(names));
			add_record(out, depth - 1);
		}
		buf_adds(out, "}");
	}
}

static void add_expression(struct buf *out, unsigned depth);

/* Append a template: E is an expression, T a term, L a literal, F a field, S a
 * string, N a number. */
static void
add_template(struct buf *out, const char *s, unsigned depth)
{
	for (; *s; s++)
		switch (*s) {
		case 'E':
			add_expression(out, depth);
			break;
		case 'T':
			buf_adds(out, "(");
			add_expression(out, depth);
			buf_adds(out, ")");
			break;
		case 'F':
			buf_addf(out, ".\"%s\"", PICK(names));
			break;
		case 'S':
			buf_adds(out, PICK(strings));
			break;
		case 'N':
			buf_addf(out, "%d", (int)below(12) - 3);
			break;
		default:
			buf_addc(out, *s);
		}
}

static const char *const leaves[] = {".", "F", "F", "F", ".a", ".b", ".a.b",
    ".a.b.c", ".a[0]", ".a[-1]", ".a?", ".b.a?", ".[]?", ".a[]?", "S", "N", "N",
    "null", "true", "false", "[]", "{}", "length", "type", "1.5", "1e17",
    "empty", "0.1", ".[]", "F.F", ".a.F?", ".b[N]"};

static const char *const inner[] = {"T == T", "T != T", "T < T", "T <= T",
    "T > T", "T >= T", "T and T", "T or T", "T | not", "T + T", "T - T",
    "T * T", "T / T", "T % 7", "-T", "E + N", "E - N", "E == N", "E == S",
    "T // T", "T // S", "T, T", "T | T", "T | F", "T | .[]?", "T | .[0]",
    "if E then E else E end", "if E then E elif E then E else E end", "[E]",
    "[T, T]", "{a: T, b: T}", "{\"x\": T, (S): T}", "{(T): T}", "{a, b: T}",
    "\"\\(E)\"", "\"x\\(E)y\\(E)\"", "T[T]", "T[T]?", "T[N:]", "T[N:N]",
    "T[:N]?", "T[]", "T[]?", "(T)?", "try T", "try T catch .",
    "try error(T) catch .", "T as $x | [$x, T]", "T as $x | $x | T",
    "reduce T[]? as $x (0; [., $x])", "reduce T[]? as $x (null; . + $x)",
    "first(E)", "any(E; .)", "all(E; .)", "map(E)", "map(select(E))",
    "select(E)", "T | IN(E)", "T | any", "T | all", "T | any(. == N)",
    "T | add", "T | length", "T | type", "T | tostring", "T | tojson",
    "T | tonumber", "T | keys", "T | keys_unsorted", "T | to_entries",
    "T | has(S)", "T | has(N)", "T | contains(T)", "T | inside(T)", "S | in(T)",
    "T | startswith(S)", "T | endswith(S)", "T | ltrimstr(S)",
    "T | rtrimstr(T)", "T | ascii_downcase", "T | ascii_upcase", "T | split(S)",
    "T | split(\"a\")", "T | split(\"\")", "T | join(S)", "T | min", "T | max",
    "T | floor", "T | round", "T | sqrt", "T | fabs", "T | todate",
    "T | fromdate", "T | utf8bytelength", "T | first", "T | last",
    "[E | numbers]", "[E | strings, values]", "T | test(\"^[a-z]+$\")",
    "T | test(\"\\\\d\")", "T | test(\"A|b.\"; \"i\")", "T | error", "T | not",
    "T | ceil", "[E, E] | sort_by(.)?"};

static void
add_expression(struct buf *out, unsigned depth)
{
	if (depth == 0 || below(4) == 0)
		add_template(out, PICK(leaves), 0);
	else
		add_template(out, PICK(inner), depth - 1);
}

static bool
on_records(const char *expression, struct expr *x, struct jqx *jq)
{
	struct buf record = {0};
	struct jdoc doc;
	bool good = true;

	jdoc_init(&doc);
	for (unsigned i = 0; good && i < RECORDS; i++) {
		record.len = 0;
		add_record(&record, 4);
		buf_addc(&record, '\0');
		buf_reserve(&record, JDOC_PADDING);
		if (jdoc_parse(&doc, record.data, record.len - 1))
			abort();
		good = same_on(expression, x, jq, jval_root(&doc), record.data);
	}
	jdoc_release(&doc);
	buf_release(&record);
	return good;
}

/* Returns whether it was run by us. */
static bool
try_one(uint64_t seed, bool *good)
{
	struct buf text = {0}, why = {0}, their_why = {0};
	struct expr *x;
	struct jqx *jq;
	bool is_native;

	state = seed;
	add_expression(&text, 4);
	buf_addc(&text, '\0');
	x = expr_new(text.data, NULL, &why);
	is_native = x && expr_is_native(x);
	*good = true;
	if (is_native) {
		jq = jqx_new(text.data, &their_why);
		*good = jq && on_records(text.data, x, jq);
		if (!jq)
			printf("# %s: no expression of jq\n", text.data);
		jqx_free(jq);
	}
	if (!*good)
		printf("# seed %ju\n", (uintmax_t)seed);
	expr_free(x);
	buf_release(&text);
	buf_release(&why);
	buf_release(&their_why);
	return is_native;
}

static uint64_t
setting(const char *name, uint64_t otherwise)
{
	const char *s = getenv(name);

	return s ? strtoull(s, NULL, 10) : otherwise;
}

int
main(void)
{
	uint64_t n = setting("EXPR_RANDOM", EXPRESSIONS);
	uint64_t seed = setting("EXPR_SEED", 1), n_native = 0;
	bool good;

	SAME_MAY_LEAK();
	test("expr: random expressions on random records");
	printf(
	    "# %ju expressions from seed %ju\n", (uintmax_t)n, (uintmax_t)seed);
	for (uint64_t i = 0; i < n; i++) {
		n_native += try_one(seed + i, &good);
		ok(good);
	}
	printf("# %ju of them run by us\n", (uintmax_t)n_native);
	ok(n_native * 10 > n * 7);
	return done();
}
