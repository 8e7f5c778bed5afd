#ifndef HTTP_OAUTH_H
#define HTTP_OAUTH_H

#include "core/buf.h"
#include "http/layer.h"

/*
 * oauth - tokens of OAuth 2.0 by client credentials (RFC 6749, 4.4), asked
 * for, kept in memory and in a file.  Private to auth, which holds its lock.
 */

#define OAUTH_TOKEN_MAX ((size_t)16384) /* bytes */
#define OAUTH_ANSWER_MAX ((uint64_t)256 << 10)

struct oauth {
	const char *token_url;
	const char *id, *secret; /* lent, may change between calls */
	const char *scope, *audience; /* or NULL */
	bool is_in_body; /* id and secret are, instead of in a header */
	char *path; /* owned; of the file, or NULL */

	char *token; /* owned; or NULL */
	int64_t got, expires; /* ms since 1970 */
};

/* Name the file in dir, by a digest of all but the secret; make dir. */
int oauth_keep_in(struct oauth *o, const char *dir, struct buf *why);

/*
 * Have a token that is good for a while: the one in memory, in the file, or a
 * new one by below.  not: one that was refused, and will not do; or NULL.
 * Returns HTTP_OK, or what http_do returned, with *r that of the request; r
 * is to be released in any case.
 */
enum http_class oauth_get(struct oauth *o, const struct http_layer *below,
    const char * not, struct http_result *r);

/*
 * Read the answer of a token's server: len bytes of JSON.
 * Returns whether it is a bearer token: *token is owned by the caller, its
 * life in ms; or false, the reason appended to why (nothing of the answer).
 */
bool oauth_read(
    const char *text, size_t len, char **token, int64_t *life, struct buf *why);

void oauth_release(struct oauth *o);

#endif
