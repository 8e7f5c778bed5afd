#ifndef STORE_CONNECT_H
#define STORE_CONNECT_H

#include <stdint.h>

#include "core/buf.h"

/*
 * connect - sockets to servers, closed in children.
 *
 * What they return is a connected socket, the caller's to close; or -1 with
 * *status set to an EX_ status and the reason, one line, appended to why.
 */

/* Each of the host's addresses in turn, for wait_ms all in all; not counting
 * the look-up of the name, which has its own limits (resolv.conf). */
int connect_tcp(const char *host, const char *port, int64_t wait_ms,
    int *status, struct buf *why);

/* Whoever listens there must be this user, or root. */
int connect_unix(
    const char *path, int64_t wait_ms, int *status, struct buf *why);

#endif
