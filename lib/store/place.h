#ifndef STORE_PLACE_H
#define STORE_PLACE_H

#include <stdbool.h>

#include "core/buf.h"

/*
 * place - where a server is: redis://[user[:password]@]host[:port][/db], or
 * unix:PATH.
 */

struct place {
	char *path; /* of a socket; NULL: it is a host and port */
	char *host, *port;
	char *user, *password; /* or NULL */
	unsigned db; /* of the state; the next one is the cache's */
};

/* Does s name a server, whether rightly or not? */
bool place_is(const char *s);

/*
 * Read it.  A password is remembered as a secret; one that is in neither s
 * nor env, the value of a variable (or NULL), there is not.  env may be a
 * reference; see secret.
 * Returns 0; or EX_CONFIG with the reason, one line, appended to why.
 */
int place_read(
    struct place *p, const char *s, const char *env, struct buf *why);

void place_release(struct place *p);

#endif
