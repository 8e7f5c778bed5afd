#ifndef ALERT_LOAD_H
#define ALERT_LOAD_H

#include "alert/alerts.h"

/*
 * load - the parts of loading an alerts file; private to lib/alert.  Faults
 * are told in a->doc, and loading goes on to find the others.
 */

/* Tell those of the members of object, a list that ends with NULL, that only
 * a later version will know. */
void alerts_refuse(struct alerts *a, const struct doc_place *at,
    const json_t *object, const char *const *names);

/* The rules; NULL is none. */
void alert_rules_load(struct alerts *a, const json_t *rules);
void alert_rule_release(struct alert_rule *r);

/* The outermost route, once rules and receivers are loaded. */
void alert_route_load(struct alerts *a, const json_t *v);

/* Free the contents. */
void alert_route_release(struct alert_route *r);

#endif
