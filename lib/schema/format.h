#ifndef SCHEMA_FORMAT_H
#define SCHEMA_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * format - the formats of JSON Schema: is a string a date, an address, a URI?
 *
 * All of draft 2020-12, section 7.3 of its validation document, which are
 * those of draft-07 and two more: duration and uuid.  Strings are valid UTF-8
 * of any length and may hold NUL.  Nothing here keeps a state: any thread may
 * call.
 */

struct format;

/* The format of that name, or NULL. */
const struct format *format_find(const char *name);

/* Static. */
const char *format_name(const struct format *f);

/* The names of all formats, in order, ended by NULL.  Static.  For cli_hint. */
const char *const *format_list(void);

/* Are the len bytes at s of this format? */
bool format_check(const struct format *f, const char *s, size_t len);

#endif
