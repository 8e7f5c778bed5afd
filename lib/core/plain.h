#ifndef CORE_PLAIN_H
#define CORE_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * plain - the regular expressions that most people write for most fields,
 * "^[A-Z]{3}-[0-9]+$": anchored, a row of texts and sets of ASCII with counts,
 * in which it is clear at every byte how to go on.  They are matched byte by
 * byte, some times faster than by a general engine.  Read-only once made.
 */

struct plain;

/*
 * Read a pattern.  Returns it, to be freed with free(3); or NULL if it is not
 * that plain, or no pattern at all.
 */
struct plain *plain_new(const char *text, size_t len);

/* Does it match at the start of the len bytes at s, valid UTF-8? */
bool plain_match(const struct plain *p, const char *s, size_t len);

#endif
