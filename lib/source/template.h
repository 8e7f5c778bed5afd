#ifndef SOURCE_TEMPLATE_H
#define SOURCE_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "core/buf.h"

/*
 * template - text with {name} in it, filled from variables, each value
 * escaped for the place where it stands.
 *
 * {{ and }} are braces.  A name is of letters, digits and _, and does not
 * begin with a digit.  What was filled in is never read as a template again.
 */

struct template_part {
	char *text; /* owned: literal, or a variable's name */
	size_t len;
	bool is_name;
};

struct template
{
	struct template_part *parts; /* owned */
	size_t n;
};

enum template_place {
	TEMPLATE_TEXT, /* as it is, for who escapes it himself */
	TEMPLATE_HEADER, /* no control characters */
	TEMPLATE_QUERY, /* a part of a query: all but unreserved is %XX */
	TEMPLATE_URL /* what is right in its host, path or query */
};

/* Compile.  Returns true, and t to be released; or false with the reason
 * appended to why. */
bool template_compile(struct template *t, const char *text, struct buf *why);

/* One that is nothing but text. */
void template_literal(struct template *t, const char *text);

/* Free the contents.  Safe to call twice. */
void template_release(struct template *t);

/* The name, if it is nothing but {name}; or NULL.  Lent. */
const char *template_name(const struct template *t);

/*
 * Append it, filled from an object of strings, numbers and booleans.
 * Returns 0; EX_USAGE if a variable is missing, EX_DATAERR if its value must
 * not stand there; with the reason appended to why.
 */
int template_fill(const struct template *t, const json_t *vars,
    enum template_place place, struct buf *out, struct buf *why);

/* Is a part of the host to be filled in? */
bool template_fills_host(const struct template *t);

/* Append len bytes as a part of a query or of a path (RFC 3986): all but
 * letters, digits and -._~ becomes %XX. */
void template_escape(struct buf *out, const char *s, size_t len);

/* Append the text of a string, number or boolean.  Returns whether it is
 * one. */
bool template_text(struct buf *out, const json_t *v);

/* Is it the name of a variable? */
bool template_is_name(const char *s, size_t len);

#endif
