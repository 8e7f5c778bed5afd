#include <stdlib.h>
#include <string.h>

#include "core/sha256.h"
#include "core/xmem.h"
#include "state/seen.h"

enum { HIGH, LOW, UNTIL, WORDS };

static bool
is_sound(const void *state)
{
	const struct seen *s = state;

	return s->marks.n % WORDS == 0 && s->n_forgotten >= 0;
}

static int64_t
life(const void *state, int64_t now)
{
	const struct seen *s = state;
	int64_t last = now + 1;

	for (size_t i = 0; i < s->marks.n; i += WORDS)
		if (s->marks.v[i + UNTIL] > last)
			last = s->marks.v[i + UNTIL];
	return last == STORE_NEVER ? STORE_NEVER : last - now;
}

static const struct state_member members[] = {
    {"marks", STATE_LIST, offsetof(struct seen, marks), SEEN_MAX *WORDS},
    {"n_forgotten", STATE_INT, offsetof(struct seen, n_forgotten), 0},
    {NULL, STATE_INT, 0, 0},
};

const struct state_kind seen_kind = {
    "seen", sizeof(struct seen), members, is_sound, life};

struct seen_hash
seen_hash(const void *data, size_t len)
{
	uint8_t digest[SHA256_SIZE];
	struct seen_hash h;

	sha256(data, len, digest);
	memcpy(&h, digest, sizeof(h));
	return h;
}

/* Drop what is over, cut what lies too far ahead. */
static void
sweep(struct seen *s, int64_t until, int64_t now)
{
	int64_t *v = s->marks.v;
	size_t n = 0;

	for (size_t i = 0; i < s->marks.n; i += WORDS) {
		if (v[i + UNTIL] <= now)
			continue;
		memmove(v + n, v + i, WORDS * sizeof(*v));
		if (v[n + UNTIL] > until)
			v[n + UNTIL] = until;
		n += WORDS;
	}
	s->marks.n = n;
}

static void
add(struct seen *s, struct seen_hash h, int64_t until, size_t max)
{
	struct state_list *m = &s->marks;
	size_t n = m->n / WORDS, drop = n >= max ? n - max + 1 : 0;

	if (drop > 0)
		memmove(m->v, m->v + drop * WORDS,
		    (m->n - drop * WORDS) * sizeof(*m->v));
	m->n -= drop * WORDS;
	s->n_forgotten += (int64_t)drop;
	m->v = xrealloc(m->v, m->n + WORDS, sizeof(*m->v));
	m->v[m->n + HIGH] = h.high;
	m->v[m->n + LOW] = h.low;
	m->v[m->n + UNTIL] = until;
	m->n += WORDS;
}

bool
seen_test(
    struct seen *s, struct seen_hash h, int64_t ttl_ms, size_t max, int64_t now)
{
	int64_t until = ttl_ms > STORE_NEVER - now ? STORE_NEVER : now + ttl_ms;

	sweep(s, until, now);
	for (size_t i = 0; i < s->marks.n; i += WORDS)
		if (s->marks.v[i + HIGH] == h.high &&
		    s->marks.v[i + LOW] == h.low)
			return true;
	if (max == 0 || max > SEEN_MAX)
		max = SEEN_MAX;
	add(s, h, until, max);
	return false;
}

void
seen_clear(struct seen *s)
{
	s->marks.n = 0;
	s->n_forgotten = 0;
}
