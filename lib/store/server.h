#ifndef STORE_SERVER_H
#define STORE_SERVER_H

#include <stdint.h>

#include "store/store.h"

/*
 * server - one process that owns the databases of a directory, for all others
 * on the host that speak RESP2 to it over a Unix socket.
 *
 * One thread, one loop.  A turn of it takes what all clients have sent, runs
 * it, commits the writes of all of them together, then sends the replies.
 * stream/stop must have been initialised; a signal ends it.
 */

#define SERVER_CLIENTS_MAX 512

struct server_options {
	const char *socket; /* path; NULL: DIR/socket */
	int64_t
	    idle_ms; /* end when nobody was connected for so long; 0: go on */
};

/*
 * Serve until a stop signal comes or the time of idleness is over.
 * Returns 0, or an EX_ status with the reason in store_why.
 */
int server_run(struct store *s, const struct server_options *o);

#endif
