#ifndef SOURCE_EXPLAIN_H
#define SOURCE_EXPLAIN_H

#include "source/source.h"

/*
 * explain - why a source would be asked now, or not: what is kept of its
 * answer, its breaker, quota and budget, its cursor and lease.  Nobody is
 * asked, and nothing changes.
 */

/* Write an object for each row of the source that name names.  Returns 0 or a
 * status after a diagnostic. */
int source_explain(struct source *s, const char *name);

#endif
