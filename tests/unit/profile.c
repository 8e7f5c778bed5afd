/* lib/quality/profile and suggest: counts worked by hand, parts that merge. */
#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "quality/proposal.h"
#include "quality/suggest.h"
#include "unit.h"

static struct jdoc doc;

/* Add a record, as JSON text. */
static void
add(struct profile *p, const char *text)
{
	size_t len = strlen(text);
	char *padded = xcalloc(len + JDOC_PADDING, 1);

	memcpy(padded, text, len);
	if (jdoc_parse(&doc, padded, len) == JERR_NONE)
		profile_add(p, jval_root(&doc));
	free(padded);
}

/* The same with printf's words. */
#define ADD(p, ...) \
	do { \
		char text_[512]; \
		snprintf(text_, sizeof(text_), __VA_ARGS__); \
		add(p, text_); \
	} while (0)

/* The path that is written so, or NULL. */
static const struct profile_path *
find(const struct profile *p, const char *name)
{
	const struct profile_path *x = p->root;
	struct buf b = {0};

	for (; x; x = profile_next(x)) {
		b.len = 0;
		profile_write_path(&b, x);
		if (b.len == strlen(name) && memcmp(b.data, name, b.len) == 0)
			break;
	}
	buf_release(&b);
	return x;
}

static void
test_paths(void)
{
	struct profile p;

	test("profile: what is there, null and missing, at each path");
	profile_init(&p, false);
	add(&p, "{\"a\":1,\"b\":{\"c\":null},\"d\":[1,[2],{\"e\":true}]}");
	add(&p, "{\"b\":{},\"a\":null,\"odd name\":\"x\",\"_cdo\":{\"y\":1}}");
	add(&p, "{\"b\":{\"c\":\"s\"},\"d\":[{\"f\":1},{\"e\":false}]}");
	add(&p, "[7]");
	add(&p, "8");
	ok(p.n_records == 5 && profile_count(p.root) == 5);
	ok(p.root->types[PROFILE_OBJECT] == 3);
	ok(p.root->types[PROFILE_INTEGER] == 1 && find(&p, "."));
	ok(profile_count(find(&p, ".a")) == 2);
	ok(profile_missing(find(&p, ".a")) == 1);
	ok(find(&p, ".a")->types[PROFILE_NULL] == 1);
	ok(profile_count(find(&p, ".b.c")) == 2);
	ok(profile_missing(find(&p, ".b.c")) == 1);
	ok(profile_count(find(&p, ".d[]")) == 5);
	ok(find(&p, ".d[][]")->types[PROFILE_INTEGER] == 1);
	ok(profile_count(find(&p, ".d[].e")) == 2);
	ok(profile_missing(find(&p, ".d[].e")) == 1);
	ok(find(&p, ".d[].e")->n_true == 1);
	ok(find(&p, ".\"odd name\"") && find(&p, ".[]"));
	ok(!find(&p, "._cdo") && !find(&p, "._cdo.y"));
	ok(p.n_paths == 11 && profile_beyond(&p) == 0);
	profile_release(&p);
	profile_release(&p);

	test("profile: of duplicate names the last one counts");
	profile_init(&p, false);
	for (int i = 0; i < 2; i++)
		add(&p, "{\"a\":1,\"b\":2,\"a\":\"x\",\"a\":true}");
	ok(profile_count(find(&p, ".a")) == 2);
	ok(find(&p, ".a")->types[PROFILE_BOOLEAN] == 2);
	ok(profile_count(find(&p, ".b")) == 2);
	profile_release(&p);
}

static void
test_numbers(void)
{
	struct profile p;
	const struct profile_path *x;
	struct top_value top[TOP_MAX];

	test("profile: numbers");
	profile_init(&p, false);
	add(&p, "[2,4,4,4,5,5,7,9]");
	x = find(&p, ".[]");
	ok(x->numbers.n == 8 && x->numbers.min == 2 && x->numbers.max == 9);
	ok(x->numbers.mean == 5 && fabs(x->numbers.m2 - 32) < 1e-12);
	ok(profile_distinct(x) == 5);
	add(&p, "[4.0,4e0,18446744073709551615,-1,-0.5]");
	ok(profile_distinct(x) == 8); /* 4.0 is 4, the largest is not -1 */
	ok(x->types[PROFILE_INTEGER] == 10 && x->types[PROFILE_NUMBER] == 3);
	top_list(&x->top, top);
	ok(top[0].count == 5 && top[0].tag == PROFILE_TAG_INT);
	profile_release(&p);
}

/* Any records, of changing kinds. */
static void
add_any(struct profile *p, unsigned i)
{
	unsigned r = i * 2654435761U >> 8;

	ADD(p,
	    "{\"id\":%u,\"s\":\"%s-%u\",\"%s\":%u.5,\"list\":[%u,\"t\",null],"
	    "\"t\":\"2026-11-24T15:%02u:00Z\",\"w\":{\"x\":%s}}",
	    i, r % 3 ? "ab" : "c", r % 1000, r % 5 ? "k" : "l", r % 777, r % 9,
	    i / 20 % 60, r % 2 ? "true" : "null");
}

static void
test_merge(void)
{
	struct profile whole, sum, part;
	struct buf a = {0}, b = {0};
	const struct profile_path *x, *y;
	bool same = true;

	test("profile: ten parts merged are the whole");
	profile_init(&whole, true);
	profile_init(&sum, true);
	for (unsigned i = 0; i < 10; i++) {
		profile_init(&part, true);
		for (unsigned j = i * 100; j < i * 100 + 100; j++) {
			add_any(&whole, j);
			add_any(&part, j);
		}
		profile_merge(&sum, &part);
		profile_release(&part);
	}
	ok(whole.n_records == 1000 && sum.n_records == 1000);
	for (x = whole.root, y = sum.root; x && y;
	     x = profile_next(x), y = profile_next(y)) {
		a.len = b.len = 0;
		profile_write_path(&a, x);
		profile_write_path(&b, y);
		same &= a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
		same &= memcmp(x->types, y->types, sizeof(x->types)) == 0;
		same &= profile_distinct(x) == profile_distinct(y);
		same &= x->numbers.n == y->numbers.n &&
			x->numbers.max == y->numbers.max;
		/* a thousand additions, each rounded to 1e-16 */
		same &= fabs(x->numbers.m2 - y->numbers.m2) <=
			1e-12 * x->numbers.m2;
		same &= x->lengths.n == y->lengths.n;
		same &= x->course.n == y->course.n &&
			x->course.n_down == y->course.n_down;
		same &= x->exact.state == y->exact.state;
		same &= memcmp(x->forms.have, y->forms.have,
			    sizeof(x->forms.have)) == 0;
		ok(same);
	}
	ok(!x && !y);
	ok(find(&sum, ".id")->exact.n == 1000);
	ok(find(&sum, ".t")->course.n_down == 0);
	profile_release(&whole);
	profile_release(&sum);
	buf_release(&a);
	buf_release(&b);
}

static void
test_bounds(void)
{
	struct profile p;
	struct buf deep = {0};

	test("profile: paths, members and levels have an end, and it is told");
	profile_init(&p, false);
	for (int i = 0; i < 2 * PROFILE_MEMBERS; i++)
		ADD(&p, "{\"map\":{\"k%d\":[%d]},\"a%d\":1}", i, i, i);
	ok(p.n_paths <= PROFILE_PATHS);
	ok(find(&p, ".map")->n_children < PROFILE_MEMBERS);
	ok(profile_beyond(&p) >= 2 * PROFILE_MEMBERS);
	for (int i = 0; i < 100; i++)
		buf_addc(&deep, '[');
	for (int i = 0; i < 100; i++)
		buf_addc(&deep, ']');
	buf_addc(&deep, '\0');
	profile_release(&p);
	profile_init(&p, false);
	add(&p, deep.data);
	ok(p.n_paths == PROFILE_DEPTH + 1 && profile_beyond(&p) == 1);
	buf_release(&deep);
	profile_release(&p);
}

static void
test_write(void)
{
	struct profile p;
	struct buf b = {0};

	test("profile: written");
	profile_init(&p, false);
	add(&p, "{\"n\":1,\"t\":\"2026-11-24\"}");
	add(&p, "{\"n\":2.5,\"t\":null}");
	profile_write(&b, &p);
	ok(is(b.data, b.len,
	    "{\"records\":2,\"not_followed\":0,\"paths\":["
	    "{\"path\":\".\",\"count\":2,\"missing\":0,\"null\":0,"
	    "\"types\":{\"object\":{\"count\":2,\"share\":1}},\"flags\":[]},"
	    "{\"path\":\".n\",\"count\":2,\"missing\":0,\"null\":0,"
	    "\"types\":{\"integer\":{\"count\":1,\"share\":0.5},"
	    "\"number\":{\"count\":1,\"share\":0.5}},\"distinct\":2,"
	    "\"numbers\":{\"min\":1,\"max\":2.5,\"mean\":1.75,\"sd\":0.75,"
	    "\"p50\":1,\"p90\":2.5,\"p99\":2.5},"
	    "\"top\":[{\"value\":1,\"count\":1},{\"value\":2.5,\"count\":1}],"
	    "\"flags\":[\"unique\"]},"
	    "{\"path\":\".t\",\"count\":2,\"missing\":0,\"null\":1,"
	    "\"types\":{\"null\":{\"count\":1,\"share\":0.5},"
	    "\"string\":{\"count\":1,\"share\":0.5}},\"distinct\":1,"
	    "\"lengths\":{\"min\":10,\"max\":10,\"mean\":10,\"sd\":0},"
	    "\"top\":[{\"value\":\"2026-11-24\",\"count\":1}],"
	    "\"shapes\":[{\"shape\":\"9999-99-99\",\"count\":1}],"
	    "\"formats\":{\"date\":1},\"flags\":[\"date_as_text\"]}]}"));
	profile_release(&p);
	buf_release(&b);
}

/* n records like weather. */
static void
fill(struct profile *p, unsigned n)
{
	static const char *const units[] = {"C", "F", "K"};

	profile_init(p, true);
	for (unsigned i = 0; i < n; i++)
		ADD(p,
		    "{\"id\":\"w-%04u\",\"n\":%u,\"unit\":\"%s\","
		    "\"humidity\":%u,\"t\":\"2026-11-24T15:%02u:00Z\","
		    "\"wind\":{\"speed\":%u.25},\"note\":\"%.*s\",\"k\":7%s}",
		    i, i + 1000, units[i % 3], i * 37 % 50, i % 60, i % 20,
		    (int)(i % 7), "abcdefg", i % 2 ? ",\"opt\":null" : "");
}

static struct proposal
propose(const struct profile *p, const char *path)
{
	struct proposal q;

	proposal_make(&q, p, find(p, path));
	return q;
}

static void
test_proposals(void)
{
	struct profile p;
	struct proposal q;

	test("proposal: presence, codes and uniqueness");
	fill(&p, 60);
	q = propose(&p, ".id");
	ok(q.is_required && q.is_everywhere && q.is_unique);
	ok(q.types == 1 << PROFILE_STRING && q.n_values == 0);
	ok(is(q.pattern.data, q.pattern.len, "^w-[0-9]{4}$"));
	ok(q.min_length == PROPOSAL_NONE && q.evidence[DEMAND_UNIQUE].len > 0);
	proposal_release(&q);
	proposal_release(&q);

	test("proposal: keys have no range, others one with a margin");
	q = propose(&p, ".n");
	ok(q.is_unique && q.min.len == 0 && q.max.len == 0);
	proposal_release(&q);
	q = propose(&p, ".humidity"); /* 0 to 49, margin 12.25, step 1 */
	ok(!q.is_unique && is(q.min.data, q.min.len, "0"));
	ok(is(q.max.data, q.max.len, "62"));
	proposal_release(&q);
	q = propose(&p, ".wind.speed"); /* 0.25 to 19.25, 4.75, step 1 */
	ok(is(q.min.data, q.min.len, "0") && is(q.max.data, q.max.len, "24"));
	proposal_release(&q);
	q = propose(&p, ".k"); /* always 7 */
	ok(is(q.min.data, q.min.len, "0") && q.max.len == 0);
	proposal_release(&q);

	test("proposal: few strings are listed, times are in order");
	q = propose(&p, ".unit");
	ok(q.n_values == 3 && q.pattern.len == 0);
	proposal_release(&q);
	q = propose(&p, ".t");
	ok(q.is_time && q.is_ordered && q.form == FORM_DATE_TIME);
	proposal_release(&q);

	test("proposal: text has a length, what is always null has nothing");
	q = propose(&p, ".note");
	ok(q.n_values == 0); /* seven, less than ten times each */
	ok(q.min_length == PROPOSAL_NONE && q.max_length == 20);
	proposal_release(&q);
	q = propose(&p, ".opt");
	ok(q.types == 0 && !q.is_required);
	proposal_release(&q);
	profile_release(&p);
}

static void
test_few(void)
{
	struct profile p;
	struct proposal q;

	test("proposal: few records give types alone, and these wide");
	fill(&p, PROPOSAL_LEAST - 1);
	for (const struct profile_path *x = p.root; x; x = profile_next(x)) {
		proposal_make(&q, &p, x);
		ok(!q.is_required && !q.is_unique && !q.is_ordered);
		ok(q.min.len + q.max.len + q.pattern.len == 0);
		ok(q.n_values == 0 && q.max_length == PROPOSAL_NONE);
		proposal_release(&q);
	}
	q = propose(&p, ".n");
	ok(q.types == (1 << PROFILE_NUMBER | 1 << PROFILE_NULL));
	proposal_release(&q);
	profile_release(&p);
}

static void
test_chance(void)
{
	struct profile p;
	struct proposal q;

	test("proposal: what differs by chance is not unique");
	profile_init(&p, true);
	for (unsigned i = 0; i < 60; i++)
		ADD(&p, "{\"big\":%u,\"small\":%u,\"x\":%u.5,\"up\":%u}",
		    i * 2654435761U, i * 37 % 101, i, i * 1000000);
	q = propose(&p, ".big"); /* of 2^32 */
	ok(!q.is_unique && q.max.len > 0);
	proposal_release(&q);
	q = propose(&p, ".small"); /* of 101: all but surely not random */
	ok(q.is_unique);
	proposal_release(&q);
	q = propose(&p, ".x"); /* a measurement, growing */
	ok(!q.is_unique && q.min.len > 0 && q.max.len == 0);
	proposal_release(&q);
	q = propose(&p, ".up");
	ok(q.is_unique);
	proposal_release(&q);
	profile_release(&p);
}

static void
test_suggest(void)
{
	struct profile p;
	struct buf b = {0};

	test("suggest: a rule file and a schema out of a few records");
	profile_init(&p, true);
	add(&p, "{\"a\":1,\"b\":[\"x\"]}");
	add(&p, "{\"a\":\"y\",\"b\":[]}");
	suggest_rules(&b, &p);
	ok(is(b.data, b.len,
	    "{\"name\": \"suggested\",\n"
	    " \"description\": \"proposed from 2 records, "
	    "too few for more than types\",\n \"rules\": [\n"
	    "  {\"field\": \".\", \"type\": \"object\",\n"
	    "   \"evidence\": {\"type\": \"object 2\"}},\n"
	    "  {\"field\": \".a\", \"type\": [\"number\", \"string\"],\n"
	    "   \"evidence\": {\"type\": \"integer 1, string 1\"}},\n"
	    "  {\"field\": \".b\", \"type\": \"array\",\n"
	    "   \"evidence\": {\"type\": \"array 2\"}}]}"));
	b.len = 0;
	suggest_schema(&b, &p);
	ok(is(b.data, b.len,
	    "{\n  \"$schema\": "
	    "\"https://json-schema.org/draft/2020-12/schema\",\n"
	    "  \"title\": \"proposed from 2 records\",\n"
	    "  \"type\": [\"null\", \"object\"],\n"
	    "  \"$comment\": \"type: object 2\",\n"
	    "  \"properties\": {\n    \"a\": {\n"
	    "      \"type\": [\"null\", \"number\", \"string\"],\n"
	    "      \"$comment\": \"type: integer 1, string 1\"\n    },\n"
	    "    \"b\": {\n      \"type\": [\"null\", \"array\"],\n"
	    "      \"$comment\": \"type: array 2\",\n"
	    "      \"items\": {\n        \"type\": [\"null\", \"string\"],\n"
	    "        \"$comment\": \"type: string 1\"\n      }\n    }\n"
	    "  }\n}"));
	buf_release(&b);
	profile_release(&p);
}

static void
test_save(void)
{
	struct profile p, q;
	struct buf saved = {0}, again = {0}, text = {0}, same = {0};
	size_t n_refused = 0;

	test("profile: what was saved is loaded, and written as before");
	profile_init(&p, false);
	for (int i = 0; i < 2000; i++)
		ADD(&p,
		    "{\"i\":%d,\"s\":\"K-%d\",\"l\":[%d.5,true],\"n\":null}", i,
		    i % 600, i % 7);
	add(&p, "{\"\":{\"deep\":[[\"x\"]]},\"d\":\"2026-01-01\"}");
	profile_save(&saved, &p);
	profile_init(&q, false);
	ok(profile_load(&q, saved.data, saved.len));
	profile_save(&again, &q);
	ok(again.len == saved.len); /* tables may be in another order */
	profile_write(&text, &p);
	profile_write(&same, &q);
	ok(text.len == same.len && memcmp(text.data, same.data, text.len) == 0);
	profile_release(&q);

	test("profile: what is cut, longer or spoilt is refused, or harmless");
	for (size_t len = 0; len < saved.len; len += 97) {
		profile_init(&q, false);
		n_refused += !profile_load(&q, saved.data, len);
		profile_release(&q);
	}
	ok(n_refused == (saved.len + 96) / 97);
	buf_addc(&saved, 0);
	profile_init(&q, false);
	ok(!profile_load(&q, saved.data, saved.len));
	profile_release(&q);
	saved.data[0] ^= 1;
	profile_init(&q, false);
	ok(!profile_load(&q, saved.data, saved.len - 1));
	profile_release(&q);
	profile_release(&p);
	buf_release(&saved);
	buf_release(&again);
	buf_release(&text);
	buf_release(&same);
}

int
main(void)
{
	jdoc_init(&doc);
	test_paths();
	test_numbers();
	test_merge();
	test_bounds();
	test_write();
	test_proposals();
	test_few();
	test_chance();
	test_suggest();
	test_save();
	jdoc_release(&doc);
	return done();
}
