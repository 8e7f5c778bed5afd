#include <stdlib.h>

#include "core/xmem.h"
#include "detect/season.h"

#define SLOT_MS ((int64_t)300000)

void
season_init(struct season *s, int64_t period_ms, double weight)
{
	int64_t n = period_ms / SLOT_MS;

	if (n < 288) /* as fine as that of a day */
		n = period_ms < 288 ? period_ms : 288;
	*s = (struct season){.period_ms = period_ms,
	    .n_slots = n > SEASON_SLOTS ? SEASON_SLOTS : (size_t)n,
	    .weight = weight};
	s->slots = xcalloc(s->n_slots, sizeof(*s->slots));
}

struct level *
season_at(const struct season *s, int64_t ms)
{
	int64_t phase = ms % s->period_ms;

	if (phase < 0)
		phase += s->period_ms;
	/* an int64_t holds a year of ms times SEASON_SLOTS many times over */
	return &s->slots[phase * (int64_t)s->n_slots / s->period_ms];
}

void
season_pack(struct season *s, struct pack *p, const char *name)
{
	size_t n = 0;

	if (p->mode == PACK_SHOW) {
		for (size_t i = 0; i < s->n_slots; i++)
			n += s->slots[i].n > 0;
		pack_size(p, name, &n, 0, SEASON_SLOTS);
		return;
	}
	for (size_t i = 0; i < s->n_slots && !p->is_bad; i++)
		level_pack(&s->slots[i], p, name);
}

void
season_release(struct season *s)
{
	free(s->slots);
	s->slots = NULL;
}
