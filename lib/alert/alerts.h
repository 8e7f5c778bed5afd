#ifndef ALERT_ALERTS_H
#define ALERT_ALERTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/doc.h"
#include "json/expr.h"
#include "json/path.h"

/*
 * alerts - an alerts file (cdo-alerts.5): what makes an alert, and who is told.
 *
 * It is only read once loaded, but for the expressions: one thread a file.
 */

enum alert_severity {
	ALERT_INFO,
	ALERT_WARNING,
	ALERT_ERROR, /* if nothing is said */
	ALERT_CRITICAL
};

extern const char *const alert_severities[]; /* "info" ..., ends with NULL */

/* A key field: what tells the alerts of a rule apart. */
struct alert_label {
	char *name; /* the path without its first dot; owned */
	struct jpath path; /* owned */
};

struct alert_rule {
	const char *name; /* lent by the document, unique */
	struct expr *when; /* owned, as are these; NULL: not given */
	struct expr *title, *body;
	struct alert_label *labels; /* owned, sorted by name */
	size_t n_labels;
	enum alert_severity severity;
	uint64_t count; /* records in a row to fire, at least 1 */
};

struct channel;

struct receiver {
	const char *name; /* lent by the document, unique */
	const struct channel *channel; /* NULL: the file has a fault */
	void *settings; /* the channel's, owned */
};

/* What a label must be.  All strings are lent by the document. */
struct alert_match {
	const char *label, *value;
};

struct alert_route {
	struct alert_match *matches; /* owned; all must hold */
	size_t n_matches;
	const struct receiver *receiver;
	const char **group_by; /* owned; names of labels */
	size_t n_group_by;
	bool goes_on; /* later routes are tried as well */
	struct alert_route *routes; /* owned */
	size_t n_routes;
};

struct alerts {
	struct doc doc;
	struct fields fields; /* what the rules read from a record */
	struct alert_rule *rules; /* owned */
	size_t n_rules;
	struct receiver *receivers; /* owned */
	size_t n_receivers;
	struct alert_route *route; /* owned; NULL: nobody is told */
	bool with_secrets; /* read them: else only see that they are named */
};

/*
 * Load a file.  Returns 0, or EX_NOINPUT, EX_IOERR or EX_CONFIG after its
 * diagnostics; a is to be released in any case.
 */
int alerts_load(struct alerts *a, const char *path, bool with_secrets);

/* The same from len bytes of text; name is for messages. */
int alerts_parse(struct alerts *a, const char *name, const char *text,
    size_t len, bool with_secrets);

/* Free the contents.  Safe to call twice. */
void alerts_release(struct alerts *a);

#endif
