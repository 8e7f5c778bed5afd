#ifndef STORE_GLOB_H
#define STORE_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/*
 * glob - patterns as Redis has them: * ? [a-z] [^a] and \ before a character
 * that means itself.  Bytes, not characters.
 */

/* Do all n bytes at s match?  Takes at most about len times n steps. */
bool glob_match(const char *pattern, size_t len, const char *s, size_t n);

/* How many bytes at its beginning match themselves only. */
size_t glob_prefix(const char *pattern, size_t len);

#endif
