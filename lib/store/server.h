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
#define SERVER_PATIENCE_MS 10000
#define SERVER_SILENCE_MS 300000

struct server_options {
	const char *socket; /* path; NULL: DIR/socket */
	int64_t idle_ms; /* without any client, then it ends; 0: never */
	/* 0: the constants above */
	int64_t patience_ms; /* for a request to arrive, a reply to move */
	int64_t silence_ms; /* until a client without a request has to go */
};

/*
 * Serve until a stop signal comes or the time of idleness is over.
 * Returns 0, or an EX_ status with the reason in store_why.
 */
int server_run(struct store *s, const struct server_options *o);

#endif
