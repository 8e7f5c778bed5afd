#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "state/lease.h"

#define KEPT_MS (INT64_C(24) * 3600 * 1000) /* when it is free */

static bool
is_sound(const void *state)
{
	const struct lease *l = state;

	return l->length_ms >= 0 && l->fence >= 0;
}

static int64_t
life(const void *state, int64_t now)
{
	const struct lease *l = state;

	(void)now;
	return l->length_ms > STORE_NEVER - KEPT_MS ? STORE_NEVER
						    : l->length_ms + KEPT_MS;
}

static const struct state_member members[] = {
    {"holder", STATE_STRING, offsetof(struct lease, holder), LEASE_HOLDER},
    {"expires", STATE_INT, offsetof(struct lease, expires), 0},
    {"length_ms", STATE_INT, offsetof(struct lease, length_ms), 0},
    {"fence", STATE_INT, offsetof(struct lease, fence), 0},
    {NULL, STATE_INT, 0, 0},
};

const struct state_kind lease_kind = {
    "lease", sizeof(struct lease), members, is_sound, life};

static bool
is_holder(const struct lease *l, const char *holder)
{
	return l->holder[0] != '\0' && strcmp(l->holder, holder) == 0;
}

static void
hold(struct lease *l, int64_t length_ms, int64_t now)
{
	l->length_ms = length_ms;
	l->expires =
	    length_ms > STORE_NEVER - now ? STORE_NEVER : now + length_ms;
}

bool
lease_take(struct lease *l, const char *holder, int64_t length_ms, bool is_dead,
    int64_t now)
{
	bool is_mine = is_holder(l, holder);

	if (!is_mine && !is_dead && l->holder[0] != '\0' && now < l->expires) {
		if (l->expires - now > l->length_ms)
			hold(l, l->length_ms, now);
		return false;
	}
	if (!is_mine) {
		snprintf(l->holder, sizeof(l->holder), "%s", holder);
		l->fence = l->fence < now ? now : l->fence + 1;
	}
	hold(l, length_ms, now);
	return true;
}

bool
lease_renew(struct lease *l, const char *holder, int64_t length_ms, int64_t now)
{
	return is_holder(l, holder) &&
	       lease_take(l, holder, length_ms, false, now);
}

bool
lease_drop(struct lease *l, const char *holder)
{
	if (!is_holder(l, holder))
		return false;
	l->holder[0] = '\0';
	l->expires = 0;
	return true;
}
