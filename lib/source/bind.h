#ifndef SOURCE_BIND_H
#define SOURCE_BIND_H

#include "source/definition.h"

/*
 * bind - the values that a source's templates are filled with: a row for each
 * time that it is asked.
 */

/* Read NAME=VALUE into params, an object of arrays of strings.  Returns false
 * with the reason appended to why. */
bool bind_param(json_t *params, const char *text, struct buf *why);

/*
 * The rows: those of "for", each with each of the values in params (an object
 * of arrays, or of single values), over "vars"; without those that are the
 * same.  params may be NULL.  Returns an array, to be given back.
 */
json_t *bind_rows(const struct definition *d, const json_t *params);

/* Append what tells a row from others of the source: "city=Recife,year=2026";
 * nothing if there are no others. */
void bind_name(struct buf *b, const struct definition *d, const json_t *params,
    const json_t *row);

/* Does the source file of d have {name} in a template? */
bool bind_is_wanted(const struct definition *d, const char *name);

#endif
