#include "source/guard.h"
#include "core/sha256.h"

void
guard_release(struct guard *g)
{
	map_release(&g->tokens);
	*g = (struct guard){0};
}

bool
guard_token(struct guard *g, const char *token, size_t len)
{
	uint8_t digest[SHA256_SIZE];
	size_t before = g->tokens.n;

	sha256(token, len, digest);
	map_put(&g->tokens, digest, 16);
	return g->tokens.n > before;
}

bool
guard_body(struct guard *g, uint64_t hash)
{
	unsigned n = g->n_bodies < GUARD_BODIES ? g->n_bodies : GUARD_BODIES;

	for (unsigned i = 0; i < n; i++)
		if (g->bodies[i] == hash)
			return false;
	g->bodies[g->n_bodies++ % GUARD_BODIES] = hash;
	return true;
}
