#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "state/breaker.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define KEPT_MS (30 * DAY_MS) /* without any use */

const struct breaker_rules breaker_rules = {
    .max_failures = 5,
    .rate_percent = 50,
    .min_calls = 10,
    .window_ms = 600000,
    .open_ms = 30000,
    .open_max_ms = 900000,
    .quiet_ms = 3600000,
};

static bool
is_sound(const void *state)
{
	const struct breaker *b = state;

	for (int i = 0; i < BREAKER_SLOTS; i++)
		if (b->failed[i] < 0 || b->calls[i] < b->failed[i])
			return false;
	return b->hand >= BREAKER_AUTO && b->hand <= BREAKER_DISABLED &&
	       (b->is_open == 0 || b->is_open == 1) &&
	       b->until >= b->opened_at && b->openings >= 0 && b->failures >= 0;
}

static int64_t
life(const void *state, int64_t now)
{
	const struct breaker *b = state;

	if (b->hand != BREAKER_AUTO && b->hand_until > now)
		return b->hand_until > STORE_NEVER - KEPT_MS
			   ? STORE_NEVER
			   : b->hand_until - now + KEPT_MS;
	return KEPT_MS;
}

#define MEMBER(name, type, n) \
	{ \
#name, type, offsetof(struct breaker, name), n \
	}
static const struct state_member members[] = {
    MEMBER(hand, STATE_INT, 0),
    MEMBER(hand_until, STATE_INT, 0),
    MEMBER(is_open, STATE_INT, 0),
    MEMBER(opened_at, STATE_INT, 0),
    MEMBER(until, STATE_INT, 0),
    MEMBER(openings, STATE_INT, 0),
    MEMBER(quiet_since, STATE_INT, 0),
    MEMBER(failures, STATE_INT, 0),
    MEMBER(newest, STATE_INT, 0),
    MEMBER(calls, STATE_INTS, BREAKER_SLOTS),
    MEMBER(failed, STATE_INTS, BREAKER_SLOTS),
    MEMBER(probe, STATE_STRING, LEASE_HOLDER),
    MEMBER(probe_until, STATE_INT, 0),
    {NULL, STATE_INT, 0, 0},
};

const struct state_kind breaker_kind = {
    "breaker", sizeof(struct breaker), members, is_sound, life};

static void
forget_calls(struct breaker *b)
{
	b->failures = 0;
	memset(b->calls, 0, sizeof(b->calls));
	memset(b->failed, 0, sizeof(b->failed));
}

/* Have the window end now.  A clock that went back a little counts on in the
 * newest slot, one that went back by a window begins anew. */
static void
move_window(struct breaker *b, const struct breaker_rules *rules, int64_t now)
{
	int64_t slot = now / (rules->window_ms / BREAKER_SLOTS);
	int64_t by = slot - b->newest;
	size_t keep =
	    by > 0 && by < BREAKER_SLOTS ? BREAKER_SLOTS - (size_t)by : 0;

	if (by <= 0 && by > -BREAKER_SLOTS)
		return;
	memmove(b->calls + BREAKER_SLOTS - keep, b->calls,
	    keep * sizeof(*b->calls));
	memmove(b->failed + BREAKER_SLOTS - keep, b->failed,
	    keep * sizeof(*b->failed));
	memset(b->calls, 0, (BREAKER_SLOTS - keep) * sizeof(*b->calls));
	memset(b->failed, 0, (BREAKER_SLOTS - keep) * sizeof(*b->failed));
	b->newest = slot;
}

/* Take back a doubling for each hour of quiet. */
static void
calm(struct breaker *b, const struct breaker_rules *rules, int64_t now)
{
	int64_t hours = (now - b->quiet_since) / rules->quiet_ms;

	if (b->openings == 0 || now < b->quiet_since) {
		b->quiet_since = now;
		return;
	}
	b->openings -= hours < b->openings ? hours : b->openings;
	b->quiet_since += hours * rules->quiet_ms;
}

static void
open_it(struct breaker *b, const struct breaker_rules *rules, double random,
    int64_t now)
{
	int64_t ms = rules->open_ms;

	for (int64_t i = 0; i < b->openings && ms < rules->open_max_ms; i++)
		ms *= 2;
	if (ms > rules->open_max_ms)
		ms = rules->open_max_ms;
	b->is_open = 1;
	b->openings++;
	b->opened_at = b->quiet_since = now;
	b->until = now + ms + (int64_t)(random * (double)ms / 10);
	b->probe[0] = '\0';
	forget_calls(b);
}

/* Is the time of an opening over? */
static bool
is_half_open(
    const struct breaker *b, const struct breaker_rules *rules, int64_t now)
{
	int64_t longest = rules->open_max_ms + rules->open_max_ms / 10;

	return now >= b->until || b->opened_at > now + longest;
}

/* The probe's lease, by which it is told from others. */
static struct breaker_answer
ask_for_probe(struct breaker *b, const char *holder, int64_t probe_ms,
    bool is_dead, int64_t now)
{
	bool is_free = b->probe[0] == '\0' || is_dead ||
		       strcmp(b->probe, holder) == 0 || now >= b->probe_until;

	/* no lease lasts longer than from now on: a clock that was set back */
	if (b->probe_until > now + probe_ms)
		b->probe_until = now + probe_ms;
	if (!is_free)
		return (struct breaker_answer){BREAKER_REFUSE, b->probe_until};
	snprintf(b->probe, sizeof(b->probe), "%s", holder);
	b->probe_until = now + probe_ms;
	return (struct breaker_answer){BREAKER_PROBE, 0};
}

struct breaker_answer
breaker_ask(struct breaker *b, const struct breaker_rules *rules,
    const char *holder, int64_t probe_ms, bool is_dead, int64_t now)
{
	calm(b, rules, now);
	if (b->hand != BREAKER_AUTO && now >= b->hand_until)
		b->hand = BREAKER_AUTO;
	if (b->hand == BREAKER_FORCED_OPEN)
		return (struct breaker_answer){BREAKER_REFUSE, b->hand_until};
	if (b->hand == BREAKER_DISABLED || !b->is_open)
		return (struct breaker_answer){BREAKER_ALLOW, 0};
	if (is_half_open(b, rules, now))
		return ask_for_probe(b, holder, probe_ms, is_dead, now);
	return (struct breaker_answer){BREAKER_REFUSE, b->until};
}

/* Has enough failed? */
static bool
is_enough(const struct breaker *b, const struct breaker_rules *rules)
{
	int64_t calls = 0, failed = 0;

	for (int i = 0; i < BREAKER_SLOTS; i++) {
		calls += b->calls[i];
		failed += b->failed[i];
	}
	return b->failures >= rules->max_failures ||
	       (calls >= rules->min_calls &&
		   failed * 100 >= calls * rules->rate_percent);
}

static bool
tell_closed(struct breaker *b, const struct breaker_rules *rules,
    enum breaker_outcome outcome, double random, int64_t now)
{
	if (outcome == BREAKER_NEITHER)
		return false;
	move_window(b, rules, now);
	b->calls[0]++;
	b->failed[0] += outcome == BREAKER_FAILURE;
	b->failures = outcome == BREAKER_FAILURE ? b->failures + 1 : 0;
	if (outcome == BREAKER_SUCCESS || !is_enough(b, rules))
		return false;
	open_it(b, rules, random, now);
	return true;
}

bool
breaker_tell(struct breaker *b, const struct breaker_rules *rules,
    const char *holder, enum breaker_outcome outcome, double random,
    int64_t now)
{
	calm(b, rules, now);
	if (b->hand != BREAKER_AUTO && now < b->hand_until)
		return false;
	if (!b->is_open)
		return tell_closed(b, rules, outcome, random, now);
	if (b->probe[0] == '\0' || strcmp(b->probe, holder) != 0)
		return false;
	b->probe[0] = '\0';
	if (outcome == BREAKER_FAILURE) {
		open_it(b, rules, random, now);
		return true;
	}
	if (outcome == BREAKER_SUCCESS) {
		b->is_open = 0;
		b->quiet_since = now;
		forget_calls(b);
	}
	return false;
}

void
breaker_set(struct breaker *b, enum breaker_hand hand, int64_t until)
{
	b->hand = hand;
	b->hand_until = until;
}

void
breaker_reset(struct breaker *b)
{
	*b = (struct breaker){.newest = b->newest};
}

const char *
breaker_name(
    const struct breaker *b, const struct breaker_rules *rules, int64_t now)
{
	if (b->hand == BREAKER_FORCED_OPEN && now < b->hand_until)
		return "forced-open";
	if (b->hand == BREAKER_DISABLED && now < b->hand_until)
		return "disabled";
	if (!b->is_open)
		return "closed";
	return is_half_open(b, rules, now) ? "half-open" : "open";
}
