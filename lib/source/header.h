#ifndef SOURCE_HEADER_H
#define SOURCE_HEADER_H

#include <stdbool.h>

#include "core/buf.h"

/*
 * header - a request's header as people give it: "Name: text", or
 * "Name=[text ]reference" with the secret that reference names (see secret).
 *
 * Headers that commonly hold secrets are taken by reference only.
 */

/*
 * Append "Name: value" to out.  Returns 0, or with the reason appended to why
 * EX_USAGE, or EX_CONFIG if the secret cannot be had.
 */
int source_header(const char *arg, struct buf *out, struct buf *why);

/* Is it the name of a header whose value nobody else should see? */
bool source_header_is_secret(const char *name);

#endif
