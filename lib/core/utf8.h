#ifndef CORE_UTF8_H
#define CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * utf8 - UTF-8 as RFC 3629 has it: no surrogates, nothing overlong, nothing
 * above U+10FFFF.
 */

/* Bytes of the character at s, 1 to 4, or 0 if the n > 0 bytes begin none. */
size_t utf8_span(const char *s, size_t n);

/* The code point of the character at s, of that span. */
uint32_t utf8_decode(const char *s, size_t span);

/* Write the character c, at most 4 bytes.  Returns how many. */
size_t utf8_encode(uint32_t c, char *out);

/* Are the n bytes all characters? */
bool utf8_is_valid(const char *s, size_t n);

/* Code points in n bytes that are known to be valid. */
size_t utf8_count(const char *s, size_t n);

/* The longest part of s, at most n of len bytes, that cuts no character. */
size_t utf8_cut(const char *s, size_t len, size_t n);

#endif
