#ifndef ALERT_OUTBOX_H
#define ALERT_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "alert/instance.h"
#include "alert/notification.h"
#include "core/sha256.h"
#include "state/holder.h"
#include "state/state.h"

/*
 * outbox - what is to be sent, kept before it is sent.
 *
 * There is at most one entry for a group: what is newer takes the place of
 * what could not be delivered yet.  A process takes an entry for some time
 * (a lease) before it sends, so that no two do; an entry whose holder is dead,
 * or late, is free.  The id is made once, so that who gets it twice knows.
 */

#define OUTBOX_KEPT_MS (INT64_C(7) * 24 * 3600 * 1000) /* what is dead */
#define OUTBOX_ALERTS ((size_t)10000) /* in an entry */
#define OUTBOX_LEASE_MS INT64_C(900000)
#define OUTBOX_FIRING_MS (INT64_C(24) * 3600 * 1000) /* lifetimes */
#define OUTBOX_RESOLVED_MS (INT64_C(2) * 3600 * 1000)
#define OUTBOX_BYTES ((size_t)4 << 20) /* an entry's, then without records */

enum { OUTBOX_WAITING, OUTBOX_DEAD };

struct letter {
	char id[SHA256_HEX];
	char group[SHA256_HEX]; /* the key of its group */
	char receiver[ALERT_NAME_MAX];
	struct buf labels; /* JSON: of the group */
	char thread[SHA256_HEX];
	int64_t is_first; /* of the thread */
	int64_t cause; /* enum notification_cause */
	int64_t state;
	int64_t created_at, expires_at, not_before;
	int64_t attempts; /* begun */
	int64_t n_sent; /* alerts that the receiver has already */
	char holder[HOLDER_SIZE]; /* who sends it; "": nobody */
	int64_t held_until;
	char digest[SHA256_HEX]; /* tried together with others that have it */
	struct buf note, why; /* JSON strings; for people, the last failure */
	struct buf done; /* JSON; see struct attempt */
	int64_t is_fallback; /* for another receiver */

	/* kept behind it, a line each */
	struct instance *alerts; /* owned; those that fire come first */
	size_t n;

	char key[SHA256_HEX + 1]; /* in the book, where it was taken from */
};

extern const struct state_kind letter_kind;

/* Append the entry as the store keeps it, and read that. */
void letter_write(struct buf *b, const struct letter *e);
bool letter_read(
    struct letter *e, const char *text, size_t len, struct buf *why);
void letter_release(struct letter *e);

/* Add a copy of the alert; its record stays out if the entry is too large. */
void letter_add(struct letter *e, const struct instance *i);

/* Is the alert in it; as one that fires? */
bool letter_has(const struct letter *e, const struct instance *i);
bool letter_fires(const struct letter *e, const struct instance *i);

/* Put an alert that e has not in it as well, if it is resolved: what is
 * replaced must not be lost. */
void letter_inherit(struct letter *e, const struct letter *old);

/* Set the id, from who, what and when. */
void letter_identify(struct letter *e, int64_t generation);

bool letter_is_firing(const struct letter *e);

/*
 * May holder send it now?  at_once: however long it was to wait.  If so it is
 * holder's, and the try counts.
 */
bool letter_take(
    struct letter *e, const char *holder, bool at_once, int64_t now);

/* Is it over before it could be delivered? */
bool letter_is_expired(const struct letter *e, int64_t now);

/* The try failed, and may work later: after 1, 2, 4 minutes and so on, at most
 * an hour, as core/backoff draws it; not before wait_ms.
 * dice: any number, uniform over uint64_t. */
void letter_fail(struct letter *e, const char *why, size_t len, int64_t wait_ms,
    uint64_t dice, int64_t now);

#endif
