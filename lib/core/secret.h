#ifndef CORE_SECRET_H
#define CORE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

/*
 * secret - secrets by reference, and the one redactor before every output.
 *
 * A reference says where the secret is: env:NAME, file:PATH or cred:NAME (a
 * systemd credential, a file in $CREDENTIALS_DIRECTORY).  What was read is
 * remembered, and masked wherever secret_mask looks, until the end.
 * Secrets of fewer than 4 bytes are not masked: that would spoil every text.
 */

#define SECRET_MAX ((size_t)64 << 10) /* bytes in a secret */
#define SECRET_MASK "***"

/*
 * Read the secret that ref names.  A final LF or CRLF of a file goes.  A file
 * that others than its owner can read or write is refused, so is an empty one.
 * Returns it, ended by NUL, owned by the caller; or NULL with the reason, one
 * line, appended to why.
 */
char *secret_read(const char *ref, struct buf *why);

/* Remember len bytes at s as a secret that came another way. */
void secret_remember(const char *s, size_t len);

/*
 * Replace each secret in the len bytes at text by "***", also where it stands
 * as JSON escapes it, whatever it escapes.  Returns the length, which is never
 * larger.
 */
size_t secret_mask(char *text, size_t len);

/*
 * Append url without what may be secret in it: user, password, the fragment,
 * and the values of the query, but for numbers of up to six digits.
 */
void secret_mask_url(struct buf *out, const char *url);

#endif
