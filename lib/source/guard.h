#ifndef SOURCE_GUARD_H
#define SOURCE_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/map.h"

/*
 * guard - pages that would never end: every token or URL of a run, and what
 * the last pages had in them, are remembered, and must not come again.
 * Memory: 60 bytes a page.
 */

#define GUARD_BODIES 5

struct guard {
	struct map tokens; /* by digest; private, as is the rest */
	uint64_t bodies[GUARD_BODIES];
	unsigned n_bodies;
};

/* {0} is a guard that has seen nothing.  Free the contents. */
void guard_release(struct guard *g);

/* Note a token or URL.  Returns whether it is new. */
bool guard_token(struct guard *g, const char *token, size_t len);

/* Note a page by a hash of its records.  Returns whether it is none of the
 * last five. */
bool guard_body(struct guard *g, uint64_t hash);

#endif
