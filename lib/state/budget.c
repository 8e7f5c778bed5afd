#include <stddef.h>

#include "state/budget.h"

#define HOUR_MS INT64_C(3600000)
#define TOKEN_MS (HOUR_MS / BUDGET_HOURLY)

static bool
is_sound(const void *state)
{
	const struct budget *b = state;

	return b->spent >= 0 && b->spent <= BUDGET_FULL;
}

/* A full bucket need not be kept. */
static int64_t
life(const void *state, int64_t now)
{
	const struct budget *b = state;

	(void)now;
	return (b->spent + 1) * TOKEN_MS;
}

static const struct state_member members[] = {
    {"spent", STATE_INT, offsetof(struct budget, spent), 0},
    {"filled_at", STATE_INT, offsetof(struct budget, filled_at), 0},
    {NULL, STATE_INT, 0, 0},
};

const struct state_kind budget_kind = {
    "budget", sizeof(struct budget), members, is_sound, life};

/* Add what has come since.  A clock that was set back adds nothing. */
static void
fill(struct budget *b, int64_t now)
{
	int64_t n = (now - b->filled_at) / TOKEN_MS;

	if (b->spent == 0 || now < b->filled_at) {
		b->filled_at = now;
		return;
	}
	b->spent -= n < b->spent ? n : b->spent;
	b->filled_at += n * TOKEN_MS;
}

bool
budget_take(struct budget *b, int64_t cost, int64_t now)
{
	fill(b, now);
	if (b->spent + cost > BUDGET_FULL)
		return false;
	b->spent += cost;
	return true;
}

void
budget_give(struct budget *b, int64_t cost, int64_t now)
{
	int64_t n = cost > 0 ? cost : 1;

	fill(b, now);
	b->spent -= n < b->spent ? n : b->spent;
}

int64_t
budget_left(const struct budget *b, int64_t now)
{
	struct budget copy = *b;

	fill(&copy, now);
	return BUDGET_FULL - copy.spent;
}
