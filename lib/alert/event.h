#ifndef ALERT_EVENT_H
#define ALERT_EVENT_H

#include <stdint.h>

#include "alert/instance.h"
#include "core/buf.h"

/*
 * event - what happens to alerts, a line each on standard output, and in the
 * history: cdo-alert(1) has the members.
 */

/* Append {"event":..,"fingerprint":..,"rule":.., and, if it is not NULL,
 * "receiver":.., then "at":..; the rest of the object is the caller's. */
void event_begin(struct buf *out, const char *event, const struct instance *i,
    const char *receiver, int64_t at);

/* Append the whole of an event about the alert itself; by, comment: of
 * people, or NULL. */
void event_write(struct buf *out, const char *event, const struct instance *i,
    const char *by, const char *comment, int64_t at);

/* Append events for what instance.h says has happened. */
void event_tell(
    struct buf *out, const struct instance *i, unsigned what, int64_t at);

#endif
