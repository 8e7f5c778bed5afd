#ifndef ALERT_WEB_H
#define ALERT_WEB_H

#include "alert/channel_settings.h"

/*
 * web - channels that are one HTTP request: such a channel composes it, and
 * has web_send to send it.
 */

#define WEB_HEADERS 2

struct web_request {
	const char *method; /* POST if NULL */
	const char *type; /* the header for the body; JSON if NULL */
	struct buf url, body; /* owned */
	struct buf headers[WEB_HEADERS]; /* owned: "Name: value" */
	size_t n_headers;
};

/* Add a header: "Authorization: Bearer " and a token. */
void web_add_header(struct web_request *q, const char *name, const char *value);

/*
 * Set the URL: base without slashes at its end, then path as it is:
 * https://example.org/ and /v2/alerts.
 */
void web_set_url(struct web_request *q, const char *base, const char *path);

/* Append name=value of a form, WEB_FORM, encoded, after an & unless it is the
 * first; name needs no encoding. */
void web_add_field(
    struct buf *form, const char *name, const char *value, size_t len);

#define WEB_FORM "Content-Type: application/x-www-form-urlencoded"

/* The channel's send: what the shape composes, sent by channel_post. */
enum delivery web_send(const void *settings, struct channel_link *link,
    const struct notification *n, struct attempt *t);

/* Send the request, with a time for each try; and free what it owns. */
enum delivery web_post(struct web_request *q, struct channel_link *link,
    int64_t timeout_ms, struct attempt *t);

#endif
