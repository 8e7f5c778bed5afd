#ifndef ALERT_SILENCE_H
#define ALERT_SILENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "alert/instance.h"
#include "alert/matcher.h"
#include "state/state.h"

/*
 * silence - alerts of which nobody is to be told for a time.
 *
 * It has an end, always; within that it may be on only in hours that come
 * again (alert/window.h).  It may begin later, before there is any alert.
 */

#define SILENCES_MAX 1000
#define SILENCE_ID 13 /* room for an id, and its NUL */
#define SILENCE_MATCHERS 20
#define SILENCE_KEPT_MS (INT64_C(7) * 24 * 3600 * 1000) /* once it is over */

struct silence {
	char id[SILENCE_ID];
	struct buf matchers; /* JSON: an array of texts */
	struct buf window; /* a JSON string, or empty: always on */
	char by[ALERT_PERSON_MAX];
	struct buf comment; /* a JSON string */
	int64_t made_at, starts_at, ends_at;

	struct matchers parsed; /* owned; of matchers */
};

extern const struct state_kind silence_kind;

bool silence_read(
    struct silence *s, const char *text, size_t len, struct buf *why);
void silence_release(struct silence *s);

/* Is it on? */
bool silence_is_on(const struct silence *s, int64_t now);

/* Does it concern the alert? */
bool silence_matches(const struct silence *s, const struct instance *i);

/* "pending", "active", "expired", or "between" its hours. */
const char *silence_state(const struct silence *s, int64_t now);

/* When it changes by itself; STORE_NEVER once it is over. */
int64_t silence_due(const struct silence *s, int64_t now);

#endif
