/* rules: files, checks, what they say, and how they are counted. */
#include <stdlib.h>
#include <sysexits.h>

#include "core/diag.h"
#include "core/xmem.h"
#include "rules/stats.h"
#include "tape.h"

static struct rules rules;
static struct rules_view view;

/* Start with a file of these rules. */
static void
use(const char *text)
{
	struct buf b = {0};

	rules_view_release(&view);
	rules_release(&rules);
	buf_addf(&b, "{\"rules\":[%s]}", text);
	if (rules_parse(&rules, "unit", b.data, b.len) != 0)
		printf("# wrong rules: %s\n", text);
	buf_release(&b);
	rules_view_init(&view, &rules);
}

/* The outcomes of a record, a letter a check: - skipped, p passed, F. */
static bool
gives(const char *record, const char *want)
{
	char got[32];

	rules_check(&rules, &view, parse(record));
	for (size_t i = 0; i < rules.n; i++)
		got[i] = "-pF"[view.outcomes[i]];
	return is(got, rules.n, want);
}

static bool
says(size_t check, const char *want)
{
	struct rules_room room = {1, 0};
	struct buf b = {0};
	bool same;

	rules_write_errors(&rules, &view, check, &room, &b);
	same = is(b.data, b.len, want);
	buf_release(&b);
	return same;
}

static void
test_compiled(void)
{
	test("rules: each demand is a check, in a fixed order");
	use("{\"field\":\".a.b\",\"enum\":[1],\"max\":3,\"min\":1,"
	    "\"type\":\"number\",\"required\":true},"
	    "{\"name\":\"d\",\"field\":\".t\",\"type\":\"datetime\","
	    "\"severity\":\"critical\",\"dimension\":\"timeliness\","
	    "\"message\":\"m\"},{\"field\":\".a.b\",\"max\":9}");
	ok(rules.n == 8 && rules.fields.n == 2);
	ok(strcmp(rules.checks[0].rule, ".a.b required") == 0);
	ok(strcmp(rules.checks[0].keyword, "required") == 0);
	ok(rules.checks[0].dimension == DIMENSION_COMPLETENESS);
	ok(strcmp(rules.checks[1].keyword, "type") == 0);
	ok(rules.checks[1].dimension == DIMENSION_VALIDITY);
	ok(strcmp(rules.checks[2].keyword, "minimum") == 0);
	ok(strcmp(rules.checks[3].keyword, "maximum") == 0);
	ok(strcmp(rules.checks[4].keyword, "enum") == 0);
	ok(strcmp(rules.checks[4].pointer, "/a/b") == 0);
	ok(strcmp(rules.checks[5].rule, "d") == 0);
	ok(strcmp(rules.checks[6].rule, "d") == 0);
	ok(strcmp(rules.checks[6].keyword, "format") == 0);
	ok(rules.checks[6].severity == SEVERITY_CRITICAL);
	ok(rules.checks[6].dimension == DIMENSION_TIMELINESS);
	ok(strcmp(rules.checks[6].message, "m") == 0);
	ok(strcmp(rules.checks[7].rule, ".a.b max 2") == 0);
	ok(rules.checks[7].slot == rules.checks[0].slot);
}

static void
test_outcomes(void)
{
	test("rules: passed, failed, skipped");
	use("{\"field\":\".a\",\"required\":true,\"type\":\"number\","
	    "\"min\":1,\"max\":3},{\"field\":\".s\",\"min_length\":2}");
	ok(gives("{\"a\":2,\"s\":\"xx\"}", "ppppp") && view.n_failed == 0);
	ok(gives("{\"a\":4,\"s\":\"x\"}", "pppFF") && view.n_failed == 2);
	ok(gives("{\"a\":\"4\",\"s\":5}", "pF---") && view.n_skipped == 3);
	ok(gives("{\"a\":null}", "F----") && view.worst == SEVERITY_ERROR);
	ok(gives("{}", "F----") && gives("[1]", "F----"));
	ok(gives("{\"a\":0,\"a\":1,\"s\":[1,2]}", "ppppp"));
	ok(view.missing[0] == 3 && view.missing[1] == 3);
	ok(view.skipped[0] == 0 && view.skipped[4] == 4);
	test("rules: the worst severity of what failed");
	use("{\"field\":\".a\",\"max\":1,\"severity\":\"info\"},"
	    "{\"field\":\".a\",\"max\":2,\"severity\":\"critical\"},"
	    "{\"field\":\".a\",\"max\":3,\"severity\":\"warning\"}");
	ok(gives("{\"a\":2}", "Fpp") && view.worst == SEVERITY_INFO);
	ok(!rules_reject(&view));
	ok(gives("{\"a\":4}", "FFF") && view.worst == SEVERITY_CRITICAL);
	ok(rules_reject(&view));
	ok(gives("{\"a\":1}", "ppp") && !rules_reject(&view));
}

static void
test_numbers(void)
{
	test("rules: numbers compare exactly");
	use("{\"field\":\".a\",\"min\":9007199254740993}");
	ok(gives("{\"a\":9007199254740993}", "p"));
	ok(gives("{\"a\":9007199254740992}", "F"));
	ok(gives("{\"a\":9007199254740992.0}", "F"));
	ok(gives("{\"a\":18446744073709551615}", "p"));
	use("{\"field\":\".a\",\"max\":9007199254740991}");
	ok(gives("{\"a\":9007199254740992}", "F"));
	ok(gives("{\"a\":9223372036854775807}", "F"));
	ok(gives("{\"a\":9007199254740990.5}", "p"));
	use("{\"field\":\".a\",\"max\":0.1}");
	ok(gives("{\"a\":0.1}", "p") && gives("{\"a\":1e-400}", "p"));
	ok(gives("{\"a\":0.10000000000000002}", "F"));
	ok(gives("{\"a\":12345678901234567890123}", "F"));
	use("{\"field\":\".a\",\"max\":-1e300}");
	ok(gives("{\"a\":-9223372036854775808}", "F"));
	ok(gives("{\"a\":-1e301}", "p"));
}

static void
test_errors(void)
{
	test("rules: what a failure says");
	use("{\"field\":\".a\",\"max\":60},"
	    "{\"field\":\".b\",\"required\":true}");
	ok(gives("{\"a\":71.5}", "FF"));
	ok(says(0, "{\"rule\":\".a max\",\"path\":\"/a\","
		   "\"keyword\":\"maximum\",\"severity\":\"error\","
		   "\"message\":\"71.5 is above the maximum 60\","
		   "\"schema\":\"/rules/0/max\",\"value\":71.5}"));
	ok(says(1, "{\"rule\":\".b required\",\"path\":\"/b\","
		   "\"keyword\":\"required\",\"severity\":\"error\","
		   "\"message\":\"required field is missing\","
		   "\"schema\":\"/rules/1/required\"}"));
}

static void
test_stats(void)
{
	struct rules_stats one, two, all;
	struct buf b = {0};

	test("stats: parts of a stream merge; the first failure is the first");
	use("{\"field\":\".a\",\"max\":1}");
	rules_stats_init(&one, &rules);
	rules_stats_init(&two, &rules);
	rules_stats_init(&all, &rules);
	gives("{\"a\":9}", "F");
	rules_stats_add(&one, &rules, &view, 2, 5);
	gives("{\"a\":8}", "F");
	rules_stats_add(&two, &rules, &view, 1, 70);
	gives("{}", "-");
	rules_stats_add(&two, &rules, &view, 2, 1);
	rules_stats_merge(&all, &rules, &one, &view);
	memset(view.skipped, 0, sizeof(*view.skipped));
	memset(view.missing, 0, sizeof(*view.missing));
	rules_stats_merge(&all, &rules, &two, &view);
	rules_stats_write(&all, &rules, 1, &b);
	ok(is(b.data, b.len,
	    "{\"records\":4,\"valid\":1,\"rejected\":2,\"malformed\":1,"
	    "\"warned\":0,\"valid_rate\":0.25,\"checks\":[{\"rule\":\".a max\","
	    "\"field\":\".a\",\"keyword\":\"maximum\",\"severity\":\"error\","
	    "\"dimension\":\"validity\",\"evaluated\":2,\"failed\":2,"
	    "\"skipped\":1,\"failed_rate\":1,\"first\":{\"file\":1,\"line\":70,"
	    "\"message\":\"8 is above the maximum 1\",\"value\":8}}],"
	    "\"fields\":[{\"field\":\".a\",\"missing\":1,\"failed\":2,"
	    "\"missing_rate\":0.333333,\"failed_rate\":0.666667}],"
	    "\"gates\":[]}"));
	buf_release(&b);
	rules_stats_release(&one, &rules);
	rules_stats_release(&two, &rules);
	rules_stats_release(&all, &rules);
	rules_stats_release(&all, &rules);
}

static void
test_files(void)
{
	struct rules r = {0};

	test("rules: files that are no rules are EX_CONFIG, all is freed");
	ok(rules_parse(&r, "unit", "[]", 2) == EX_CONFIG);
	ok(rules_parse(&r, "unit", "{}", 2) == EX_CONFIG);
	ok(rules_parse(&r, "unit", "{\"rules\":{}}", 12) == EX_CONFIG);
	ok(rules_parse(&r, "unit", "{\"rules\":[]}", 12) == 0 && r.n == 0);
	ok(rules_load(&r, "/none") == EX_NOINPUT);
	rules_release(&r);
	rules_release(&r);
}

int
main(void)
{
	diag_set_level((enum diag_level)(DIAG_ERROR + 1));
	jdoc_init(&doc);
	test_compiled();
	test_outcomes();
	test_numbers();
	test_errors();
	test_stats();
	test_files();
	rules_view_release(&view);
	rules_release(&rules);
	jdoc_release(&doc);
	return done();
}
