/* lib/quality: every formula against values worked by hand. */
#include <math.h>
#include <stdlib.h>

#include "quality/advice.h"
#include "quality/report.h"
#include "quality/summary_read.h"
#include "unit.h"
#include "json/parse.h"

/* Both sides round some ten operations on numbers up to 100: 1e-13 of the
 * value is above that and below anything a wrong formula would give. */
#define NEAR 1e-13

static bool
is_near(double got, double want)
{
	bool near = fabs(got - want) <= NEAR * fmax(1, fabs(want));

	if (!near)
		printf("# got %.17g, not %.17g\n", got, want);
	return near;
}

enum { A_REQUIRED, A_TYPE, B_MAXIMUM, C_PATTERN, T_FRESH, B_SUM, N };

static struct check checks[N] = {
    [A_REQUIRED] = {.rule = "a",
	.field = ".a",
	.pointer = "/a",
	.keyword = "required",
	.severity = SEVERITY_ERROR,
	.dimension = DIMENSION_COMPLETENESS,
	.slot = 0},
    [A_TYPE] = {.rule = "a",
	.field = ".a",
	.pointer = "/a",
	.keyword = "type",
	.message = "a is a \"number\"",
	.severity = SEVERITY_ERROR,
	.dimension = DIMENSION_VALIDITY,
	.slot = 0},
    [B_MAXIMUM] = {.rule = "b",
	.field = ".b",
	.pointer = "/b",
	.keyword = "maximum",
	.severity = SEVERITY_WARNING,
	.dimension = DIMENSION_VALIDITY,
	.slot = 1},
    [C_PATTERN] = {.rule = "c",
	.field = ".c",
	.pointer = "/c",
	.keyword = "pattern",
	.severity = SEVERITY_INFO,
	.dimension = DIMENSION_VALIDITY,
	.slot = 2},
    [T_FRESH] = {.rule = "t",
	.field = ".t",
	.pointer = "/t",
	.keyword = "fresh",
	.severity = SEVERITY_CRITICAL,
	.dimension = DIMENSION_TIMELINESS,
	.slot = 3},
    [B_SUM] = {.rule = "sum",
	.field = ".b",
	.pointer = "/b",
	.keyword = "expr",
	.severity = SEVERITY_ERROR,
	.dimension = DIMENSION_CONSISTENCY,
	.slot = 1},
};

static const struct rules rules = {.checks = checks, .n = N};

static struct rosters rosters;
static struct roster *roster; /* of rules */

/* Outcomes of the six checks: - skipped, + passed, ! failed; 3 passed with 30
 * percent. */
static struct outcomes
outcomes(const char *s)
{
	static uint8_t all[N], grades[N];
	struct outcomes o = {roster, all, grades, 0, SEVERITY_INFO};

	for (size_t i = 0; i < N; i++) {
		bool is_graded = s[i] >= '1' && s[i] <= '9';

		all[i] = s[i] == '-'   ? OUTCOME_SKIPPED
			 : s[i] == '!' ? OUTCOME_FAILED
				       : OUTCOME_PASSED;
		grades[i] = (uint8_t)(is_graded ? 10 * (s[i] - '0') : 100);
		o.n_failed += s[i] == '!';
	}
	return o;
}

static double
score(const char *s)
{
	struct outcomes o = outcomes(s);
	struct quality q = pool_quality_of(&o);

	return quality_score(&q, quality_weights);
}

static void
add(struct pool *p, const char *s)
{
	struct outcomes o = outcomes(s);

	pool_add(p, &o, score(s));
}

static void
test_record(void)
{
	struct outcomes o = outcomes("++!!-!");
	struct quality q = pool_quality_of(&o);

	test(
	    "quality: a warning counts a quarter of an error, an info nothing");
	ok(quality_dimension(&q, DIMENSION_COMPLETENESS) == 100);
	ok(is_near(quality_dimension(&q, DIMENSION_VALIDITY), 80)); /* 4/5 */
	ok(quality_dimension(&q, DIMENSION_CONSISTENCY) == 0);
	ok(isnan(quality_dimension(&q, DIMENSION_TIMELINESS)));
	ok(isnan(quality_dimension(&q, DIMENSION_UNIQUENESS)));

	test("quality: the score weighs the dimensions that were assessed");
	/* (30 * 100 + 30 * 80 + 15 * 0) / 75 */
	ok(is_near(quality_score(&q, quality_weights), 72));
	ok(score("++++++") == 100);
	ok(score("+---!-") == 75); /* (30 * 100 + 10 * 0) / 40 */
	ok(score("!-----") == 0);
	ok(isnan(score("------")));
	ok(isnan(score("---!--"))); /* an info is not assessed */

	test("quality: a grade is the part of a check that is not lost");
	ok(is_near(score("+---3-"), (30 * 100 + 10 * 30) / 40.0));
	ok(is_near(score("----1-"), 10));

	test("quality: a critical failure caps a record at 49");
	ok(quality_cap(75, 1, SEVERITY_CRITICAL) == 49);
	ok(quality_cap(30, 1, SEVERITY_CRITICAL) == 30);
	ok(quality_cap(75, 1, SEVERITY_ERROR) == 75);
	ok(quality_cap(75, 0, SEVERITY_CRITICAL) == 75);
	ok(isnan(quality_cap(NAN, 0, SEVERITY_INFO)));
}

static void
test_penalty(void)
{
	test("quality: the penalty is 20 an error, 5 a warning, at most 100");
	ok(quality_penalty(0, 0) == 100);
	ok(quality_penalty(2, 3) == 45);
	ok(quality_penalty(5, 0) == 0 && quality_penalty(4, 5) == 0);
	ok(quality_penalty(UINT64_MAX, UINT64_MAX) == 0);

	test("quality: rounded to decimals");
	ok(quality_round(66.666, 2) == 66.67 &&
	    quality_round(0.125, 2) == 0.13);
	ok(quality_round(99.994, 2) == 99.99 && isnan(quality_round(NAN, 2)));
}

static const struct pool_count counts[N] = {[A_REQUIRED] = {10, 1, 100},
    [A_TYPE] = {9, 3, 300},
    [B_MAXIMUM] = {8, 4, 400},
    [C_PATTERN] = {8, 8, 800},
    [B_SUM] = {5, 0, 0}};

static void
fill(struct pool *p)
{
	pool_init(p, &rosters);
	memcpy(pool_set(p, roster)->counts, counts, sizeof(counts));
	p->n_records = 10;
	p->n_malformed = 2;
}

static double
pool_score(const struct pool *p)
{
	struct quality q = pool_quality(p);

	return quality_score(&q, quality_weights);
}

static void
test_pool(void)
{
	struct pool p;
	struct quality q;
	struct pool_count c;
	double worst;

	fill(&p);
	q = pool_quality(&p);
	test("pool: counts are summed up, malformed lines are failed checks");
	/* completeness 9/10; validity made 4*9 + 8 + 4*2 = 52, failed
	 * 4*3 + 4 + 4*2 = 24; consistency 5/5 */
	ok(is_near(quality_dimension(&q, DIMENSION_COMPLETENESS), 90));
	ok(is_near(quality_dimension(&q, DIMENSION_VALIDITY), 2800.0 / 52));
	ok(quality_dimension(&q, DIMENSION_CONSISTENCY) == 100);
	ok(is_near(pool_score(&p), (2700 + 30 * 2800.0 / 52 + 1500) / 75));
	c = pool_dimension(&p, DIMENSION_VALIDITY);
	ok(c.made == 19 && c.failed == 9); /* 9 + 8 + 2, 3 + 4 + 2 */
	c = pool_dimension(&p, DIMENSION_COMPLETENESS);
	ok(c.made == 10 && c.failed == 1);

	test("pool: the worst field of a dimension");
	/* .a 6/9, .b 4/8, .c is not assessed */
	ok(pool_worst(&p, DIMENSION_VALIDITY, &worst) ==
	    &roster->checks[B_MAXIMUM]);
	ok(worst == 50);
	ok(pool_worst(&p, DIMENSION_COMPLETENESS, &worst) == roster->checks);
	ok(worst == 90);
	ok(!pool_worst(&p, DIMENSION_CONSISTENCY, &worst));
	ok(!pool_worst(&p, DIMENSION_TIMELINESS, &worst) && worst == 90);
	pool_release(&p);
	pool_release(&p);
}

static void
test_lines(void)
{
	struct pool p;

	test("pool: without a check of validity, records are the passed ones");
	pool_init(&p, &rosters);
	ok(isnan(pool_score(&p)));
	for (size_t i = 0; i < 3; i++)
		add(&p, "+-----");
	ok(pool_score(&p) == 100);
	p.n_malformed = 1;
	/* completeness 3/3, validity 3/4 */
	ok(is_near(pool_score(&p), (30 * 100 + 30 * 75) / 60.0));
	ok(pool_dimension(&p, DIMENSION_VALIDITY).made == 4);
	add(&p, "-+----");
	/* validity 1/2 */
	ok(is_near(pool_score(&p), (30 * 100 + 30 * 50) / 60.0));
	ok(pool_dimension(&p, DIMENSION_VALIDITY).made == 2);
	pool_release(&p);
}

static void
test_merge(void)
{
	static const char *const records[] = {"++++++", "+!++++", "-!----",
	    "---!--", "++!-+!", "------", "!-----", "+---4-"};
	struct pool whole, parts[3], sum;
	struct rosters others = {0};
	struct roster *other = roster_get(&others, roster->id, N);
	struct outcomes o;

	for (size_t i = 0; i < N; i++)
		roster_learn(&other->checks[i], &roster->checks[i]);
	test("pool: parts merged are the whole");
	pool_init(&whole, &rosters);
	pool_init(&sum, &rosters);
	for (size_t i = 0; i < 3; i++)
		pool_init(&parts[i], &others);
	for (size_t i = 0; i < 8; i++) {
		add(&whole, records[i]);
		o = outcomes(records[i]);
		o.roster = other;
		pool_add(&parts[i % 3], &o, score(records[i]));
	}
	whole.n_malformed = 4;
	parts[0].n_malformed = 3;
	parts[2].n_malformed = 1;
	for (size_t i = 0; i < 3; i++) {
		ok(pool_merge(&sum, &parts[2 - i]));
		pool_release(&parts[2 - i]);
	}
	ok(memcmp(pool_set(&sum, roster)->counts,
	       pool_set(&whole, roster)->counts,
	       N * sizeof(struct pool_count)) == 0);
	ok(memcmp(sum.bars, whole.bars, sizeof(sum.bars)) == 0);
	ok(sum.n_records == 8 && sum.n_malformed == 4);
	ok(sum.n_unassessed == 2);

	test("pool: the histogram counts records by tens, 100 among the last");
	/* 100, 71.8, 0, none, 75.3, none, 0, 85 */
	ok(whole.bars[0] == 2 && whole.bars[7] == 2 && whole.bars[8] == 1 &&
	    whole.bars[9] == 1);
	pool_release(&whole);
	pool_release(&sum);
	rosters_release(&others);
}

static void
test_advice(void)
{
	struct pool p;
	size_t n;
	struct advice *all;
	double before;

	fill(&p);
	test("advice: points are what the score gains without the failures");
	all = advice_find(&p, quality_weights, &n);
	ok(n == 5);
	ok(all[0].check == &roster->checks[A_TYPE]);
	ok(is_near(all[0].points, 100 * 30 * 12.0 / 52 / 75));
	ok(!all[1].check && is_near(all[1].points, 100 * 30 * 8.0 / 52 / 75));
	ok(all[2].check == &roster->checks[A_REQUIRED] &&
	    is_near(all[2].points, 4));
	ok(all[3].check == &roster->checks[B_MAXIMUM]);
	ok(all[4].check == &roster->checks[C_PATTERN] && all[4].points == 0);
	before = pool_score(&p);
	for (size_t i = 0; i < n; i++) {
		struct pool_count *c =
		    &pool_set(&p, roster)->counts[all[i].number];

		if (!all[i].check) /* lines mended would be records */
			continue;
		c->lost = 0;
		ok(is_near(pool_score(&p) - before, all[i].points));
		c->lost = all[i].count.lost;
	}
	free(all);
	p.n_malformed = 0;
	memset(pool_set(&p, roster)->counts, 0, sizeof(counts));
	ok(!advice_find(&p, quality_weights, &n) && n == 0);
	pool_release(&p);
}

static void
test_evidence(void)
{
	struct evidence a = {NULL, 0}, b = {NULL, 0};

	test("evidence: the first three by file and line, of all threads");
	buf_adds(evidence_add(&a, 0, "a", 7), "0:7");
	buf_adds(evidence_add(&a, 1, "b", 1), "1:1");
	ok(evidence_is_wanted(&a));
	buf_adds(evidence_add(&a, 1, "b", 5), "1:5");
	ok(!evidence_is_wanted(&a));
	buf_adds(evidence_add(&b, 0, "a", 9), "0:9");
	buf_adds(evidence_add(&b, 1, "b", 2), "1:2");
	evidence_merge(&a, &b);
	ok(a.n == 3 && b.n == 0);
	ok(is(a.all[0].text.data, 3, "0:7"));
	ok(is(a.all[1].text.data, 3, "0:9"));
	ok(is(a.all[2].text.data, 3, "1:1"));
	ok(strcmp(a.all[1].file, "a") == 0 && a.all[1].line == 9);
	evidence_merge(&b, &a);
	ok(b.n == 3 && a.n == 0);
	evidence_merge(&a, &a);
	evidence_release(&a);
	evidence_release(&b);
	evidence_release(&b);
}

static void
test_report(void)
{
	struct pool p;
	struct buf b = {0};

	test("report: a summary without rules, one line malformed");
	pool_init(&p, &rosters);
	p.n_records = p.n_unassessed = 3;
	p.n_malformed = 1;
	evidence_add(&p.malformed, 0, "<stdin>", 2);
	report_summary(&b, &p, quality_weights, "\"group\":1,");
	buf_addc(&b, '}');
	ok(is(b.data, b.len,
	    "{\"group\":1,\"records\":3,\"malformed\":1,\"unassessed\":3,"
	    "\"score\":75,"
	    "\"dimensions\":{\"validity\":{\"score\":75,\"evaluated\":4,"
	    "\"failed\":1}},\"weights\":{\"completeness\":30,\"validity\":30,"
	    "\"uniqueness\":15,\"consistency\":15,\"timeliness\":10},"
	    "\"histogram\":[0,0,0,0,0,0,0,0,0,0],\"recommendations\":["
	    "{\"field\":null,\"rule\":null,\"keyword\":\"malformed\","
	    "\"severity\":\"error\",\"dimension\":\"validity\",\"failed\":1,"
	    "\"share\":0.25,\"points\":25,"
	    "\"advice\":\"have the source write one JSON value a line\","
	    "\"examples\":[{\"file\":\"<stdin>\",\"line\":2}]}],"
	    "\"checks\":[]}"));
	pool_release(&p);
	buf_release(&b);
}

static bool
read_back(struct pool *p, struct buf *text, struct buf *why)
{
	struct jdoc d;
	bool is_read = false;

	jdoc_init(&d);
	buf_reserve(text, JDOC_PADDING);
	if (jdoc_parse(&d, text->data, text->len) == JERR_NONE)
		is_read = summary_read(p, jval_root(&d), 0, why);
	jdoc_release(&d);
	return is_read;
}

static void
test_read(void)
{
	static const char *const records[] = {"++++++", "+!++++", "-!----",
	    "---!--", "++!-+!", "------", "!-----", "+---4-"};
	static const char *const wrong[] = {"1", "{}", "{\"records\":1}",
	    "{\"records\":1,\"malformed\":0,\"unassessed\":0,"
	    "\"histogram\":[1,2],\"checks\":[]}",
	    "{\"records\":1,\"malformed\":0,\"unassessed\":0,\"histogram\":"
	    "[0,0,0,0,0,0,0,0,0,1],\"checks\":[{\"set\":\"x\",\"of\":[]}]}"};
	struct pool whole, sum;
	struct rosters others = {0};
	struct buf a = {0}, b = {0}, why = {0};

	test("summary_read: what was written comes back, twice is twice");
	pool_init(&whole, &rosters);
	pool_init(&sum, &others);
	for (size_t i = 0; i < 8; i++)
		add(&whole, records[i]);
	whole.n_malformed = 2;
	buf_adds(evidence_add(&whole.sets[0].evidence[A_TYPE], 0, "f", 1), "7");
	report_summary(&a, &whole, quality_weights, "");
	buf_addc(&a, '}');
	ok(read_back(&sum, &a, &why) && why.len == 0);
	report_summary(&b, &sum, quality_weights, "");
	buf_addc(&b, '}');
	ok(b.len == a.len && memcmp(a.data, b.data, a.len) == 0);
	ok(read_back(&sum, &a, &why));
	ok(sum.n_records == 16 && sum.n_malformed == 4);
	ok(sum.sets[0].counts[T_FRESH].lost ==
	    2 * whole.sets[0].counts[T_FRESH].lost);

	test("summary_read: what is no summary is refused, and adds nothing");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		b.len = why.len = 0;
		buf_adds(&b, wrong[i]);
		ok(!read_back(&sum, &b, &why) && why.len > 0);
	}
	ok(sum.n_records == 16);
	pool_release(&whole);
	pool_release(&sum);
	rosters_release(&others);
	buf_release(&a);
	buf_release(&b);
	buf_release(&why);
}

/* A summary of n records, all at 100, and one check with these counts. */
static void
forge(struct buf *b, const char *n, const char *severity, const char *tells)
{
	b->len = 0;
	buf_addf(b,
	    "{\"records\":%s,\"malformed\":0,\"unassessed\":0,"
	    "\"histogram\":[0,0,0,0,0,0,0,0,0,%s],\"checks\":[{\"set\":"
	    "\"0123456789abcdef\",\"of\":[{\"severity\":\"%s\","
	    "\"dimension\":\"validity\",\"group\":0,%s}]}]}",
	    n, n, severity, tells);
}

static void
test_forged(void)
{
	static const struct {
		const char *n, *severity, *counts;
		bool is_sound;
	} cases_of[] = {
	    /* more than all is lost, less than what failed, or more made
	     * than there are records */
	    {"2", "error", "\"evaluated\":2,\"failed\":0,\"lost\":201", false},
	    {"2", "error", "\"evaluated\":2,\"failed\":2,\"lost\":199", false},
	    {"2", "error", "\"evaluated\":3,\"failed\":0,\"lost\":0", false},
	    {"2", "error", "\"evaluated\":2,\"failed\":1,\"lost\":150", true},
	    /* the same set with another severity */
	    {"2", "info", "\"evaluated\":2,\"failed\":1,\"lost\":150", false},
	    {"1000000000000000", "error",
		"\"evaluated\":1000000000000000,\"failed\":0,\"lost\":0",
		false}, /* with those two before it is too much */
	    {"999999999999998", "error",
		"\"evaluated\":999999999999998,\"failed\":0,\"lost\":0", true},
	};
	struct rosters forged = {0};
	struct pool p;
	struct buf b = {0}, why = {0};
	struct quality q;

	test("summary_read: counts that cannot be are refused");
	pool_init(&p, &forged);
	for (size_t i = 0; i < sizeof(cases_of) / sizeof(*cases_of); i++) {
		forge(&b, cases_of[i].n, cases_of[i].severity,
		    cases_of[i].counts);
		ok(read_back(&p, &b, &why) == cases_of[i].is_sound);
	}
	ok(p.n_records == 1000000000000000);
	q = pool_quality(&p); /* 4e17 hundredths, of which 600 are lost */
	ok(is_near(quality_score(&q, quality_weights), 100));
	pool_release(&p);
	rosters_release(&forged);
	buf_release(&b);
	buf_release(&why);

	test("rosters: there is an end to checks in all");
	ok(roster_get(&forged, "0000000000000001", ROSTERS_CHECKS) != NULL);
	ok(roster_get(&forged, "0000000000000002", ROSTERS_CHECKS) != NULL);
	ok(!roster_get(&forged, "0000000000000003", 1));
	ok(roster_get(&forged, "0000000000000002", ROSTERS_CHECKS) != NULL);
	rosters_release(&forged);
}

int
main(void)
{
	struct marks marks;

	marks_init(&marks, &rules);
	roster = roster_of_rules(&rosters, &marks, &rules);
	test_record();
	test_penalty();
	test_pool();
	test_lines();
	test_merge();
	test_advice();
	test_evidence();
	test_report();
	test_read();
	test_forged();
	marks_release(&marks);
	rosters_release(&rosters);
	return done();
}
