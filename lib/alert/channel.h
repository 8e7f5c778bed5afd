#ifndef ALERT_CHANNEL_H
#define ALERT_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert/alerts.h"
#include "alert/notification.h"
#include "core/buf.h"
#include "http/http.h"
#include "json/doc.h"

/*
 * channel - a way to tell somebody; each is one file in channels/.
 *
 * Data never becomes a header, a URL, an argument or markup: a channel
 * escapes what it shows.
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

struct channel {
	const char *name; /* the member of a receiver */

	/* Read the settings; NULL after telling the fault. */
	void *(*load)(
	    struct alerts *a, const struct doc_place *at, const json_t *v);
	void (*free)(void *settings);

	/* Send, and wait for the outcome.  If it is not DELIVERED the reason
	 * is appended to t->why.  Called by several threads at a time, each
	 * with a link and an attempt of its own; the settings are only read. */
	enum delivery (*send)(const void *settings, struct channel_link *link,
	    const struct notification *n, struct attempt *t);
};

/* All of them; ends with NULL. */
extern const struct channel *const channels[];

extern const struct channel channel_exec, channel_slack, channel_webhook;

void channel_link_release(struct channel_link *link);

/*
 * For channels: POST the JSON text to url, twice more if it may help, with
 * headers ("Name: value", ends with NULL) besides Content-Type.
 */
struct channel_post {
	const char *url;
	const char *const *headers; /* at most CHANNEL_HEADERS */
	const struct buf *json;
	int64_t timeout_ms; /* for each try */
};

#define CHANNEL_HEADERS 4
#define CHANNEL_TIMEOUT_MS 10000 /* if nothing is said */
#define CHANNEL_TIMEOUT_MAX_MS 600000

enum delivery channel_post(
    struct channel_link *link, const struct channel_post *p, struct attempt *t);

/*
 * For channels: a secret of the settings, or a plain string where that is
 * allowed (plain).  Returns it, owned by the caller, "" if secrets are not
 * read; or NULL after telling the fault.
 */
char *channel_secret(
    struct alerts *a, const struct doc_place *at, const json_t *v, bool plain);

/* For channels: the same for a URL, which must be http or https. */
char *channel_url(
    struct alerts *a, const struct doc_place *at, const json_t *v);

/* For channels: is the timeout, a member of what stands at the place, above 0
 * and at most 10 minutes, or a fault? */
bool channel_timeout(struct alerts *a, const struct doc_place *at, int64_t ms);

#endif
