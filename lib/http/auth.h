#ifndef HTTP_AUTH_H
#define HTTP_AUTH_H

#include "http/layer.h"
#include "json/doc.h"

/*
 * auth - credentials, put into requests: the member "auth" of a source.
 *
 *	{"query": {"name": "appid", "value": SECRET}}
 *	{"header": {"name": "X-Api-Key", "value": SECRET}}
 *	{"basic": {"user": STRING or SECRET, "password": SECRET}}
 *	{"key": {"user": STRING or SECRET, "file": PATH}}
 *	{"bearer": SECRET}
 *	{"oauth2": {"token_url": URL, "client_id": STRING or SECRET,
 *	    "client_secret": SECRET, "scope": "a b", "audience": STRING,
 *	    "in": "basic" or "body"}}
 *	{"sigv4": {"service": "s3", "region": "us-east-1", "key_id": SECRET,
 *	    "secret_key": SECRET, "session_token": SECRET}}
 *
 * SECRET is {"secret": "env:NAME", "prefix": "..."}, as in core/secret; it is
 * read by auth_unlock, and known to the redactor from then on.  "profile"
 * beside any of them is the name by which the cache tells credentials apart;
 * without it, it is made from the references, never from the secrets.  sigv4
 * without keys has those of the environment, see http/aws.
 *
 * A key is for sftp: a private key, which ssh reads; it and basic are all that
 * log in where files are, and the others are for http.
 *
 * Tokens of OAuth 2.0 (RFC 6749, 4.4: client credentials) are kept in memory
 * and in a file of mode 0600, so that the runs of cron share them.  They are
 * not in the store: that may be a server others can read, is dumped, listed
 * and copied, and what is deleted there stays in its files for a time.
 *
 * Any thread may call auth_do; one at a time asks for a token.
 */

struct auth;

/*
 * Read the value at that place of the document.  Faults are told.
 * Returns it, or NULL.
 */
struct auth *auth_load(
    struct doc *d, const struct doc_place *at, const json_t *v);

/* NULL is fine. */
void auth_free(struct auth *a);

/* The name for the cache's key.  Lent. */
const char *auth_profile(const struct auth *a);

/* Append what it does, without secrets: "bearer (env:TOKEN)". */
void auth_show(const struct auth *a, struct buf *out);

/*
 * Read the secrets.  tokens: the directory for tokens, made if need be; or
 * NULL: they stay in memory.
 * Returns 0, or EX_CONFIG (or EX_NOPERM) with the reason appended to why.
 */
int auth_unlock(struct auth *a, const char *tokens, struct buf *why);

/*
 * Do q by below, with the credentials.  401 to an OAuth token: a new one is
 * asked for, and q done once more; a signature that is refused because our
 * clock differs from the server's: once more, by the server's clock.
 * A request that leaves for a token is done by below, too.
 * As http_retry, otherwise.
 */
enum http_class auth_do(struct auth *a, const struct http_request *q,
    const struct http_layer *below, http_on_retry *on_retry,
    struct http_result *r);

/* The same as a layer.  The layer and both arguments are lent. */
struct auth_layer {
	struct auth *auth;
	const struct http_layer *below;
};
enum http_class auth_fetch(void *arg, const struct http_request *q,
    http_on_retry *on_retry, struct http_result *r);

#endif
