#ifndef ALERT_DATAGRAM_H
#define ALERT_DATAGRAM_H

#include <stdint.h>

#include "alert/channel.h"

/*
 * datagram - to a daemon of this machine, by a Unix socket of datagrams.
 */

struct datagrams {
	const char *path; /* of the socket */
	int64_t timeout_ms; /* for all, while the queue there is full */
	int facility;
	void (*write)(struct buf *out, const struct notification *n,
	    const struct notice *a, int facility);
};

/* Send what write makes of each alert. */
enum delivery datagram_send(
    const struct datagrams *d, const struct notification *n, struct attempt *t);

#endif
