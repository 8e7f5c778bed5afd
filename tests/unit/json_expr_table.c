/*
 * lib/json/expr: what is in the table tests/data/expressions gives the same
 * whoever runs it, and is run by us or not as the table says.
 */
#include <stdio.h>
#include <stdlib.h>

#include "same.h"
#include "unit.h"
#include "json/value.h"

/* Records of all kinds, one a line. */
static const char *const records[] = {
    "{}",
    "{\"a\":1,\"b\":\"x\",\"c\":null,\"d\":true,\"e\":[1,2,3],\"s\":\"abc\"}",
    "{\"a\":-0.0,\"b\":[{\"a\":1},{\"a\":null},{\"b\":2}],\"s\":\"\"}",
    "{\"a\":{\"b\":{\"c\":[10,20,30]}},\"b\":false,\"s\":\"a,b,,c\"}",
    "{\"a\":\"12.5\",\"b\":{\"x\":1,\"y\":2},\"e\":[],\"s\":\"A\\u0000b\"}",
    "{\"a\":9007199254740993,\"b\":1e300,\"e\":[3,1,2],\"s\":\"\\u00e9\\u4e2d"
    "\\ud83d\\ude00\"}",
    "{\"a\":12345678901234567890,\"b\":-1e-7,\"e\":{\"k\":[]},\"s\":\"a\\nb\"}",
    "{\"a\":1,\"b\":2,\"a\":[1,{\"a\":5}],\"b\":{\"a\":1,\"a\":2,\"b\":3}}",
    "{\"a\":\"abc\",\"b\":\"b\",\"s\":\"2026-11-24T15:37:39Z\",\"e\":[\"a\","
    "\"b\"]}",
    "{\"a\":1795534659,\"b\":[null,false,true,0,\"\",[],{}],\"s\":\"\\u007f\\t"
    "\\\"\\\\\"}",
    "{\"a\":[[1,2],[3]],\"b\":[\"x\",1,null,true],\"e\":[0.1,0.2,100000,1e17]}",
    "[1,\"a\",null]",
    "[]",
    "\"text\"",
    "\"\"",
    "5",
    "-2.5",
    "0",
    "true",
    "false",
    "null",
};
#define N_RECORDS (sizeof(records) / sizeof(*records))

static struct jdoc docs[N_RECORDS];

static void
parse_all(void)
{
	for (size_t i = 0; i < N_RECORDS; i++) {
		size_t len = strlen(records[i]);
		char *padded = calloc(1, len + JDOC_PADDING);

		if (!padded)
			abort();
		memcpy(padded, records[i], len);
		jdoc_init(&docs[i]);
		if (jdoc_parse(&docs[i], padded, len) != JERR_NONE)
			printf("# does not parse: %s\n", records[i]);
		free(padded);
	}
}

/* mark: + runs natively, - does not, ! is no expression. */
static bool
check(char mark, const char *expression)
{
	struct buf why = {0}, their_why = {0};
	struct expr *x = expr_new(expression, NULL, &why);
	struct jqx *jq = jqx_new(expression, &their_why);
	bool good = (x != NULL) == (jq != NULL) && (mark == '!') == !x;

	if (!good)
		printf("# %s: is it an expression?\n", expression);
	if (x && expr_is_native(x) != (mark == '+')) {
		printf("# %s: who runs it?\n", expression);
		good = false;
	}
	for (size_t i = 0; x && jq && mark == '+' && i < N_RECORDS; i++)
		good = same_on(expression, x, jq, jval_root(&docs[i]),
			   records[i]) &&
		       good;
	expr_free(x);
	jqx_free(jq);
	buf_release(&why);
	buf_release(&their_why);
	return good;
}

int
main(void)
{
	FILE *table = fopen("tests/data/expressions", "r");
	char line[1024];
	size_t n = 0;

	parse_all();
	test("expr: the table");
	ok(table);
	while (table && fgets(line, sizeof(line), table)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line == '\0' || *line == '#')
			continue;
		ok(check(line[0], line + 2));
		n++;
	}
	ok(n > 200);
	if (table)
		fclose(table);
	for (size_t i = 0; i < N_RECORDS; i++)
		jdoc_release(&docs[i]);
	return done();
}
