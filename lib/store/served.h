#ifndef STORE_SERVED_H
#define STORE_SERVED_H

#include "store/backend.h"

/*
 * served - the server of a directory, if there is one: our own, which listens
 * at DIR/socket.
 *
 * It holds the locks of both databases, so there is nothing to be decided
 * here: who finds no server and gets no lock waits for either.
 */

/*
 * Begin by the server, if it is there and answers within a second: t->backend
 * and t->private become those of a server.  Returns whether they did.
 */
bool served_begin(struct store_txn *t, const char *const *watch);

/* The same over the connection of an earlier transaction, if there is one. */
bool served_again(struct store_txn *t, const char *const *watch);

#endif
