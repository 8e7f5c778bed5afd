#ifndef STORE_SOCKET_H
#define STORE_SOCKET_H

#include <stdbool.h>
#include <sys/types.h>

#include "store/backend.h"

/*
 * socket - where the server listens: a Unix socket that only its user can
 * reach.
 *
 * The path belongs to who holds the locks of the store: nobody else makes or
 * removes a socket there.
 */

struct listener {
	int fd; /* -1: none */
	char *path; /* owned; NULL: somebody else made the socket */
	dev_t dev; /* of the file at path, */
	ino_t ino; /* as we made it */
};

/*
 * Take the socket that systemd has handed over, or make one at path: under
 * another name first, so that there is no moment in which it does not answer.
 * Returns 0, or an EX_ status by store_fail, with nothing to close.
 */
int listener_open(struct listener *l, struct store *s, const char *path);

/* Have the path lead nowhere, or to the socket again. */
void listener_hide(struct listener *l);
void listener_show(struct listener *l);

/* Close, and remove the file if it is ours. */
void listener_close(struct listener *l);

/*
 * Accept a client of our own user, or of root.  Returns its descriptor, -1
 * if nobody waits, -2 if it was somebody else, -3 for want of descriptors
 * or memory.
 */
int listener_accept(const struct listener *l);

#endif
