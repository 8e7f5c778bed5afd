/* lib/http/freshness: RFC 9111 and RFC 5861, case by case. */
#include <stdlib.h>

#include "http/freshness.h"
#include "unit.h"

#define S INT64_C(1000)
#define MIN (60 * S)
#define HOUR (60 * MIN)
#define CAME INT64_C(784111777000) /* Sun, 06 Nov 1994 08:49:37 GMT */
#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"
#define NONE FRESHNESS_NONE

static void
test_control(void)
{
	static const struct {
		const char *text;
		struct cache_control want;
	} rows[] = {
	    {NULL, {false, false, false, NONE, NONE}},
	    {"", {false, false, false, NONE, NONE}},
	    {" , ,", {false, false, false, NONE, NONE}},
	    {"max-age=60", {false, false, false, MIN, NONE}},
	    {"MAX-AGE = 60 ,No-Store", {true, false, false, MIN, NONE}},
	    {"max-age=\"60\"", {false, false, false, MIN, NONE}},
	    {"max-age=60, max-age=30", {false, false, false, 30 * S, NONE}},
	    {"max-age=-1", {false, false, false, 0, NONE}},
	    {"max-age=1.5", {false, false, false, 0, NONE}},
	    {"max-age=x", {false, false, false, 0, NONE}},
	    {"max-age", {false, false, false, 0, NONE}},
	    {"max-age=", {false, false, false, 0, NONE}},
	    {"max-age=99999999999999999999999",
		{false, false, false, FRESHNESS_MAX, NONE}},
	    {"s-maxage=9, private, public, immutable",
		{false, false, false, NONE, NONE}},
	    {"no-cache=\"a, no-store\"", {false, true, false, NONE, NONE}},
	    {"x=\"max-age=5, \\\", no-store\", must-revalidate",
		{false, false, true, NONE, NONE}},
	    {"x=\"no end, no-store", {false, false, false, NONE, NONE}},
	    {"stale-if-error=86400", {false, false, false, NONE, 24 * HOUR}},
	    {"no-storee, xno-store", {false, false, false, NONE, NONE}},
	};

	test("freshness: Cache-Control");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct cache_control c;
		const struct cache_control *w = &rows[i].want;
		bool same;

		cache_control_read(&c, rows[i].text);
		same = c.no_store == w->no_store && c.no_cache == w->no_cache &&
		       c.must_revalidate == w->must_revalidate &&
		       c.max_age == w->max_age &&
		       c.stale_if_error == w->stale_if_error;
		if (!same)
			printf("# %s\n", rows[i].text);
		ok(same);
	}
}

/* What is judged, at which moment after CAME, and what comes of it. */
struct row {
	const char *name;
	struct freshness_answer a;
	struct freshness_wish w;
	int64_t after;
	int64_t age, lifetime;
	bool is_fresh, is_usable_stale;
};

/* What the rows share: asked and came at CAME; nothing wished for. */
#define ANSWER .status = 200, .asked = CAME, .came = CAME
#define WISH(t, s, m) .ttl = (t), .stale_if_error = (s), .per_mille = (m)

static const struct row rows[] = {
    {"nothing said", {ANSWER}, {WISH(NONE, NONE, 1000)}, 0, 0, 0, false, false},
    {"max-age", {ANSWER, .cache_control = "max-age=60"},
	{WISH(NONE, NONE, 1000)}, 59999, 59999, MIN, true, false},
    {"max-age is over", {ANSWER, .cache_control = "max-age=60"},
	{WISH(NONE, NONE, 1000)}, MIN, MIN, MIN, false, false},
    {"Age counts", {ANSWER, .cache_control = "max-age=60", .age = " 50 "},
	{WISH(NONE, NONE, 1000)}, 10 * S, MIN, MIN, false, false},
    {"an Age that is none", {ANSWER, .cache_control = "max-age=60", .age = "x"},
	{WISH(NONE, NONE, 1000)}, 10 * S, 10 * S, MIN, true, false},
    {"the answer took long",
	{.asked = CAME - 50 * S, .came = CAME, .cache_control = "max-age=60"},
	{WISH(NONE, NONE, 1000)}, 5 * S, 55 * S, MIN, true, false},
    {"max-age before Expires",
	{ANSWER, .cache_control = "max-age=60",
	    .expires = "Sun, 06 Nov 1994 09:49:37 GMT", .date = DATE},
	{WISH(NONE, NONE, 1000)}, 0, 0, MIN, true, false},
    {"Expires against Date",
	{ANSWER, .expires = "Sun, 06 Nov 1994 08:50:37 GMT", .date = DATE},
	{WISH(NONE, NONE, 1000)}, 30 * S, 30 * S, MIN, true, false},
    {"a server two hours ahead",
	{ANSWER, .expires = "Sun, 06 Nov 1994 10:50:37 GMT",
	    .date = "Sun, 06 Nov 1994 10:49:37 GMT"},
	{WISH(NONE, NONE, 1000)}, 30 * S, 30 * S, MIN, true, false},
    {"a server two hours behind",
	{ANSWER, .expires = "Sunday, 06-Nov-94 06:50:37 GMT",
	    .date = "Sun Nov  6 06:49:37 1994"},
	{WISH(NONE, NONE, 1000)}, 61 * S, 61 * S, MIN, false, false},
    {"Expires without Date",
	{ANSWER, .expires = "Sun, 06 Nov 1994 08:50:37 GMT"},
	{WISH(NONE, NONE, 1000)}, 0, 0, MIN, true, false},
    {"Expires is past", {ANSWER, .expires = DATE, .date = DATE},
	{WISH(NONE, NONE, 1000)}, 0, 0, 0, false, false},
    {"Expires: 0", {ANSWER, .expires = "0", .last_modified = DATE},
	{WISH(NONE, NONE, 1000), .is_heuristic = true}, HOUR, HOUR, 0, false,
	false},
    {"no-cache", {ANSWER, .cache_control = "no-cache, max-age=60"},
	{WISH(HOUR, NONE, 1000)}, 1, 1, 0, false, false},
    {"ttl", {ANSWER, .cache_control = "max-age=0"}, {WISH(MIN, NONE, 1000)},
	59 * S, 59 * S, MIN, true, false},
    {"ttl of 0", {ANSWER, .cache_control = "max-age=60"}, {WISH(0, NONE, 1000)},
	0, 0, 0, false, false},
    {"jitter", {ANSWER, .cache_control = "max-age=60"}, {WISH(NONE, NONE, 900)},
	55 * S, 55 * S, 54 * S, false, false},
    {"our clock was set back", {ANSWER, .cache_control = "max-age=60"},
	{WISH(NONE, NONE, 1000)}, -HOUR, 0, MIN, false, false},
    {"no guess unless wanted",
	{ANSWER, .date = DATE,
	    .last_modified = "Sun, 06 Nov 1994 08:39:37 GMT"},
	{WISH(NONE, NONE, 1000)}, 0, 0, 0, false, false},
    {"a guess: a tenth",
	{ANSWER, .date = DATE,
	    .last_modified = "Sun, 06 Nov 1994 08:39:37 GMT"},
	{WISH(NONE, NONE, 1000), .is_heuristic = true}, 0, 0, MIN, true, false},
    {"a guess: a day at most",
	{ANSWER, .date = DATE,
	    .last_modified = "Sun, 06 Nov 1983 08:39:37 GMT"},
	{WISH(NONE, NONE, 1000), .is_heuristic = true}, 0, 0, 24 * HOUR, true,
	false},
    {"a guess: a Date in the future is now",
	{ANSWER, .date = "Mon, 06 Nov 2094 08:49:37 GMT",
	    .last_modified = "Sun, 06 Nov 1994 08:39:37 GMT"},
	{WISH(NONE, NONE, 1000), .is_heuristic = true}, 0, 0, MIN, true, false},
    {"a guess: changed in the future",
	{ANSWER, .last_modified = "Mon, 06 Nov 2094 08:49:37 GMT"},
	{WISH(NONE, NONE, 1000), .is_heuristic = true}, 0, 0, 0, false, false},
    {"stale-if-error of the server",
	{ANSWER, .cache_control = "max-age=60, stale-if-error=60"},
	{WISH(NONE, NONE, 1000)}, 2 * MIN, 2 * MIN, MIN, false, true},
    {"stale-if-error is over",
	{ANSWER, .cache_control = "max-age=60, stale-if-error=60"},
	{WISH(NONE, NONE, 1000)}, 2 * MIN + 1, 2 * MIN + 1, MIN, false, false},
    {"stale-if-error of the caller",
	{ANSWER, .cache_control = "max-age=60, stale-if-error=60"},
	{WISH(NONE, HOUR, 1000)}, MIN + HOUR, MIN + HOUR, MIN, false, true},
    {"never, says the caller",
	{ANSWER, .cache_control = "max-age=60, stale-if-error=60"},
	{WISH(NONE, 0, 1000)}, 61 * S, 61 * S, MIN, false, false},
    {"must-revalidate",
	{ANSWER, .cache_control = "max-age=60, must-revalidate"},
	{WISH(NONE, HOUR, 1000)}, 61 * S, 61 * S, MIN, false, false},
    {"must-revalidate, forced",
	{ANSWER, .cache_control = "max-age=60, must-revalidate"},
	{WISH(NONE, HOUR, 1000), .is_forced = true}, 61 * S, 61 * S, MIN, false,
	true},
    {"no-cache is not served stale", {ANSWER, .cache_control = "no-cache"},
	{WISH(NONE, HOUR, 1000)}, 1, 1, 0, false, false},
    {"any duration ends",
	{ANSWER, .cache_control = "max-age=99999999999999",
	    .age = "99999999999999"},
	{WISH(INT64_MAX, INT64_MAX, 1000)}, 1, FRESHNESS_MAX + 1, FRESHNESS_MAX,
	false, true},
};

static void
test_judge(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *r = &rows[i];
		struct freshness f =
		    freshness_judge(&r->a, &r->w, CAME + r->after);

		test(r->name);
		ok(f.age == r->age);
		ok(f.lifetime == r->lifetime);
		ok(f.is_fresh == r->is_fresh);
		ok(f.is_usable_stale == r->is_usable_stale);
	}
}

static bool
varies(const char *vary, const char *const *headers, const char *want)
{
	struct buf key = {0};
	bool good = freshness_vary(&key, vary, headers);

	good = want ? good && is(key.data, key.len, want) : !good;
	buf_release(&key);
	return good;
}

static void
test_storable(void)
{
	static const char *const headers[] = {
	    "Accept: a/b ", "X:1", "x:  2", "Accepts: no", "odd", NULL};
	struct freshness_answer a = {ANSWER, .vary = "Accept, *"};

	test("freshness: what Vary names tells answers apart");
	ok(varies(NULL, headers, ""));
	ok(varies("", headers, ""));
	ok(varies(
	    "x, ACCEPT,,accept , odd", headers, "accept:a/b\nodd\nx:1:2\n"));
	ok(varies("Accept", NULL, "accept\n"));
	ok(varies("a, *", headers, NULL));
	ok(varies(" * ", headers, NULL));

	test("freshness: no-store and Vary: * are not kept");
	ok(!freshness_is_storable(&a));
	a.vary = "Accept";
	ok(freshness_is_storable(&a));
	a.cache_control = "max-age=60, no-store";
	ok(!freshness_is_storable(&a));

	test("freshness: headers that are kept, and that a 304 brings");
	ok(freshness_keeps("ETag", 4) && freshness_updates("ETag", 4));
	ok(freshness_keeps("Content-Type", 12));
	ok(!freshness_updates("Content-Type", 12));
	ok(!freshness_keeps("Set-Cookie", 10));
	ok(!freshness_updates("set-cookie", 10));
	ok(!freshness_keeps("Content-Length", 14));
	ok(!freshness_keeps("Transfer-Encoding", 17));
	ok(freshness_keeps("Set-Cookies", 11));
}

int
main(void)
{
	test_control();
	test_judge();
	test_storable();
	return done();
}
