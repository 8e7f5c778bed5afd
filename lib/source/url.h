#ifndef SOURCE_URL_H
#define SOURCE_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

/*
 * url - what pages need of URLs (RFC 3986) of http and https: origins,
 * references, parameters.  Outputs are appended and are strings: len does not
 * count the NUL behind them.
 */

/* The origin, "https://example.org:443".  Returns false, and b is as it was,
 * if url is none of http or https. */
bool url_origin(struct buf *b, const char *url);

/*
 * A reference as seen from base, an URL of http or https (RFC 3986, 5.2),
 * without its fragment.  Returns false, and b is as it was, if it leads to
 * another scheme than http and https, or holds blanks or control bytes.
 */
bool url_resolve(struct buf *b, const char *base, const char *reference);

/* Has the query a parameter of that name, written as template_escape does? */
bool url_has_param(const char *url, const char *name);

/* Append & or ?, as url needs it, the name and a value, both as they are to
 * be read: they are escaped here. */
void url_add_param(
    struct buf *url, const char *name, const char *value, size_t len);

/*
 * The target of the relation rel in a Link header (RFC 8288), which may hold
 * several links.  Returns whether there is one, and appends it.
 */
bool url_of_link(struct buf *b, const char *header, const char *rel);

/* Is it one of ftp or sftp, where there are files? */
bool url_is_of_files(const char *url);

#endif
