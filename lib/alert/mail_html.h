#ifndef ALERT_MAIL_HTML_H
#define ALERT_MAIL_HTML_H

#include "alert/notification.h"

/*
 * mail_html - a notification as an HTML page for mail: tables and inline
 * styles only, no scripts, no images, nothing that is loaded.
 *
 * Pure; all data is escaped.  At most some 100 KB, beyond which mail programs
 * hide the rest: the alerts that do not fit are counted at the end.
 */

/* link: a URL of the settings, or NULL. */
void mail_html(struct buf *out, const struct notification *n, const char *link);

#endif
