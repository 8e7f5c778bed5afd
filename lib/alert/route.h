#ifndef ALERT_ROUTE_H
#define ALERT_ROUTE_H

#include "alert/alert.h"

/*
 * route - which receivers an alert goes to, and in which group.
 *
 * An alert that a route takes goes on to the first of its own routes that
 * takes it, and to the ones behind that as long as they "continue"; if none
 * does, it stays: it goes to the route's receiver.
 */

/* Call each for every route at which the alert stays. */
void route_walk(const struct alert_route *route, struct alert *alert,
    void (*each)(void *arg, const struct alert_route *r, struct alert *a),
    void *arg);

/* Append the labels by which the route groups, as a JSON object. */
void route_write_group(struct buf *out, const struct alert_route *route,
    const struct alert *alert);

#endif
