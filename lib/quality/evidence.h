#ifndef QUALITY_EVIDENCE_H
#define QUALITY_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * evidence - the first few examples of a failure, in the order of the input,
 * also when several threads gathered them.
 */

#define EVIDENCE_MAX 3

struct example {
	uint64_t order; /* of its file among the files, from 0 */
	uint64_t line; /* in it, from 1 */
	char *file; /* owned; the name */
	struct buf text; /* owned; what the caller wants to show */
};

/* {0} has none. */
struct evidence {
	struct example *all; /* owned; room for EVIDENCE_MAX */
	size_t n;
};

/* Is there room for another example? */
static inline bool
evidence_is_wanted(const struct evidence *e)
{
	return e->n < EVIDENCE_MAX;
}

/* Add one, which is wanted and comes after those that are there.  Returns
 * its text, empty, for the caller to fill in. */
struct buf *evidence_add(
    struct evidence *e, uint64_t order, const char *file, uint64_t line);

/* Keep the first of both; what is in from is taken, and from is empty. */
void evidence_merge(struct evidence *e, struct evidence *from);

void evidence_release(struct evidence *e);

#endif
