#include <stdlib.h>

#include "core/xmem.h"
#include "quality/exact.h"

void
exact_release(struct exact *e)
{
	free(e->slots);
	*e = (struct exact){.n = 0};
}

/* The place of the hash, or the gap where it belongs. */
static struct exact_hash *
find(const struct exact *e, struct exact_hash hash)
{
	size_t i = hash.a & (e->cap - 1);

	for (;; i = (i + 1) & (e->cap - 1)) {
		struct exact_hash *s = &e->slots[i];

		if (s->b == 0 || (s->a == hash.a && s->b == hash.b))
			return s;
	}
}

/* End with an answer, and give back the memory. */
static void
end(struct exact *e, enum exact_state state, size_t *budget)
{
	*budget += e->cap;
	exact_release(e);
	e->state = state;
}

/* Twice the slots.  Returns whether there were that many. */
static bool
grow(struct exact *e, size_t *budget)
{
	struct exact old = *e;
	size_t cap = old.cap ? 2 * old.cap : 16;

	if (*budget < cap - old.cap)
		return false;
	*budget -= cap - old.cap;
	e->cap = cap;
	e->slots = xcalloc(cap, sizeof(*e->slots));
	for (size_t i = 0; i < old.cap; i++)
		if (old.slots[i].b)
			*find(e, old.slots[i]) = old.slots[i];
	free(old.slots);
	return true;
}

void
exact_add(struct exact *e, struct exact_hash hash, size_t *budget)
{
	struct exact_hash *s;

	if (e->state != EXACT_UNIQUE)
		return;
	hash.b |= 1; /* 0 is a gap */
	if (3 * e->n >= 2 * e->cap && !grow(e, budget)) {
		end(e, EXACT_GIVEN_UP, budget);
		return;
	}
	s = find(e, hash);
	if (s->b) {
		end(e, EXACT_REPEATED, budget);
		return;
	}
	*s = hash;
	e->n++;
}

void
exact_merge(struct exact *e, const struct exact *from, size_t *budget)
{
	if (e->state == EXACT_UNIQUE && from->state != EXACT_UNIQUE)
		end(e, from->state, budget);
	for (size_t i = 0; i < from->cap; i++)
		if (from->slots[i].b)
			exact_add(e, from->slots[i], budget);
}
