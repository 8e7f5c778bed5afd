#ifndef SOURCE_PROBE_H
#define SOURCE_PROBE_H

#include "source/source.h"

/*
 * probe - one look at an answer, and the source file that it suggests: where
 * the records are, how pages go on, which field could be a cursor, what a map
 * would be.  It is a proposal: who runs it unattended reads it before.
 */

/* Ask what name names, a URL or a source, once, and write the proposal to
 * standard output.  Returns 0 or a status after a diagnostic. */
int source_probe(struct source *s, const char *name);

#endif
