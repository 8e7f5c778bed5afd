#ifndef CORE_TIMESTAMP_H
#define CORE_TIMESTAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * timestamp - moments as text (RFC 3339) and as int64_t milliseconds since
 * 1970-01-01T00:00:00Z, leap seconds not counted; and the clock.
 */

#define TIMESTAMP_SIZE 32 /* room for any timestamp in text, and its NUL */

/*
 * Read a date-time of RFC 3339.  Beyond it: a space for the T, no offset
 * (meaning UTC, as many programs write it), and a date alone (its midnight).
 * Digits behind the milliseconds are cut off.  A leap second, 23:59:60 UTC,
 * counts as the second after it.  Years 0000 to 9999.
 * Returns whether all len bytes of s were one, and sets *ms.
 */
bool timestamp_parse(const char *s, size_t len, int64_t *ms);

/*
 * Write 2026-11-24T15:37:39Z, with milliseconds only where there are some.
 * out: TIMESTAMP_SIZE bytes, ended by NUL.  Moments outside the years 0000
 * to 9999 are clamped.  Returns the length.
 */
size_t timestamp_format(int64_t ms, char *out);

/*
 * The wall clock.  CDO_NOW, an RFC 3339 date-time in the environment, stands
 * in for it, so that runs can be repeated; it does not move.
 */
int64_t timestamp_now(void);

/* Does CDO_NOW stand in for the clock? */
bool timestamp_is_fixed(void);

/* A clock that only goes forward, in milliseconds; its zero is anywhere. */
int64_t timestamp_monotonic(void);

#endif
