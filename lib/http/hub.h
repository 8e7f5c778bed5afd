#ifndef HTTP_HUB_H
#define HTTP_HUB_H

#include "http/lane.h"

/*
 * hub - the thread that drives the transfers of a shared client.  Private
 * to http.
 *
 * Other threads give it lanes that are set up, take from them what came of
 * the body, and are told the end.  A lane that is HTTP_AHEAD ahead of who
 * takes is paused, and its server has to wait.
 */

struct hub;

struct hub *hub_new(void);

/* NULL is fine.  No lane may be running. */
void hub_free(struct hub *hub);

/* Run a lane. */
void hub_add(struct hub *hub, struct lane *l);

enum hub_news { HUB_DATA, HUB_OVER, HUB_NOTHING };

/*
 * Wait up to wait_ms for some of the body, or the end; *piece, which is empty,
 * gets all that came.  A signal (stream/stop) ends the wait.  When it is over
 * l->code says how, and easy may be asked.
 */
enum hub_news hub_take(
    struct hub *hub, struct lane *l, struct buf *piece, int64_t wait_ms);

/* Take it out if it is running, and wait until it is. */
void hub_end(struct hub *hub, struct lane *l);

#endif
