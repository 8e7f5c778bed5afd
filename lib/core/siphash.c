#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>

#include "core/diag.h"
#include "core/siphash.h"

struct state {
	uint64_t v0, v1, v2, v3;
};

static inline uint64_t
rotate(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

static inline void
rounds(struct state *s, int n)
{
	while (n-- > 0) {
		s->v0 += s->v1;
		s->v2 += s->v3;
		s->v1 = rotate(s->v1, 13) ^ s->v0;
		s->v3 = rotate(s->v3, 16) ^ s->v2;
		s->v0 = rotate(s->v0, 32) + s->v3;
		s->v2 += s->v1;
		s->v3 = rotate(s->v3, 21) ^ s->v0;
		s->v1 = rotate(s->v1, 17) ^ s->v2;
		s->v2 = rotate(s->v2, 32);
	}
}

/* Up to eight bytes, the first one lowest, whatever the machine. */
static inline uint64_t
load(const uint8_t *p, size_t n)
{
	uint64_t x = 0;

	for (size_t i = 0; i < n; i++)
		x |= (uint64_t)p[i] << 8 * i;
	return x;
}

static inline void
take(struct state *s, uint64_t word)
{
	s->v3 ^= word;
	rounds(s, 2);
	s->v0 ^= word;
}

struct hash128
siphash(const uint8_t key[SIPHASH_KEY], const void *data, size_t len)
{
	uint64_t k0 = load(key, 8), k1 = load(key + 8, 8);
	struct state s = {k0 ^ 0x736f6d6570736575,
	    k1 ^ 0x646f72616e646f6d ^ 0xee, k0 ^ 0x6c7967656e657261,
	    k1 ^ 0x7465646279746573};
	const uint8_t *p = data;
	size_t rest = len % 8;
	struct hash128 h;

	for (size_t n = len / 8; n > 0; n--, p += 8)
		take(&s, load(p, 8));
	take(&s, (uint64_t)len << 56 | (rest ? load(p, rest) : 0));
	s.v2 ^= 0xee;
	rounds(&s, 4);
	h.a = s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
	s.v1 ^= 0xdd;
	rounds(&s, 4);
	h.b = s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
	return h;
}

void
siphash_key(uint8_t key[SIPHASH_KEY])
{
	/* requests of up to 256 bytes are not cut */
	while (getrandom(key, SIPHASH_KEY, 0) != SIPHASH_KEY)
		if (errno != EINTR)
			die_errno(EX_OSERR, "getrandom");
}
