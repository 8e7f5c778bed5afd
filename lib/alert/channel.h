#ifndef ALERT_CHANNEL_H
#define ALERT_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert/alerts.h"
#include "alert/notification.h"
#include "alert/text.h"
#include "core/buf.h"
#include "http/http.h"
#include "json/doc.h"

/*
 * channel - a way to tell somebody; each is one file in channels/.
 *
 * Data never becomes a header, a URL, an argument or markup: a channel
 * escapes what it shows.  Links and mentions come from the file only.
 */

enum delivery {
	DELIVERED,
	DELIVERY_TEMPORARY, /* it may work later */
	DELIVERY_PERMANENT /* not unless somebody changes something */
};

/* What there is to say of one try to send, besides how it went. */
struct attempt {
	struct buf why; /* the reason it failed: one line, nothing secret */
	/* What the channel has to remember until the next try of the same
	 * notification, such as the recipients that have it; it finds here
	 * what it left.  At most ATTEMPT_DONE bytes of JSON. */
	struct buf done;
	int64_t wait_ms; /* no try before that, said the other side; or 0 */
};

#define ATTEMPT_DONE 4096

/* What the channels share; one thread a link. */
struct channel_link {
	struct http *http; /* owned, private: made when it is needed */
};

/* What a service takes, by its own documentation; 0: nothing is known. */
struct channel_limits {
	enum text_unit unit; /* of title and body */
	uint32_t title, body; /* the longest, beyond which we cut */
	uint32_t rate; /* notifications a minute */
	bool updates; /* that all is resolved changes what is shown, instead of
		       * adding to it */
};

struct channel {
	const char *name; /* the member of a receiver */
	const struct channel_shape *shape; /* for load, or NULL */

	/* Read the settings; NULL after telling the fault. */
	void *(*load)(struct alerts *a, const struct doc_place *at,
	    const json_t *v, const struct channel *self);
	void (*free)(void *settings);

	/* Send, and wait for the outcome.  If it is not DELIVERED the reason
	 * is appended to t->why.  Called by several threads at a time, each
	 * with a link and an attempt of its own; the settings are only read. */
	enum delivery (*send)(const void *settings, struct channel_link *link,
	    const struct notification *n, struct attempt *t);

	struct channel_limits limits;
};

/* All of them; ends with NULL. */
extern const struct channel *const channels[];

extern const struct channel channel_discord, channel_email, channel_exec,
    channel_gotify, channel_journal, channel_matrix, channel_ntfy,
    channel_opsgenie, channel_pagerduty, channel_pushover, channel_slack,
    channel_sms, channel_sns, channel_syslog, channel_teams, channel_telegram,
    channel_webhook;

void channel_link_release(struct channel_link *link);

#define CHANNEL_TIMEOUT_MS 10000 /* if nothing is said */
#define CHANNEL_TIMEOUT_MAX_MS 600000
#define CHANNEL_MAX_MS 20000 /* for all tries, if one does not take longer */

/*
 * For channels: send an HTTP request, once more if it may help.
 * 2xx is DELIVERED; no answer, 408, 425, 429 and 5xx are temporary; the rest
 * is permanent.
 */
struct channel_post {
	const char *method; /* POST if NULL */
	const char *url;
	const char *type; /* the header for the body; JSON if NULL */
	const char *const *headers; /* besides; at most CHANNEL_HEADERS, ends
				     * with NULL; or NULL */
	const struct buf *body;
	int64_t timeout_ms; /* for each try */
};

#define CHANNEL_HEADERS 8

enum delivery channel_post(
    struct channel_link *link, const struct channel_post *p, struct attempt *t);

#endif
