/* The machines of lib/state, step by step on a clock that is set. */
#include "core/timestamp.h"
#include "state/breaker.h"
#include "state/budget.h"
#include "state/cursor.h"
#include "state/lease.h"
#include "state/rate.h"
#include "state/seen.h"
#include "unit.h"

#define S INT64_C(1000)
#define M (60 * S)
#define H (60 * M)
#define T0 (INT64_C(1760000000) * S) /* where the clock starts */

/* One step of a breaker: 's' success, 'f' failure, 'n' neither, told by
 * holder; '?' may holder call, 'd' the same, and the probe is dead. */
struct step {
	int64_t at; /* after T0 */
	const char *holder;
	char what;
	char want; /* 'a' allow, 'p' probe, 'r' refuse, 'o' opened, '-' not */
	int64_t until; /* after T0, for 'r' */
};

static char
breaker_letter(struct breaker *b, const struct step *s, int64_t *until)
{
	static const char outcomes[] = "sfn", letters[] = "apr";
	const char *outcome = strchr(outcomes, s->what);
	struct breaker_answer a;

	if (outcome)
		return breaker_tell(b, &breaker_rules, s->holder,
			   (enum breaker_outcome)(outcome - outcomes), 0.5,
			   T0 + s->at)
			   ? 'o'
			   : '-';
	a = breaker_ask(
	    b, &breaker_rules, s->holder, 35 * S, s->what == 'd', T0 + s->at);
	*until = a.until;
	return letters[a.verdict];
}

static void
run_steps(struct breaker *b, const struct step *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t until = 0;
		char got = breaker_letter(b, &s[i], &until);

		if (got != s[i].want ||
		    (got == 'r' && until != T0 + s[i].until))
			printf("# step %zu: %c, until %lld\n", i, got,
			    (long long)(until - T0));
		ok(got == s[i].want);
		ok(got != 'r' || until == T0 + s[i].until);
	}
}

#define RUN(b, steps) run_steps(b, steps, sizeof(steps) / sizeof(*(steps)))

/* with random = 0.5 the jitter is a twentieth: 31.5 s, 63 s, 126 s ... */
static const struct step count_rule[] = {
    {0, "a", '?', 'a', 0},
    {0, "a", 'f', '-', 0},
    {1 * S, "a", 'f', '-', 0},
    {2 * S, "a", 'f', '-', 0},
    {3 * S, "a", 'f', '-', 0},
    {4 * S, "a", 's', '-', 0}, /* not in a row */
    {5 * S, "a", 'n', '-', 0},
    {11 * M, "a", 'f', '-', 0},
    {11 * M, "a", 'f', '-', 0},
    {11 * M, "a", 'n', '-', 0}, /* says nothing */
    {11 * M, "b", 'f', '-', 0},
    {11 * M, "b", 'f', '-', 0},
    {11 * M, "c", 'f', 'o', 0},
    {11 * M, "a", '?', 'r', 11 * M + 31500},
    {11 * M + 31499, "a", '?', 'r', 11 * M + 31500},
    /* a call that began before it opened ends: of no account */
    {11 * M + 1 * S, "a", 's', '-', 0},
    {11 * M + 2 * S, "a", 'f', '-', 0},
    {11 * M + 31500, "a", '?', 'p', 0},
    {11 * M + 31500, "a", '?', 'p', 0}, /* the same one may ask again */
    {11 * M + 32000, "b", '?', 'r', 11 * M + 66500},
    {11 * M + 33000, "b", 's', '-', 0}, /* b is not the probe */
    {11 * M + 33000, "b", '?', 'r', 11 * M + 66500},
    {11 * M + 34000, "a", 's', '-', 0},
    {11 * M + 34000, "b", '?', 'a', 0},
};

static const struct step rate_rule[] = {
    {0, "a", 's', '-', 0}, {0, "a", 's', '-', 0}, {1 * M, "a", 'f', '-', 0},
    {2 * M, "a", 's', '-', 0}, {3 * M, "a", 'f', '-', 0},
    {3 * M, "a", 'f', '-', 0}, {4 * M, "a", 's', '-', 0},
    {5 * M, "a", 'f', '-', 0},
    {6 * M, "a", 's', '-', 0}, /* 9 calls, 4 failed */
    {7 * M, "a", 'f', 'o', 0}, /* 5 of 10 */
};

/* the same a minute later in all: the first two successes have left */
static const struct step rate_rule_slides[] = {
    {0, "a", 'f', '-', 0}, {0, "a", 'f', '-', 0}, {1 * M, "a", 's', '-', 0},
    {5 * M, "a", 's', '-', 0}, {5 * M, "a", 's', '-', 0},
    {5 * M, "a", 's', '-', 0}, {9 * M, "a", 's', '-', 0},
    {9 * M, "a", 's', '-', 0},
    {10 * M, "a", 'f', '-', 0}, /* 7 calls, 1 failed */
    {10 * M, "a", 'f', '-', 0}, {10 * M, "a", 'f', '-', 0},
    {10 * M, "a", 's', '-', 0}, /* 10 calls, 3 failed */
    {10 * M, "a", 'f', '-', 0}, /* 4 of 11 */
    {10 * M, "a", 'f', '-', 0}, /* 5 of 12 */
};

static void
fail_five(struct breaker *b, int64_t at)
{
	for (int i = 0; i < 5; i++)
		breaker_tell(
		    b, &breaker_rules, "x", BREAKER_FAILURE, 0.5, T0 + at);
}

static void
test_breaker_rules(void)
{
	struct breaker b = {0};

	test("breaker: five failures in a row open it, one probe closes it");
	RUN(&b, count_rule);

	test("breaker: half of ten calls within ten minutes open it");
	b = (struct breaker){0};
	RUN(&b, rate_rule);

	test("breaker: calls leave the window after ten minutes");
	b = (struct breaker){0};
	RUN(&b, rate_rule_slides);
	ok(!b.is_open);
	ok(b.calls[0] == 6 && b.calls[1] == 2 && b.calls[5] == 3);
}

static void
test_breaker_probes(void)
{
	static const struct step lost[] = {
	    {1 * M, "a", '?', 'p', 0},
	    {1 * M + 34999, "b", '?', 'r', 1 * M + 35 * S},
	    {1 * M + 35 * S, "b", '?', 'p', 0}, /* a was killed */
	    {1 * M + 36 * S, "a", 's', '-', 0}, /* no, it was only slow */
	    {1 * M + 36 * S, "c", '?', 'r', 1 * M + 70 * S},
	    {1 * M + 37 * S, "c", 'd', 'p', 0}, /* b is known to be dead */
	    {1 * M + 38 * S, "c", 'n', '-', 0}, /* 429: the lease is free */
	    {1 * M + 38 * S, "d", '?', 'p', 0},
	    {1 * M + 39 * S, "d", 'f', 'o', 0},
	    {1 * M + 40 * S, "d", '?', 'r', 1 * M + 102 * S},
	};
	struct breaker b = {0};

	test("breaker: the lease of a probe that is lost runs out");
	fail_five(&b, 0);
	RUN(&b, lost);
}

static void
test_breaker_times(void)
{
	static const int64_t lengths[] = {30 * S, 60 * S, 120 * S, 240 * S,
	    480 * S, 900 * S, 900 * S, 900 * S};
	struct breaker b = {0};
	int64_t at = 0;

	test("breaker: the time doubles up to 15 minutes, and a twentieth");
	fail_five(&b, at);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		ok(b.until - b.opened_at == lengths[i] * 105 / 100);
		at = b.until - T0;
		ok(breaker_ask(&b, &breaker_rules, "a", S, false, T0 + at)
			.verdict == BREAKER_PROBE);
		ok(breaker_tell(
		    &b, &breaker_rules, "a", BREAKER_FAILURE, 0.5, T0 + at));
	}
	ok(b.openings == 9);

	test("breaker: each quiet hour takes a doubling back");
	breaker_ask(&b, &breaker_rules, "a", S, false, T0 + at + 3 * H);
	ok(b.openings == 6);
	breaker_ask(&b, &breaker_rules, "a", S, false, T0 + at + 4 * H - 1);
	ok(b.openings == 6);
	breaker_ask(&b, &breaker_rules, "a", S, false, T0 + at + 100 * H);
	ok(b.openings == 0);
	breaker_tell(
	    &b, &breaker_rules, "a", BREAKER_FAILURE, 0, T0 + at + 100 * H);
	ok(b.until - b.opened_at == 30 * S);
	breaker_reset(&b);
	b.openings = INT64_MAX - 1;
	fail_five(&b, at);
	ok(b.until - b.opened_at == 900 * S * 105 / 100);
}

static void
test_breaker_clock(void)
{
	static const struct step back[] = {
	    {-1 * M, "a", '?', 'r', 31500}, /* a little: it waits longer */
	    {-16 * M, "a", '?', 'r', 31500},
	    {-17 * M, "a", '?', 'p', 0}, /* no opening is that long */
	    {-17 * M, "b", '?', 'r', -17 * M + 35 * S},
	    {-40 * M, "b", '?', 'r', -40 * M + 35 * S}, /* cut again */
	    {-40 * M, "a", 's', '-', 0},
	    {-40 * M, "b", '?', 'a', 0},
	    /* the window holds slots of the future: it begins anew */
	    {-40 * M, "b", 'f', '-', 0},
	    {100 * H, "b", 'f', '-', 0},
	    {0, "b", 'f', '-', 0},
	    {100 * H, "b", 'f', '-', 0},
	    {1 * M, "b", 'f', 'o', 0},
	};
	struct breaker b = {0};

	test("breaker: a clock that is set back or forth");
	fail_five(&b, 0);
	RUN(&b, back);
}

static void
test_breaker_hand(void)
{
	static const struct step forced[] = {
	    {0, "a", '?', 'r', 1 * H},
	    {0, "a", 's', '-', 0},
	    {1 * H - 1, "a", '?', 'r', 1 * H},
	    {1 * H, "a", '?', 'a', 0},
	};
	struct breaker b = {0};

	test("breaker: opened and disabled by hand, until then");
	breaker_set(&b, BREAKER_FORCED_OPEN, T0 + H);
	ok(!strcmp(breaker_name(&b, &breaker_rules, T0), "forced-open"));
	RUN(&b, forced);
	ok(!strcmp(breaker_name(&b, &breaker_rules, T0), "closed"));
	breaker_set(&b, BREAKER_DISABLED, T0 + H);
	fail_five(&b, 0);
	ok(!b.is_open && b.failures == 0);
	ok(!strcmp(breaker_name(&b, &breaker_rules, T0), "disabled"));
	fail_five(&b, 1 * H);
	ok(b.is_open);
	ok(!strcmp(breaker_name(&b, &breaker_rules, T0 + H), "open"));
	ok(!strcmp(breaker_name(&b, &breaker_rules, T0 + 2 * H), "half-open"));
	breaker_set(&b, BREAKER_DISABLED, T0 + 3 * H);
	ok(breaker_ask(&b, &breaker_rules, "a", S, false, T0 + H).verdict ==
	    BREAKER_ALLOW);
	breaker_reset(&b);
	ok(!strcmp(breaker_name(&b, &breaker_rules, T0), "closed"));
}

static void
test_budget(void)
{
	struct budget b = {0};

	test("budget: twenty retries, or ten after timeouts, then none");
	for (int i = 0; i < 20; i++)
		ok(budget_take(&b, BUDGET_RETRY, T0));
	ok(!budget_take(&b, BUDGET_RETRY, T0));
	ok(budget_left(&b, T0) == 0);
	b = (struct budget){0};
	for (int i = 0; i < 10; i++)
		ok(budget_take(&b, BUDGET_TIMEOUT, T0));
	ok(!budget_take(&b, BUDGET_RETRY, T0));

	test("budget: successes give back, never beyond full");
	budget_give(&b, 0, T0);
	ok(budget_left(&b, T0) == 1);
	budget_give(&b, BUDGET_TIMEOUT, T0);
	ok(budget_left(&b, T0) == 11);
	for (int i = 0; i < 200; i++)
		budget_give(&b, 0, T0);
	ok(budget_left(&b, T0) == 100);

	test("budget: a hundred an hour come, one every 36 s");
	ok(budget_take(&b, 10, T0 + H));
	ok(budget_left(&b, T0 + H + 36 * S - 1) == 90);
	ok(budget_left(&b, T0 + H + 36 * S) == 91);
	for (int i = 1; i <= 30; i++) /* looking often loses nothing */
		budget_take(&b, 1000, T0 + H + i * 12 * S);
	ok(budget_left(&b, T0 + H + 30 * 12 * S) == 100);

	test("budget: a clock that is set back gives nothing, and no debt");
	ok(budget_take(&b, 50, T0 + 2 * H));
	ok(budget_left(&b, T0) == 50);
	ok(budget_take(&b, 10, T0));
	ok(budget_left(&b, T0 + 36 * S) == 41);
	ok(budget_left(&b, T0 + 1000 * H) == 100);
}

static void
test_rate_parse(void)
{
	static const struct {
		const char *text;
		int64_t interval_us, burst;
	} good[] = {{"5/s", 200000, 1}, {"60/m", 1000000, 1},
	    {"60/m:10", 1000000, 10}, {"1000/h", 3600000, 1},
	    {"1/d", INT64_C(86400000000), 1}, {"1000000/s", 1, 1}};
	static const char *const bad[] = {"", "/s", "5", "5/", "5/x", "0/s",
	    "-1/s", "5/s:", "5/s:0", "5/sec", "1.5/s", " 5/s", "5/s ",
	    "99999999/s", "5/s:x", "5//s"};
	struct rate_rule r;

	test("rate: 5/s, 60/m, 60/m:10; nothing else");
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		ok(rate_parse(good[i].text, &r) &&
		    r.interval_us == good[i].interval_us &&
		    r.burst == good[i].burst);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ok(!rate_parse(bad[i], &r));
}

/* How long the call at T0 + at has to wait; -1 less if it is refused. */
static int64_t
wait_of(struct rate *r, const char *rule, int64_t at)
{
	struct rate_rule parsed = {0};
	int64_t wait;

	ok(rate_parse(rule, &parsed));
	if (rate_take(r, &parsed, 10 * S, T0 + at, &wait))
		return wait;
	return -1 - wait;
}

static void
test_rate(void)
{
	struct rate r = {0};

	test("rate: calls are spread, turns are reserved");
	ok(wait_of(&r, "60/m", 0) == 0);
	ok(wait_of(&r, "60/m", 0) == 1 * S);
	ok(wait_of(&r, "60/m", 500) == 1500);
	ok(wait_of(&r, "60/m", 10 * S) == 0);

	test("rate: what would wait too long is not reserved, but told");
	r = (struct rate){0};
	for (int i = 0; i <= 10; i++)
		ok(wait_of(&r, "60/m", 0) == i * S);
	ok(wait_of(&r, "60/m", 0) == -1 - 11 * S);
	ok(wait_of(&r, "60/m", 0) == -1 - 11 * S);
	ok(wait_of(&r, "60/m", 1 * S) == 10 * S);

	test("rate: a burst goes at once, and comes back by itself");
	r = (struct rate){0};
	for (int i = 0; i < 10; i++)
		ok(wait_of(&r, "5/s:10", 0) == 0);
	ok(wait_of(&r, "5/s:10", 0) == 200);
	ok(wait_of(&r, "5/s:10", 0) == 400);
	ok(wait_of(&r, "5/s:10", 600) == 0);
	ok(wait_of(&r, "5/s:10", 600) == 200);
	for (int i = 0; i < 10; i++)
		ok(wait_of(&r, "5/s:10", H) == 0);
	ok(wait_of(&r, "5/s:10", H) == 200);

	test("rate: nothing goes before not_before");
	r = (struct rate){0};
	rate_hold(&r, T0 + 5 * S, T0);
	rate_hold(&r, T0 + 3 * S, T0);
	ok(wait_of(&r, "60/m", 0) == 5 * S);
	ok(wait_of(&r, "60/m", 0) == 6 * S);
	rate_hold(&r, T0 + H, T0);
	ok(wait_of(&r, "60/m", 0) == -1 - H);
	ok(wait_of(&r, "60/m", H) == 0);

	test("rate: a clock that is set back takes all moments with it");
	r = (struct rate){0};
	ok(wait_of(&r, "60/m", 0) == 0);
	ok(wait_of(&r, "60/m", 0) == 1 * S);
	ok(wait_of(&r, "60/m", -H) == 2 * S);
	rate_hold(&r, T0 - H + 8 * S, T0 - H);
	ok(wait_of(&r, "60/m", -2 * H) == 8 * S);
	ok(wait_of(&r, "60/m", 100 * H) == 0);
}

static void
test_lease(void)
{
	struct lease l = {0};
	int64_t fence;

	test("lease: one holder; what has expired is free; numbers go up");
	ok(lease_take(&l, "a", 10 * S, false, T0));
	fence = l.fence;
	ok(!lease_take(&l, "b", 10 * S, false, T0 + 9999));
	ok(lease_take(&l, "a", 10 * S, false, T0 + 5 * S));
	ok(l.fence == fence && l.expires == T0 + 15 * S);
	ok(!lease_take(&l, "b", 10 * S, false, T0 + 15 * S - 1));
	ok(lease_take(&l, "b", 10 * S, false, T0 + 15 * S));
	ok(l.fence > fence);
	ok(!lease_renew(&l, "a", 10 * S, T0 + 16 * S));
	ok(!lease_drop(&l, "a"));
	ok(lease_renew(&l, "b", 10 * S, T0 + 16 * S));
	fence = l.fence;
	ok(lease_drop(&l, "b") && !lease_drop(&l, "b"));
	ok(!lease_renew(&l, "b", 10 * S, T0 + 16 * S));
	ok(lease_take(&l, "c", 10 * S, false, T0 + 16 * S) && l.fence > fence);
	ok(lease_take(&l, "d", 10 * S, true, T0 + 17 * S)); /* c is dead */

	test("lease: renewed after its time, if nobody has taken it");
	ok(lease_renew(&l, "d", 10 * S, T0 + H));
	ok(l.expires == T0 + H + 10 * S);

	test("lease: a clock that is set back makes it no longer");
	ok(!lease_take(&l, "e", 10 * S, false, T0));
	ok(l.expires == T0 + 10 * S);
	fence = l.fence;
	ok(lease_take(&l, "e", 10 * S, false, T0 + 10 * S));
	ok(l.fence == fence + 1); /* the number does not go back */
	ok(lease_take(&l, "e", STORE_NEVER, false, T0));
	ok(l.expires == STORE_NEVER);
}

/* Move to the text. */
static enum cursor_verdict
move(struct cursor *c, int64_t version, const char *definition,
    const char *value)
{
	return cursor_move(
	    c, version, definition, value, strlen(value), T0 + version);
}

static void
test_cursor(void)
{
	struct cursor c = {0};

	test("cursor: moves by compare-and-set, and only forward");
	ok(move(&c, 0, "", "5") == CURSOR_MOVED && c.version == 1);
	ok(move(&c, 0, "", "6") == CURSOR_CONFLICT);
	ok(move(&c, 1, "", "5") == CURSOR_SAME && c.version == 1);
	ok(move(&c, 1, "", "4") == CURSOR_BACK);
	ok(move(&c, 1, "", "12345678901234567890123") == CURSOR_MOVED);
	ok(is(c.value.data, c.value.len, "12345678901234567890123"));
	ok(move(&c, 2, "", "6") == CURSOR_BACK);
	ok(move(&c, 2, "", "nonsense") == CURSOR_UNSOUND);
	ok(move(&c, 2, "", "") == CURSOR_UNSOUND);
	ok(c.version == 2 && c.moved_at == T0 + 1);
	state_release(&cursor_kind, &c);

	test("cursor: times are compared as such, other values are not");
	ok(move(&c, 0, "", "\"2026-01-01T00:00:00Z\"") == CURSOR_MOVED);
	ok(move(&c, 1, "", "\"2026-01-01T00:30:00+01:00\"") == CURSOR_BACK);
	ok(move(&c, 1, "", "\"2026-01-01T00:30:00Z\"") == CURSOR_MOVED);
	ok(move(&c, 2, "", "\"token z\"") == CURSOR_MOVED);
	ok(move(&c, 3, "", "\"token a\"") == CURSOR_MOVED);
	ok(move(&c, 4, "", "{\"page\":1}") == CURSOR_MOVED);
	state_release(&cursor_kind, &c);

	test("cursor: another definition is refused until migrated or reset");
	ok(move(&c, 0, "one", "1") == CURSOR_MOVED);
	ok(move(&c, 1, "two", "2") == CURSOR_REDEFINED);
	ok(move(&c, 1, "", "2") == CURSOR_MOVED); /* none named */
	cursor_migrate(&c, "two", T0);
	ok(move(&c, 2, "two", "3") == CURSOR_CONFLICT);
	ok(move(&c, 3, "one", "3") == CURSOR_REDEFINED);
	ok(move(&c, 3, "two", "1") == CURSOR_BACK);
	cursor_reset(&c, "three", T0);
	ok(c.version == 4 && move(&c, 4, "three", "1") == CURSOR_MOVED);
	state_release(&cursor_kind, &c);
}

static void
test_seen(void)
{
	struct seen_hash a = seen_hash("a", 1), b = seen_hash("b", 1),
			 c = seen_hash("c", 1);
	struct seen s = {0};

	test("seen: once, for a time");
	ok(!seen_test(&s, a, 10 * S, 0, T0));
	ok(seen_test(&s, a, 10 * S, 0, T0 + 9999));
	ok(!seen_test(&s, b, 10 * S, 0, T0 + 9999));
	ok(!seen_test(&s, a, 10 * S, 0, T0 + 10 * S));
	ok(seen_test(&s, b, 10 * S, 0, T0 + 19998) && s.marks.n == 6);

	test("seen: the oldest go when there are too many, and are counted");
	ok(!seen_test(&s, c, 10 * S, 2, T0 + 10 * S));
	ok(s.n_forgotten == 1 && s.marks.n == 6);
	ok(!seen_test(&s, b, 10 * S, 2, T0 + 10 * S));
	ok(s.n_forgotten == 2);
	ok(seen_test(&s, c, 10 * S, 2, T0 + 10 * S));

	test("seen: a clock that is set back makes no mark live longer");
	ok(seen_test(&s, c, 10 * S, 2, T0 - H));
	ok(!seen_test(&s, c, 10 * S, 2, T0 - H + 10 * S));
	seen_clear(&s);
	ok(!seen_test(&s, c, STORE_NEVER, 0, T0));
	ok(seen_test(&s, c, STORE_NEVER, 0, T0 + 1000 * H));
	state_release(&seen_kind, &s);
}

int
main(void)
{
	test_breaker_rules();
	test_breaker_probes();
	test_breaker_times();
	test_breaker_clock();
	test_breaker_hand();
	test_budget();
	test_rate_parse();
	test_rate();
	test_lease();
	test_cursor();
	test_seen();
	return done();
}
