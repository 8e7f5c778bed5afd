#ifndef HTTP_AUTH_PRIVATE_H
#define HTTP_AUTH_PRIVATE_H

#include <pthread.h>

#include "http/auth.h"
#include "http/aws.h"
#include "http/oauth.h"

/* auth_private - between the files of auth.  Private. */

enum auth_kind {
	AUTH_QUERY,
	AUTH_HEADER,
	AUTH_BASIC,
	AUTH_BEARER,
	AUTH_OAUTH2,
	AUTH_SIGV4,
	AUTH_KEY
};

/* A text that may be a secret. */
struct auth_text {
	char *reference; /* owned; NULL: it is no secret, and in value */
	char *prefix; /* owned; of a secret */
	char *value; /* owned; NULL until it is read */
};

/* Which text is what. */
enum {
	AUTH_USER, /* user, client_id, key_id */
	AUTH_SECRET, /* value, password, token, client_secret, secret_key */
	AUTH_SESSION, /* session_token */
	AUTH_TEXTS
};

struct auth {
	enum auth_kind kind;
	char *name; /* owned: of a parameter, header, or file of a key */
	struct auth_text text[AUTH_TEXTS];
	char *region, *service; /* owned: sigv4 */
	char *token_url, *scope, *audience; /* owned: oauth2 */
	bool is_in_body;
	char *profile; /* owned */

	pthread_mutex_t lock; /* over all that follows, and the values */
	bool is_unlocked;
	struct aws_keys keys; /* sigv4: of the environment */
	struct oauth oauth;
	int64_t skew_ms; /* the server's clock less ours */
};

extern const char *const auth_kinds[]; /* "query" ..., ends with NULL */

/* Credentials that sign for a service of Amazon's; *k is the callee's. */
struct auth *auth_new_aws(struct aws_keys *k, const char *service);

/* Let the redactor know the secrets in the form in which they are sent. */
void auth_remember(const struct auth *a);

/* Read a text's secret anew.  Returns whether it is another one than before;
 * what is not to be had stays as it was. */
bool auth_reread(struct auth_text *t);

#endif
