#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/num.h"
#include "state/rate.h"

#define MINUTE_MS INT64_C(60000) /* kept when it is full */
#define N_MAX 1000000 /* calls in a unit, and at once */

static bool
is_sound(const void *state)
{
	const struct rate *r = state;

	return r->full_us >= 0 && r->full_us <= STORE_NEVER / 2;
}

/* A full bucket need not be kept. */
static int64_t
life(const void *state, int64_t now)
{
	const struct rate *r = state;
	int64_t end = r->full_us / 1000;

	if (r->not_before > end)
		end = r->not_before;
	return end > now ? end - now + MINUTE_MS : MINUTE_MS;
}

static const struct state_member members[] = {
    {"full_us", STATE_INT, offsetof(struct rate, full_us), 0},
    {"not_before", STATE_INT, offsetof(struct rate, not_before), 0},
    {"seen_at", STATE_INT, offsetof(struct rate, seen_at), 0},
    {NULL, STATE_INT, 0, 0},
};

const struct state_kind rate_kind = {
    "rate", sizeof(struct rate), members, is_sound, life};

/* Microseconds in a unit, 0 for what is none. */
static int64_t
unit_us(char c)
{
	static const struct {
		char letter;
		int64_t s;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (units[i].letter == c)
			return units[i].s * 1000000;
	return 0;
}

bool
rate_parse(const char *text, struct rate_rule *rule)
{
	const char *slash = strchr(text, '/');
	char number[8] = "";
	uint64_t n, burst = 1;
	int64_t us;

	if (!slash || (size_t)(slash - text) >= sizeof(number))
		return false;
	memcpy(number, text, (size_t)(slash - text));
	us = unit_us(slash[1]);
	if (num_uint(number, 1, N_MAX, &n) != 0 || us == 0)
		return false;
	if (slash[2] == ':' && num_uint(slash + 3, 1, N_MAX, &burst) != 0)
		return false;
	if (slash[2] != ':' && slash[2] != '\0')
		return false;
	*rule = (struct rate_rule){us / (int64_t)n, (int64_t)burst};
	return true;
}

/* Look at the clock. */
static void
look(struct rate *r, int64_t now)
{
	int64_t back = r->seen_at - now;

	if (back > 0) {
		r->full_us -=
		    back < r->full_us / 1000 ? back * 1000 : r->full_us;
		r->not_before -= back;
	}
	r->seen_at = now;
}

bool
rate_take(struct rate *r, const struct rate_rule *rule, int64_t max_wait_ms,
    int64_t now, int64_t *wait_ms)
{
	int64_t now_us = now * 1000, free_us;

	look(r, now);
	if (now_us < r->not_before * 1000)
		now_us = r->not_before * 1000;
	if (r->full_us < now_us)
		r->full_us = now_us;
	/* there is a token from the moment at which burst - 1 are missing */
	free_us = r->full_us - (rule->burst - 1) * rule->interval_us;
	if (free_us < now_us)
		free_us = now_us;
	*wait_ms = (free_us + 999) / 1000 - now;
	if (*wait_ms > max_wait_ms)
		return false;
	r->full_us += rule->interval_us;
	return true;
}

void
rate_hold(struct rate *r, int64_t not_before, int64_t now)
{
	look(r, now);
	if (r->not_before < not_before)
		r->not_before = not_before;
}
