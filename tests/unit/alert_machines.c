/* lib/alert: the machines, by a clock of their own: alerts, groups, the
 * outbox, jobs that report, flapping, hours. */
#include <stdio.h>
#include <stdlib.h>

#include "alert/alerts.h"
#include "alert/group.h"
#include "alert/heartbeat.h"
#include "alert/instance.h"
#include "alert/matcher.h"
#include "alert/outbox.h"
#include "alert/window.h"
#include "core/diag.h"
#include "core/timestamp.h"
#include "unit.h"

#define S INT64_C(1000)
#define M (60 * S)
#define H (60 * M)
#define T0 INT64_C(1767225600000) /* 2026-01-01T00:00:00Z, a Thursday */

/* n records with an outcome, at one moment. */
static unsigned
see(struct instance *i, const struct instance_rule *rule, enum outcome outcome,
    int64_t n, int64_t at)
{
	struct observation o = {.outcome = outcome,
	    .n = n,
	    .first_at = at,
	    .last_at = at,
	    .severity = ALERT_WARNING};

	return instance_observe(i, rule, &o);
}

#define HOLDS OUTCOME_HOLDS
#define CLEAR OUTCOME_CLEAR
#define BETWEEN OUTCOME_BETWEEN

static void
test_count(void)
{
	const struct instance_rule rule = {.for_count = 3};
	struct instance i = {0};

	test("instance: it fires at the third record in a row");
	ok(see(&i, &rule, HOLDS, 2, T0) == 0 && i.state == INSTANCE_PENDING);
	ok(see(&i, &rule, CLEAR, 1, T0) == 0 && i.state == INSTANCE_QUIET);
	ok(see(&i, &rule, HOLDS, 2, T0) == 0);
	ok(see(&i, &rule, HOLDS, 1, T0 + S) == INSTANCE_FIRED);
	ok(i.starts_at == T0 + S && i.severity == ALERT_WARNING);
	ok(see(&i, &rule, HOLDS, 9, T0 + M) == 0);

	test(
	    "instance: it is resolved at once, and fires again from the start");
	ok(see(&i, &rule, CLEAR, 1, T0 + 2 * M) == INSTANCE_ENDED);
	ok(i.state == INSTANCE_RESOLVED && i.ends_at == T0 + 2 * M);
	ok(see(&i, &rule, HOLDS, 2, T0 + 3 * M) == 0);
	ok(see(&i, &rule, HOLDS, 1, T0 + 3 * M) == INSTANCE_FIRED);
	instance_release(&i);
}

static void
test_duration(void)
{
	const struct instance_rule rule = {.for_count = 1, .for_ms = 5 * M};
	struct instance i = {0};

	test("instance: for as a duration needs two records that far apart");
	ok(see(&i, &rule, HOLDS, 100, T0) == 0);
	ok(instance_tick(&i, &rule, T0 + H) == 0 &&
	    i.state == INSTANCE_PENDING);
	ok(see(&i, &rule, HOLDS, 1, T0 + 5 * M - 1) == 0);
	ok(see(&i, &rule, HOLDS, 1, T0 + 5 * M) == INSTANCE_FIRED);
	instance_release(&i);

	test("instance: a clock that goes back makes nobody wait longer");
	i = (struct instance){0};
	see(&i, &rule, HOLDS, 1, T0 + 24 * H);
	ok(see(&i, &rule, HOLDS, 1, T0) == 0);
	ok(see(&i, &rule, HOLDS, 1, T0 + 5 * M) == INSTANCE_FIRED);
	ok(see(&i, &rule, CLEAR, 1, T0) == INSTANCE_ENDED);
	ok(i.ends_at >= i.starts_at);
	instance_release(&i);
}

static void
test_keep_firing(void)
{
	const struct instance_rule rule = {
	    .for_count = 1, .keep_firing_ms = 10 * M};
	struct instance i = {0};

	test("instance: keep_firing waits, and a record that holds ends it");
	see(&i, &rule, HOLDS, 1, T0);
	ok(see(&i, &rule, CLEAR, 1, T0 + M) == 0);
	ok(instance_due(&i, &rule) == T0 + 11 * M);
	ok(see(&i, &rule, HOLDS, 1, T0 + 5 * M) == 0);
	ok(instance_due(&i, &rule) == STORE_NEVER);
	ok(see(&i, &rule, CLEAR, 1, T0 + 6 * M) == 0);
	ok(see(&i, &rule, CLEAR, 1, T0 + 15 * M) == 0);
	ok(instance_tick(&i, &rule, T0 + 16 * M) == INSTANCE_ENDED);
	instance_release(&i);

	test("instance: between its beginning and its end nothing happens");
	i = (struct instance){0};
	see(&i, &rule, BETWEEN, 1, T0);
	ok(i.state == INSTANCE_QUIET);
	see(&i, &rule, HOLDS, 1, T0);
	ok(see(&i, &rule, BETWEEN, 5, T0 + H) == 0);
	ok(i.state == INSTANCE_FIRING);
	instance_release(&i);
}

static void
test_no_data(void)
{
	struct instance_rule rule = {
	    .for_count = 1, .resolve_after_ms = 15 * M};
	struct instance i = {0};

	test("instance: without data it is resolved, with the reason");
	see(&i, &rule, HOLDS, 1, T0);
	ok(instance_tick(&i, &rule, T0 + 15 * M - 1) == 0);
	ok(instance_tick(&i, &rule, T0 + 15 * M) == INSTANCE_ENDED);
	ok(i.cause == INSTANCE_TIMEOUT);
	ok(instance_is_over(&i, &rule, T0 + 24 * H));
	instance_release(&i);

	test("instance: or it fires until data comes");
	rule.no_data = NO_DATA_ALERT;
	i = (struct instance){0};
	see(&i, &rule, CLEAR, 1, T0);
	ok(!instance_is_over(&i, &rule, T0 + 24 * H));
	ok(instance_due(&i, &rule) == T0 + 15 * M);
	ok(instance_tick(&i, &rule, T0 + 15 * M) == INSTANCE_FIRED);
	ok(i.cause == INSTANCE_NO_DATA);
	ok(instance_tick(&i, &rule, T0 + H) == 0);
	ok(see(&i, &rule, CLEAR, 1, T0 + 2 * H) == INSTANCE_ENDED);

	test("instance: what fires goes on, for another reason");
	see(&i, &rule, HOLDS, 1, T0 + 3 * H);
	ok(instance_tick(&i, &rule, T0 + 4 * H) == 0);
	ok(i.state == INSTANCE_FIRING && i.cause == INSTANCE_NO_DATA);
	ok(i.starts_at == T0 + 3 * H);

	test("instance: or nothing happens at all");
	rule.no_data = NO_DATA_KEEP;
	ok(instance_tick(&i, &rule, T0 + 99 * H) == 0);
	instance_release(&i);
}

static void
test_ack(void)
{
	const struct instance_rule rule = {.for_count = 1};
	struct instance i = {0};
	struct observation worse = {.n = 1,
	    .first_at = T0 + H,
	    .last_at = T0 + H,
	    .severity = ALERT_CRITICAL};

	test("instance: an ack ends with its time, with the alert, and when it "
	     "gets worse");
	ok(!instance_ack(&i, "ann", "", T0 + H, T0));
	see(&i, &rule, HOLDS, 1, T0);
	ok(!instance_ack(&i, "ann", "", T0, T0));
	ok(instance_ack(&i, "ann", "on it", T0 + H, T0));
	ok(instance_tick(&i, &rule, T0 + H - 1) == 0 && instance_is_acked(&i));
	ok(instance_tick(&i, &rule, T0 + H) == INSTANCE_UNACKED);
	ok(instance_ack(&i, "ann", "", T0 + 3 * H, T0 + H));
	ok(instance_observe(&i, &rule, &worse) ==
	    (INSTANCE_ROSE | INSTANCE_UNACKED));
	ok(instance_ack(&i, "ann", "", T0 + 3 * H, T0 + H));
	ok(see(&i, &rule, CLEAR, 1, T0 + H) ==
	    (INSTANCE_ENDED | INSTANCE_UNACKED));
	instance_release(&i);
}

static void
test_flap(void)
{
	const struct flap_rule rule = {4, H};
	struct state_list changes = {0};

	test("flap: too many changes, until it is calm for half the time");
	for (int k = 0; k < 3; k++)
		flap_note(&changes, &rule, T0 + k * M);
	ok(!flap_is(&changes, &rule, T0 + 3 * M));
	flap_note(&changes, &rule, T0 + 3 * M);
	ok(flap_is(&changes, &rule, T0 + 3 * M));
	ok(flap_is(&changes, &rule, T0 + 32 * M));
	ok(!flap_is(&changes, &rule, T0 + 33 * M));

	test("flap: old changes are forgotten, and at most so many are kept");
	flap_note(&changes, &rule, T0 + 2 * H);
	ok(changes.n == 1);
	for (int k = 0; k < 200; k++)
		flap_note(&changes, &rule, T0 + 2 * H + k);
	ok(changes.n == FLAP_MAX);
	ok(flap_is(&changes, &rule, T0)); /* the clock went back */
	free(changes.v);
}

/* One decision: a group that was told pairs of hash and severity. */
struct case_of_group {
	const char *name;
	int64_t told[4];
	size_t n_told;
	int64_t told_at, made_at; /* before now */
	struct group_member m[2];
	size_t n;
	int64_t slack_ms;
	enum decision expected;
};

static const struct case_of_group groups[] = {
    {"group: nothing fires", {0}, 0, 0, 0, {{0}}, 0, 0, GROUP_NOTHING},
    {"group: the first waits", {0}, 0, 0, 0, {{1, 1, T0, true, false, false}},
	1, 0, GROUP_WAIT},
    {"group: the first, after group_wait", {0}, 0, 0, 0,
	{{1, 1, T0 - 30 * S, true, false, false}}, 1, 0, GROUP_FIRST},
    {"group: fired and resolved in between", {0}, 0, 0, 0,
	{{1, 1, T0 - H, false, false, false}}, 1, 0, GROUP_NOTHING},
    {"group: a new one waits for the interval", {1, 1}, 2, M, M,
	{{1, 1, T0, true, false, false}, {2, 1, T0, true, false, false}}, 2, 0,
	GROUP_WAIT},
    {"group: a new one", {1, 1}, 2, 5 * M, 5 * M,
	{{1, 1, T0, true, false, false}, {2, 1, T0, true, false, false}}, 2, 0,
	GROUP_NEW},
    {"group: worse goes before all timers", {1, 1}, 2, S, S,
	{{1, 3, T0, true, true, false}}, 1, 0, GROUP_WORSE},
    {"group: all resolved", {1, 1}, 2, 5 * M, 5 * M,
	{{1, 1, T0, false, false, false}}, 1, 0, GROUP_RESOLVED},
    {"group: some resolved", {1, 1, 2, 1}, 4, 5 * M, 5 * M,
	{{1, 1, T0, false, false, false}, {2, 1, T0, true, false, false}}, 2, 0,
	GROUP_SOME_RESOLVED},
    {"group: the repeat waits", {1, 1}, 2, 4 * H - M, 4 * H - M,
	{{1, 1, T0, true, false, false}}, 1, 0, GROUP_WAIT},
    {"group: the repeat", {1, 1}, 2, 4 * H, 4 * H,
	{{1, 1, T0, true, false, false}}, 1, 0, GROUP_REPEAT},
    {"group: the repeat, within the slack", {1, 1}, 2, 4 * H - M, 4 * H - M,
	{{1, 1, T0, true, false, false}}, 1, M, GROUP_REPEAT},
    {"group: no slack is more than half a timer", {1, 1}, 2, 2 * H - 1,
	2 * H - 1, {{1, 1, T0, true, false, false}}, 1, 24 * H, GROUP_WAIT},
    {"group: what is taken on is not repeated", {1, 1}, 2, 9 * H, 9 * H,
	{{1, 1, T0, true, true, false}}, 1, 0, GROUP_NOTHING},
    {"group: but it is told that it is", {1, 1}, 2, S, S,
	{{1, 1, T0, true, true, true}}, 1, 0, GROUP_ACKED},
    {"group: even while something new waits", {1, 1}, 2, S, S,
	{{1, 1, T0, true, true, true}, {2, 1, T0, true, false, false}}, 2, 0,
	GROUP_ACKED},
    {"group: what it may know is told like news", {1, GROUP_MAYBE}, 2, 5 * M,
	5 * M, {{1, 1, T0, true, false, false}}, 1, 0, GROUP_NEW},
    {"group: so is the end of what it may know", {1, GROUP_MAYBE}, 2, 5 * M,
	5 * M, {{1, 1, T0, false, false, false}}, 1, 0, GROUP_RESOLVED},
    {"group: a clock that went back", {1, 1}, 2, -99 * H, -99 * H,
	{{1, 1, T0 + 99 * H, true, false, false}}, 1, 0, GROUP_WAIT},
};

static void
test_groups(void)
{
	const struct group_timers timers = {30 * S, 5 * M, 4 * H};
	const struct group_pending none = {0};
	int64_t due;

	for (size_t k = 0; k < sizeof(groups) / sizeof(*groups); k++) {
		const struct case_of_group *c = &groups[k];
		struct group g = {.made_at = c->made_at ? T0 - c->made_at : 0};

		group_told(&g, c->told, c->n_told / 2, NULL, 0,
		    c->told_at ? T0 - c->told_at : 0);
		test(c->name);
		ok(group_decide(&g, &timers, &none, c->m, c->n, c->slack_ms, T0,
		       &due) == c->expected);
		free(g.told.v);
	}
}

static void
test_pending(void)
{
	const struct group_timers timers = {30 * S, 5 * M, 4 * H};
	const int64_t told[] = {1, 1}, ended[] = {3};
	const struct group_pending p = {true, told, 2, ended, 1};
	struct group_member m[2] = {
	    {1, 1, T0, true, false, false}, {2, 1, T0, true, false, false}};
	struct group g = {.told_at = T0 - 9 * H};
	int64_t due;

	test("group: what waits already is not decided again");
	ok(group_decide(&g, &timers, &p, m, 1, 0, T0, &due) == GROUP_NOTHING);
	test("group: news replaces it, whatever the timers say");
	ok(group_decide(&g, &timers, &p, m, 2, 0, T0, &due) == GROUP_NEW);
	m[0].is_firing = false;
	ok(group_decide(&g, &timers, &p, m, 1, 0, T0, &due) == GROUP_RESOLVED);
	m[0].hash = 3;
	ok(group_decide(&g, &timers, &p, m, 1, 0, T0, &due) == GROUP_NOTHING);
}

static void
test_told(void)
{
	const int64_t first[] = {1, 1, 2, 1, 3, 1}, second[] = {1, 3},
		      ended[] = {2}, two[] = {3, 4};
	struct group g = {0};

	test("group: what was kept from being told is not forgotten");
	group_told(&g, first, 3, NULL, 0, T0);
	group_told(&g, second, 1, ended, 1, T0 + M);
	ok(g.told.n == 4 && g.told.v[1] == 3 && group_knows(&g, 3));
	ok(!group_knows(&g, 2) && g.told_at == T0 + M);
	group_keep(&g, two, 2);
	ok(g.told.n == 2 && group_knows(&g, 3));
	group_keep(&g, NULL, 0);
	ok(g.told.n == 0);
	free(g.told.v);
}

static void
test_outbox(void)
{
	struct letter e = {.expires_at = T0 + 24 * H};
	char self[HOLDER_SIZE];
	int64_t before;

	holder_self(self);
	test("outbox: who takes a letter has it until he gives it back");
	ok(letter_take(&e, self, false, T0) && e.attempts == 1);
	ok(!letter_take(&e, "another", false, T0));
	ok(letter_take(&e, "another", false, T0 + OUTBOX_LEASE_MS));

	test("outbox: one whose holder is dead, or that was lost, is free");
	snprintf(e.holder, sizeof(e.holder), "another");
	e.held_until = T0 + 99 * H; /* the clock went back */
	ok(!letter_take(&e, self, false, T0));
	ok(letter_take(&e, self, false, T0 + OUTBOX_LEASE_MS));

	test("outbox: 1, 2, 4 minutes and more, at most an hour");
	e.attempts = 0;
	for (int k = 1; k <= 12; k++) {
		int64_t least = M, most = (INT64_C(1) << k) * M;

		e.attempts++;
		letter_fail(&e, "x", 1, 0, (uint64_t)k * 0x123456789ABCDEF, T0);
		before = e.not_before - T0;
		ok(before >= least && before <= (most < H ? most : H));
	}
	ok(e.holder[0] == '\0' && is(e.why.data, e.why.len, "\"x\""));

	test("outbox: not before the other side wants it, and not for ever");
	letter_fail(&e, "x", 1, 2 * H, 0, T0);
	ok(e.not_before == T0 + 2 * H);
	ok(!letter_take(&e, self, false, T0 + 2 * H - 1));
	ok(letter_take(&e, self, false, T0 + 2 * H));
	ok(letter_take(&e, self, true, T0));
	ok(!letter_is_expired(&e, T0 + 24 * H - 1));
	ok(letter_is_expired(&e, T0 + 24 * H));
	letter_release(&e);
}

static void
test_inherit(void)
{
	struct letter old = {0}, new = {0}, read;
	struct instance i = {.state = INSTANCE_RESOLVED};
	struct buf text = {0}, why = {0};

	test("outbox: what is resolved is not lost when a letter is replaced");
	memset(i.fingerprint, 'a', SHA256_HEX - 1);
	buf_adds(&i.labels, "{\"k\":\"v\"}");
	buf_adds(&i.record, "{\"a\" : 12345678901234567890123}");
	letter_add(&old, &i);
	i.fingerprint[0] = 'b';
	i.state = INSTANCE_FIRING;
	letter_add(&old, &i);
	i.fingerprint[0] = 'c';
	letter_add(&new, &i);
	letter_inherit(&new, &old);
	ok(new.n == 2 && new.alerts[1].fingerprint[0] == 'a');
	letter_inherit(&new, &old);
	ok(new.n == 2 && letter_is_firing(&new));

	test("outbox: a letter reads back as it was written, records to the "
	     "byte");
	letter_write(&text, &new);
	ok(letter_read(&read, text.data, text.len, &why) && read.n == 2);
	ok(is(read.alerts[0].record.data, read.alerts[0].record.len,
	    "{\"a\" : 12345678901234567890123}"));
	ok(is(read.alerts[1].labels.data, read.alerts[1].labels.len,
	    "{\"k\":\"v\"}"));
	letter_release(&read);
	ok(!letter_read(&read, text.data, text.len - 3, &why));
	letter_release(&read);
	letter_release(&old);
	letter_release(&new);
	instance_release(&i);
	buf_release(&text);
	buf_release(&why);
}

static void
test_heartbeat(void)
{
	struct heartbeat h = {0};
	const struct ping_report good = {PING_OK, "", -1, "out", 3};
	const struct ping_report bad = {PING_OK, "", 3, NULL, 0};
	const struct ping_report start = {PING_START, "r1", -1, NULL, 0};
	const struct ping_report end = {PING_OK, "r1", 0, NULL, 0};
	const struct ping_report other = {PING_OK, "r2", 0, NULL, 0};

	test("heartbeat: new, late, down, up");
	heartbeat_expect(&h, H, 10 * M, ALERT_ERROR, T0);
	ok(!heartbeat_tick(&h, T0 + H - 1) && h.state == HEARTBEAT_NEW);
	ok(heartbeat_tick(&h, T0 + H) && h.state == HEARTBEAT_LATE);
	ok(heartbeat_due(&h) == T0 + 70 * M);
	ok(heartbeat_tick(&h, T0 + 70 * M) && h.state == HEARTBEAT_DOWN);
	ok(heartbeat_ping(&h, &good, T0 + 2 * H) && h.state == HEARTBEAT_UP);
	ok(is(h.log.data, h.log.len, "\"out\"") && h.took_ms == -1);

	test("heartbeat: failure is told at once");
	ok(heartbeat_ping(&h, &bad, T0 + 2 * H) && h.state == HEARTBEAT_DOWN);

	test("heartbeat: what starts must end, and only its own end counts");
	heartbeat_ping(&h, &good, T0 + 2 * H);
	heartbeat_ping(&h, &start, T0 + 2 * H);
	heartbeat_ping(&h, &other, T0 + 2 * H + M);
	ok(h.started_at > 0 && h.took_ms == -1);
	ok(heartbeat_tick(&h, T0 + 2 * H + 10 * M));
	ok(h.state == HEARTBEAT_DOWN);
	heartbeat_ping(&h, &end, T0 + 2 * H + 11 * M);
	ok(h.state == HEARTBEAT_UP && h.took_ms == 11 * M);

	test("heartbeat: paused, and a clock that goes back");
	h.state = HEARTBEAT_PAUSED;
	ok(!heartbeat_tick(&h, T0 + 99 * H));
	ok(!heartbeat_ping(&h, &bad, T0 + 99 * H));
	heartbeat_expect(&h, H, 0, ALERT_ERROR, T0);
	ok(h.state == HEARTBEAT_UP && !heartbeat_tick(&h, T0));
	ok(heartbeat_tick(&h, T0 + H) && h.state == HEARTBEAT_DOWN);
	state_release(&heartbeat_kind, &h);
}

static bool
is_on(const char *window, const char *time)
{
	struct window w;
	struct buf why = {0};
	int64_t ms = 0;

	if (!window_parse(&w, window, &why) ||
	    !timestamp_parse(time, strlen(time), &ms))
		abort();
	return window_is_on(&w, ms);
}

static void
test_windows(void)
{
	static const char night[] = "mon-fri 22:00-06:00 Europe/Berlin";
	struct window w;
	struct buf why = {0};

	test("window: over midnight, it belongs to the day on which it began");
	ok(is_on(night, "2026-01-01T21:00:00Z")); /* 22:00 on a Thursday */
	ok(!is_on(night, "2026-01-01T20:59:00Z"));
	ok(is_on(night, "2026-01-03T04:59:00Z")); /* Saturday, from Friday */
	ok(!is_on(night, "2026-01-03T21:00:00Z"));
	ok(!is_on(night, "2026-01-05T04:00:00Z")); /* Monday, from Sunday */

	test("window: daylight saving counts");
	ok(is_on(night, "2026-07-01T20:00:00Z"));
	ok(!is_on(night, "2026-07-01T04:00:00Z"));

	test("window: each part may be left out; days may go round the week");
	ok(is_on("sat-mon", "2026-01-04T12:00:00Z"));
	ok(!is_on("sat-mon", "2026-01-06T12:00:00Z"));
	ok(is_on("00:00-24:00", "2026-01-04T23:59:59Z"));
	ok(is_on("UTC", "2026-01-04T12:00:00Z"));
	ok(window_parse(&w, night, &why));
	ok(window_change(&w, T0 + 20 * H) == T0 + 21 * H);

	test("window: what makes no sense is refused");
	ok(!window_parse(&w, "", &why));
	ok(!window_parse(&w, "25:00-26:00", &why));
	ok(!window_parse(&w, "10:00-10:00", &why));
	ok(!window_parse(&w, "mon-", &why));
	ok(!window_parse(&w, "../etc/passwd", &why));
	ok(!window_parse(&w, "Europe/../../etc", &why));
	buf_release(&why);
}

static bool
matches(const char *matcher, const char *value)
{
	struct matchers m = {0};
	struct buf why = {0};
	bool is_it = matchers_parse(&m, matcher, &why) &&
		     matcher_test(&m.v[0], value, strlen(value));

	matchers_release(&m);
	buf_release(&why);
	return is_it;
}

static void
test_matchers(void)
{
	test("matcher: =, !=, =~ and !~ on the whole value");
	ok(matches("a=b", "b") && !matches("a=b", "bb") && matches("a=", ""));
	ok(matches("a!=b", "c") && !matches("a!=b", "b"));
	ok(matches("a=~b+", "bb") && !matches("a=~b", "bb"));
	ok(matches("a=~b|c", "c") && !matches("a=~b|c", "cx"));
	ok(!matches("a!~b.*", "bx") && matches("a!~b.*", "x"));
	ok(matches("a==b", "=b") && matches("a=b=c", "b=c"));
	ok(!matches("=b", "b") && !matches("a", "") && !matches("a=~(", ""));
}

int
main(int argc, char *argv[])
{
	(void)argc;
	diag_init(argv[0]);
	test_count();
	test_duration();
	test_keep_firing();
	test_no_data();
	test_ack();
	test_flap();
	test_groups();
	test_pending();
	test_told();
	test_outbox();
	test_inherit();
	test_heartbeat();
	test_windows();
	test_matchers();
	return done();
}
