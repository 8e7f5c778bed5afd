#ifndef ALERT_ALERTS_H
#define ALERT_ALERTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert/instance.h"
#include "alert/matcher.h"
#include "alert/window.h"
#include "state/rate.h"
#include "json/doc.h"
#include "json/expr.h"
#include "json/path.h"

/*
 * alerts - an alerts file (cdo-alerts.5): what makes an alert, and who is told.
 *
 * It is only read once loaded, but for the expressions and patterns: one
 * thread a file.
 */

#define ALERTS_MAX 1000 /* alerts of a rule at a time, at most */

enum alert_severity {
	ALERT_INFO,
	ALERT_WARNING,
	ALERT_ERROR, /* if nothing is said */
	ALERT_CRITICAL
};

#define ALERT_SEVERITIES 4

extern const char *const alert_severities[]; /* "info" ..., ends with NULL */

/* Rules of our own, whose names no rule of a file may have. */
#define ALERT_RULE_BEAT "heartbeat" /* jobs that did not report */
#define ALERT_RULE_UNDELIVERED "undelivered"

/* A key field: what tells the alerts of a rule apart. */
struct alert_label {
	char *name; /* the path without its first dot; owned */
	struct jpath path; /* owned */
};

struct alert_rule {
	const char *name; /* lent by the document, unique */
	struct expr *when; /* owned, as are these; NULL: not given */
	struct expr *until, *title, *body;
	struct expr *raise[ALERT_SEVERITIES]; /* to that severity */
	bool can_rise; /* any of them is given */
	struct alert_label *labels; /* owned, sorted by name */
	size_t n_labels;
	enum alert_severity severity;
	enum no_data on_error;
	struct instance_rule life;
	uint64_t max; /* alerts at a time */
};

struct channel;

struct receiver {
	const char *name; /* lent by the document, unique */
	const struct channel *channel; /* NULL: the file has a fault */
	void *settings; /* the channel's, owned */
	bool tells_resolved; /* it wants to hear of it */
	struct rate_rule rate; /* interval 0: no limit */
	bool is_used; /* a route leads there */
};

/* Hours with a name, for routes. */
struct alert_window {
	const char *name; /* lent */
	struct window *v; /* owned; on if any of them is */
	size_t n;
};

struct alert_route {
	struct matchers matches; /* owned; all must hold */
	const struct receiver *receiver;
	const char **group_by; /* owned; names of labels */
	size_t n_group_by;
	int64_t wait_ms, interval_ms, repeat_ms;
	const struct alert_window **mute; /* owned; nobody is told while one
					   * of them is on */
	size_t n_mute;
	bool goes_on; /* later routes are tried as well */
	struct alert_route *routes; /* owned */
	size_t n_routes;
};

/* While source fires, nobody is told of target. */
struct alert_inhibit {
	struct matchers source, target; /* owned */
	const json_t *equal; /* lent; labels that must be the same */
};

struct alerts {
	struct doc doc;
	char *name; /* owned; of its state in the store */
	struct fields fields; /* what the rules read from a record */
	struct alert_rule *rules; /* owned */
	size_t n_rules;
	struct receiver *receivers; /* owned */
	size_t n_receivers;
	struct alert_window *windows; /* owned */
	size_t n_windows;
	struct alert_inhibit *inhibits; /* owned */
	size_t n_inhibits;
	struct alert_route *route; /* owned; NULL: nobody is told */
	const struct receiver *fallback; /* or NULL */
	int64_t tick_ms; /* how often it is run, at least */
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

/* The rule, or NULL. */
const struct alert_rule *alerts_rule(const struct alerts *a, const char *name);
const struct receiver *alerts_receiver(
    const struct alerts *a, const char *name);

/* Warn of what is allowed, but hardly meant. */
void alerts_lint(const struct alerts *a);

/* Free the contents.  Safe to call twice. */
void alerts_release(struct alerts *a);

#endif
