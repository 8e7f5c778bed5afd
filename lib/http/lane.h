#ifndef HTTP_LANE_H
#define HTTP_LANE_H

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "http/answer.h"
#include "http/http.h"

/*
 * lane - one transfer at a time as curl sees it: the handle, and what its
 * callbacks find.  Private to http.
 *
 * The callbacks run in the thread that drives curl, which in a shared client
 * is not the one that waits for the answer.  That one may look at the header
 * once it has seen some of the body, or the end.
 */

struct lane {
	CURL *easy; /* owned */
	size_t max_header;
	bool is_public; /* only addresses that anybody could reach */

	/* Written by the callbacks. */
	struct answer *answer; /* owned; of this hop */
	size_t header_size, n_lines;
	bool is_header_large; /* the transfer was ended for that */
	atomic_bool is_private; /* an address was refused */
	_Atomic int64_t heard_at; /* the last byte, monotonic */
	bool has_body; /* what comes behind it is no header */

	/* See hub.h. */
	pthread_mutex_t lock;
	pthread_cond_t news;
	struct buf ahead; /* under lock: of the body, not taken yet */
	bool is_paused, is_over; /* under lock */
	CURLcode code; /* once it is over */
	bool is_running, has_news; /* the hub's */
	bool wants_add, wants_resume, wants_end; /* under the hub's lock */
	bool is_waiting; /* under the hub's lock: in its list of orders */
	struct lane *next_order, *next_running;

	struct lane *next; /* of the client's that nobody uses */
};

struct lane *lane_new(void);
void lane_free(struct lane *l);

/* Begin with a hop, of which easy knows all but the header's callback. */
void lane_start(struct lane *l);

#endif
