#ifndef SCHEMA_URI_H
#define SCHEMA_URI_H

#include <stdbool.h>
#include <stddef.h>

/*
 * uri - references made absolute (RFC 3986, section 5); nothing is checked.
 * What is returned is the caller's.
 */

/* The reference of len bytes, as it stands in a text whose URI is base. */
char *uri_resolve(const char *base, const char *ref, size_t len);

/* The URI of a file, "file:///srv/a%20b", by its absolute path. */
char *uri_of_file(const char *path);

/* The path of a URI of a file, or NULL if it is none. */
char *uri_to_file(const char *uri);

/* Cut the fragment off; returns it, without #, in place; "" if there is none */
char *uri_cut_fragment(char *uri);

/* Does it begin with a scheme? */
bool uri_is_absolute(const char *uri, size_t len);

/* Resolve %XX in place.  Returns false if one is no such. */
bool uri_unescape(char *s);

#endif
