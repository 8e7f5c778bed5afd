#ifndef ALERT_IDENTITY_H
#define ALERT_IDENTITY_H

#include "alert/alerts.h"
#include "core/buf.h"
#include "json/value.h"

/*
 * identity - what a record is, for a rule: its labels.
 *
 * A label that is absent or null is empty, one that is no string is its JSON
 * text.
 */

/* Append the identity of the alert that rule would make of record, an object
 * of JSON sorted by name: {"city":"Recife","rule":"heat"}. */
void identity_write(
    struct buf *out, const struct alert_rule *rule, struct jval record);

/* Append the labels as they are shown, cut, without the rule. */
void identity_labels(
    struct buf *out, const struct alert_rule *rule, struct jval record);

/* Cut text to at most max bytes, and no character in two. */
void identity_cut(struct buf *text, size_t max);

#endif
