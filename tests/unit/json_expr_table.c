/*
 * lib/json/expr: what is in the table tests/data/expressions gives the same
 * whoever runs it, and is run by us or not as the table says.
 */
#include <stdio.h>
#include <stdlib.h>

#include "same.h"
#include "unit.h"
#include "json/value.h"

#define MOST_RECORDS 50

static struct jdoc docs[MOST_RECORDS];
static char *records[MOST_RECORDS];
static size_t n_records;

static bool
add_record(const char *text)
{
	size_t len = strlen(text);
	char *padded = calloc(1, len + JDOC_PADDING);

	if (!padded || n_records == MOST_RECORDS)
		abort();
	memcpy(padded, text, len);
	records[n_records] = padded;
	jdoc_init(&docs[n_records]);
	return jdoc_parse(&docs[n_records++], padded, len) == JERR_NONE;
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
	for (size_t i = 0; x && jq && mark == '+' && i < n_records; i++)
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

	SAME_MAY_LEAK();
	test("expr: the table");
	ok(table);
	while (table && fgets(line, sizeof(line), table)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line == '\0' || *line == '#')
			continue;
		if (*line == '=') {
			ok(add_record(line + 2));
			continue;
		}
		ok(check(line[0], line + 2));
		n++;
	}
	ok(n > 400 && n_records > 20);
	if (table)
		fclose(table);
	for (size_t i = 0; i < n_records; i++) {
		jdoc_release(&docs[i]);
		free(records[i]);
	}
	return done();
}
