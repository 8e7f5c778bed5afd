#ifndef ALERT_SYSLOG_H
#define ALERT_SYSLOG_H

#include "alert/notification.h"

/*
 * syslog - alerts as messages of syslog and as entries of systemd's journal.
 *
 * Pure.  A message is one line of valid UTF-8, whatever the data.
 */

#define SYSLOG_TEXT_MAX 2048 /* bytes of a message without its head */

/* "kern" .. "local7", as RFC 5424, section 6.2.1, numbers them; then NULL. */
extern const char *const syslog_facilities[];

#define SYSLOG_DAEMON 3

/* emerg 0 .. debug 7: critical is crit, and what is resolved is notice. */
int syslog_severity(const struct notice *a);

/*
 * Append the alert as RFC 5424 has it, with its fingerprint, rule, status,
 * severity and labels as structured data.
 */
void syslog_write(struct buf *out, const struct notification *n,
    const struct notice *a, int facility);

/* The same as syslog(3) writes to the local socket (RFC 3164, section 4). */
void syslog_write_local(struct buf *out, const struct notification *n,
    const struct notice *a, int facility);

/*
 * Append the value of a parameter of structured data (section 6.3.3), quoted:
 * " \ ] are escaped.
 */
void syslog_add_value(struct buf *out, const char *s, size_t len);

/*
 * Append a field of the journal's native protocol: NAME=value, or with the
 * length in binary if it has line ends.  Any bytes will do.
 */
void journal_add(struct buf *out, const char *name, const char *s, size_t len);

/* Append an entry: MESSAGE, PRIORITY, ..., and fields named CDO_. */
void journal_write(struct buf *out, const struct notification *n,
    const struct notice *a, int facility);

#endif
