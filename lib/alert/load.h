#ifndef ALERT_LOAD_H
#define ALERT_LOAD_H

#include "alert/alerts.h"

/*
 * load - the parts of loading an alerts file; private to lib/alert.  Faults
 * are told in a->doc, and loading goes on to find the others.
 */

/* The rules; NULL is none. */
void alert_rules_load(struct alerts *a, const json_t *rules);
void alert_rule_release(struct alert_rule *r);

/* The receivers; NULL is none. */
void alert_receivers_load(struct alerts *a, const json_t *receivers);

/* The receiver that is named there, or NULL after telling the fault. */
const struct receiver *alert_receiver_find(
    struct alerts *a, const struct doc_place *at, const char *name);

/* Hours with names; NULL is none. */
void alert_windows_load(struct alerts *a, const json_t *windows);

/* The window that is named there, or NULL after telling the fault. */
const struct alert_window *alert_window_find(
    struct alerts *a, const struct doc_place *at, const char *name);

/* Matchers: {"label":"value"}, or ["label=~pattern"]. */
void alert_matchers_load(struct alerts *a, struct matchers *m,
    const struct doc_place *at, const json_t *v);

/* Is the label one that alerts have, or a fault? */
void alert_label_check(
    struct alerts *a, const struct doc_place *at, const char *name);

/* Is the name in the list, which ends with NULL, or a fault? */
bool alert_is_known(struct alerts *a, const struct doc_place *at,
    const char *kind, const char *name, const char *const *known);

void alert_inhibits_load(struct alerts *a, const json_t *inhibits);

/* The outermost route, once rules and receivers are loaded. */
void alert_route_load(struct alerts *a, const json_t *v);

/* Free the contents. */
void alert_route_release(struct alert_route *r);

#endif
