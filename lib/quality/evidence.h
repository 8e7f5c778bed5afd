#ifndef QUALITY_EVIDENCE_H
#define QUALITY_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * evidence - the first few examples of each kind of failure, in the order of
 * the input, also when several threads gathered them.
 */

#define EVIDENCE_MAX 3 /* examples of a kind */

struct example {
	uint64_t file; /* number, from 0 */
	uint64_t line; /* in it, from 1 */
	struct buf text; /* owned; what the caller wants to show */
};

struct evidence {
	struct examples {
		struct example all[EVIDENCE_MAX];
		size_t n;
	} * kinds; /* owned */
	size_t n;
};

/* Set up for kinds from 0 to n - 1.  Pair with evidence_release. */
void evidence_init(struct evidence *e, size_t n);
void evidence_release(struct evidence *e);

/* Is there room for another example? */
static inline bool
evidence_is_wanted(const struct evidence *e, size_t kind)
{
	return e->kinds[kind].n < EVIDENCE_MAX;
}

/* Add one, which is wanted and comes after those that are there.  Returns
 * its text, empty, for the caller to fill in. */
struct buf *evidence_add(
    struct evidence *e, size_t kind, uint64_t file, uint64_t line);

/* Keep the first of both; what is in from is taken. */
void evidence_merge(struct evidence *e, struct evidence *from);

#endif
