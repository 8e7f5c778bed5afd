#ifndef SCHEMA_REFS_H
#define SCHEMA_REFS_H

#include "schema/schema.h"

/*
 * The path that the longest mapping for a URI leads to, owned by the caller;
 * or NULL if none is about it.
 */
char *refs_find(const struct schema_refs *refs, const char *uri);

#endif
