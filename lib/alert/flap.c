#include <string.h>

#include "alert/flap.h"
#include "core/xmem.h"

static bool
is_within(int64_t at, int64_t span_ms, int64_t now)
{
	return at > now || now - at < span_ms;
}

void
flap_note(struct state_list *c, const struct flap_rule *rule, int64_t now)
{
	size_t drop = 0;

	if (rule->changes == 0)
		return;
	for (size_t i = 0; i < c->n; i++)
		if (c->v[i] > now)
			c->v[i] = now;
	while (drop < c->n && !is_within(c->v[drop], rule->within_ms, now))
		drop++;
	if (c->n - drop >= FLAP_MAX)
		drop = c->n - FLAP_MAX + 1;
	c->n -= drop;
	if (drop > 0 && c->n > 0)
		memmove(c->v, c->v + drop, c->n * sizeof(*c->v));
	c->v = xrealloc(c->v, c->n + 1, sizeof(*c->v));
	c->v[c->n++] = now;
}

bool
flap_is(const struct state_list *c, const struct flap_rule *rule, int64_t now)
{
	size_t many = (size_t)rule->changes;
	int64_t last;

	if (many == 0 || c->n < many)
		return false;
	last = c->v[c->n - 1];
	return last - c->v[c->n - many] < rule->within_ms &&
	       is_within(last, rule->within_ms / 2, now);
}

bool
flap_is_recent(
    const struct state_list *c, const struct flap_rule *rule, int64_t now)
{
	return rule->changes > 0 && c->n > 1 &&
	       is_within(c->v[c->n - 1], rule->within_ms, now);
}
