#ifndef ALERT_ROUTE_H
#define ALERT_ROUTE_H

#include "alert/alerts.h"
#include "alert/instance.h"

/*
 * route - which receivers an alert goes to, and in which group.
 *
 * An alert that a route takes goes on to the first of its own routes that
 * takes it, and to the ones behind that as long as they "continue"; if none
 * does, it stays: it goes to the route's receiver.
 */

/* Call each for every route at which the alert stays. */
void route_walk(const struct alert_route *route, struct instance *alert,
    void (*each)(void *arg, const struct alert_route *r, struct instance *a),
    void *arg);

/* Do the labels of the alert satisfy all of them? */
bool route_matches(const struct matchers *m, const struct instance *alert);

/* Append the labels by which the route groups, as a JSON object. */
void route_write_group(struct buf *out, const struct alert_route *route,
    const struct instance *alert);

/* Is the route muted by one of its windows? */
bool route_is_mute(const struct alert_route *r, int64_t now);

/* When that changes next; STORE_NEVER: not soon. */
int64_t route_mute_due(const struct alert_route *r, int64_t now);

#endif
