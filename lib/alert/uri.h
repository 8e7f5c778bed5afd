#ifndef ALERT_URI_H
#define ALERT_URI_H

#include <stddef.h>

#include "core/buf.h"

/*
 * uri - URLs and forms, put together.
 */

/*
 * Append base without slashes at its end, then path as it is:
 * https://example.org/ and /v2/alerts.
 */
void uri_join(struct buf *out, const char *base, const char *path);

/* Append name=value of a form (application/x-www-form-urlencoded), after an
 * & unless it is the first.  name needs no encoding. */
void uri_add_field(
    struct buf *out, const char *name, const char *value, size_t len);

#define URI_FORM "Content-Type: application/x-www-form-urlencoded"

#endif
