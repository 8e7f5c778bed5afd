#ifndef ALERT_CHANNEL_SETTINGS_H
#define ALERT_CHANNEL_SETTINGS_H

#include "alert/channel.h"

/*
 * channel_settings - how channels read theirs; private to lib/alert.
 */

/* What a member with a string, or with a reference to a secret, may be. */
enum channel_kind {
	CHANNEL_SECRET, /* only a reference */
	CHANNEL_STRING, /* printable, on one line */
	CHANNEL_URL /* of http or https, without a password */
};

struct channel_string {
	const char *name;
	enum channel_kind kind;
	size_t offset; /* of the char *, owned by the settings */
	bool is_required;
	const char *fallback; /* what it is if it is not given, or NULL */
};

struct web_request;

/* What the settings of a channel are. */
struct channel_shape {
	size_t size; /* of the struct */
	const struct channel_string *strings; /* ends with a name of NULL */
	const struct doc_member *members; /* the others, the same; or NULL */
	/* Of a channel that sends by web_send: make the request. */
	void (*compose)(const void *settings, const struct notification *n,
	    struct web_request *q);
};

/* What the struct begins with. */
struct channel_base {
	const struct channel_shape *shape;
	int64_t timeout_ms; /* "timeout", which all have */
};

/*
 * A channel's load: read the settings by their shape; NULL after telling the
 * faults.  Without secrets (alerts.with_secrets) a referenced string is "".
 */
void *channel_load(struct alerts *a, const struct doc_place *at,
    const json_t *v, const struct channel *self);

/* A channel's free: for settings that channel_load made. */
void channel_settings_free(void *settings);

/*
 * A secret of the settings, or a plain string where that is allowed (plain).
 * Returns it, owned by the caller, "" if secrets are not read; or NULL after
 * telling the fault.
 */
char *channel_secret(
    struct alerts *a, const struct doc_place *at, const json_t *v, bool plain);

/* Is the timeout, a member of what stands at the place, above 0 and at most
 * 10 minutes, or a fault? */
bool channel_timeout(struct alerts *a, const struct doc_place *at, int64_t ms);

/* Tell a fault of the member of what stands at the place.  Returns false. */
bool channel_fault(struct alerts *a, const struct doc_place *at,
    const char *member, const char *what);

#endif
