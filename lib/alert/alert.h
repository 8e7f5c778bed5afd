#ifndef ALERT_ALERT_H
#define ALERT_ALERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert/alerts.h"
#include "core/buf.h"
#include "core/sha256.h"
#include "json/value.h"

/*
 * alert - one instance of a rule: a set of labels for which it holds.
 *
 * It is pending until the rule has held often enough, then it fires, then it
 * is resolved, which is its end: if the rule holds again, that is another
 * alert with the same fingerprint.
 *
 * Memory: what is shown is cut to the limits below, so an alert takes some
 * 20 KiB at most, and 2 KiB more for each label.
 */

#define ALERT_LABEL_MAX 1024 /* bytes of a label's value that are shown */
#define ALERT_TITLE_MAX 1024 /* bytes */
#define ALERT_BODY_MAX 4096 /* bytes */
#define ALERT_RECORD_MAX 16384 /* bytes; longer records are left out */

enum alert_state { ALERT_PENDING, ALERT_FIRING, ALERT_RESOLVED };

struct alert {
	const struct alert_rule *rule; /* lent */
	char fingerprint[SHA256_HEX]; /* of the labels, uncut, and the rule */
	struct buf *values; /* owned: of the rule's labels, in their order */
	uint64_t count; /* records in a row for which the rule held */
	enum alert_state state;
	int64_t starts_at, ends_at; /* milliseconds; once it has come to it */
	struct buf title, body; /* owned */
	struct buf record; /* owned: the one that made it fire */
	unsigned refs; /* private */
	bool is_queued; /* notifier's: waits to be sent */
};

/*
 * Append the identity of the alert that rule would make of record, a JSON
 * object sorted by name: {"city":"Recife","rule":"heat"}.  A label that is
 * absent or null is empty, one that is no string is its JSON text.
 */
void alert_identity(
    struct buf *out, const struct alert_rule *rule, struct jval record);

/* Cut text to at most max bytes, and no character in two. */
void alert_cut(struct buf *text, size_t max);

/* A pending alert with one reference; digest: of its identity. */
struct alert *alert_new(const struct alert_rule *rule, struct jval record,
    const uint8_t digest[SHA256_SIZE]);

struct alert *alert_ref(struct alert *a);

/* Give up a reference; the last one frees.  NULL is fine. */
void alert_unref(struct alert *a);

/* "pending", "firing" or "resolved". */
const char *alert_status(const struct alert *a);

/*
 * The value of a label: rule, severity, or a key field; "" for others.
 * len: out; the value may hold NUL.  Lent.
 */
const char *alert_value(const struct alert *a, const char *label, size_t *len);

/* Append {"city":"Recife"}: the labels without rule and severity. */
void alert_write_labels(struct buf *out, const struct alert *a);

/*
 * Append what all events begin with, {"event":..,"fingerprint":..,"rule":..,
 * and, if it is not NULL, "receiver":.., then "at":..; the rest of the object
 * is the caller's.
 */
void alert_begin_event(struct buf *out, const char *event,
    const struct alert *a, const char *receiver);

#endif
