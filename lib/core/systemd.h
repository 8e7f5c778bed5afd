#ifndef CORE_SYSTEMD_H
#define CORE_SYSTEMD_H

#include <stdint.h>

/*
 * systemd - what a service tells its manager and takes from it, by the
 * protocols of sd_listen_fds(3), sd_notify(3) and sd_watchdog_enabled(3).
 */

/*
 * The listening stream socket of the family AF_UNIX that was handed over; if
 * there are several, the one whose name (FileDescriptorName=) is name.
 * Returns its descriptor, -1 if none was handed over, -2 if none of those
 * will do.  The variables are gone from then on.
 */
int systemd_socket(const char *name);

/* Send text, NAME=VALUE; nothing if nobody wants to know. */
void systemd_notify(const char *text);

/* How often WATCHDOG=1 is to be sent, in ms; 0: not at all. */
int64_t systemd_watchdog(void);

#endif
