#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "alert/alerts.h"
#include "alert/channel.h"
#include "alert/load.h"
#include "core/diag.h"
#include "core/xmem.h"

#define TICK_MS INT64_C(60000) /* if nothing is said */

const char *const alert_severities[] = {
    "info", "warning", "error", "critical", NULL};

/* The whole file. */
struct file {
	const char *name, *fallback;
	const json_t *receivers, *rules, *route, *windows, *inhibit;
	int64_t tick_ms;
};

#define MEMBER(name, type, member) \
	{ \
		name, type, offsetof(struct file, member), false, NULL \
	}

static void
load_file(struct alerts *a)
{
	static const struct doc_member members[] = {
	    {"rules", DOC_ARRAY, offsetof(struct file, rules), true, NULL},
	    MEMBER("name", DOC_STRING, name),
	    MEMBER("receivers", DOC_OBJECT, receivers),
	    MEMBER("route", DOC_OBJECT, route),
	    MEMBER("windows", DOC_OBJECT, windows),
	    MEMBER("inhibit", DOC_ARRAY, inhibit),
	    MEMBER("fallback_receiver", DOC_STRING, fallback),
	    MEMBER("tick", DOC_DURATION, tick_ms),
	    {NULL, DOC_VALUE, 0, false, NULL}};
	struct doc_place name = {.key = "name"};
	struct doc_place fallback = {.key = "fallback_receiver"};
	struct file f = {.tick_ms = TICK_MS};

	doc_read(&a->doc, NULL, a->doc.root, members, &f);
	a->tick_ms = f.tick_ms;
	if (f.name && (*f.name == '\0' || strlen(f.name) >= ALERT_NAME_MAX))
		doc_fault(&a->doc, &name, "must have 1 to %d bytes",
		    ALERT_NAME_MAX - 1);
	if (f.name) {
		free(a->name);
		a->name = xstrndup(f.name, strlen(f.name));
	}
	alert_rules_load(a, f.rules);
	alert_receivers_load(a, f.receivers);
	alert_windows_load(a, f.windows);
	if (f.fallback)
		a->fallback = alert_receiver_find(a, &fallback, f.fallback);
	if (f.route)
		alert_route_load(a, f.route);
	else if (f.receivers)
		doc_fault(&a->doc, NULL,
		    "route is missing: no receiver would be told");
	alert_inhibits_load(a, f.inhibit);
}

/* The name of the file without its folder and suffix. */
static char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	size_t len = strlen(base);

	if (len > 5 && strcmp(base + len - 5, ".json") == 0)
		len -= 5;
	if (len > 7 && strncmp(base + len - 7, ".alerts", 7) == 0)
		len -= 7;
	if (len >= ALERT_NAME_MAX)
		len = ALERT_NAME_MAX - 1;
	return xstrndup(base, len);
}

/* What doc_load or doc_parse said, and then the contents. */
static int
load(struct alerts *a, const char *path, int status)
{
	if (status != 0)
		return status;
	a->name = base_name(path);
	load_file(a);
	return a->doc.n_faults > 0 ? EX_CONFIG : 0;
}

int
alerts_load(struct alerts *a, const char *path, bool with_secrets)
{
	*a = (struct alerts){.with_secrets = with_secrets};
	return load(a, path, doc_find(&a->doc, "alerts", path));
}

int
alerts_parse(struct alerts *a, const char *name, const char *text, size_t len,
    bool with_secrets)
{
	*a = (struct alerts){.with_secrets = with_secrets};
	return load(a, name, doc_parse(&a->doc, name, text, len));
}

const struct alert_rule *
alerts_rule(const struct alerts *a, const char *name)
{
	for (size_t i = 0; i < a->n_rules; i++)
		if (strcmp(a->rules[i].name, name) == 0)
			return &a->rules[i];
	return NULL;
}

const struct receiver *
alerts_receiver(const struct alerts *a, const char *name)
{
	for (size_t i = 0; i < a->n_receivers; i++)
		if (strcmp(a->receivers[i].name, name) == 0)
			return &a->receivers[i];
	return NULL;
}

/* Is it the name of what is different in every record? */
static bool
looks_unique(const char *name)
{
	static const char *const words[] = {"id", "uuid", "guid", "timestamp",
	    "time", "date", "ts", "seq", "sequence", "offset", "count",
	    "counter", "request_id", "run_id", "trace_id", "event_id",
	    "message_id", "record_id", "updated_at", "created_at", NULL};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; words[i]; i++)
		if (strcasecmp(dot ? dot + 1 : name, words[i]) == 0)
			return true;
	return false;
}

void
alerts_lint(const struct alerts *a)
{
	for (size_t i = 0; i < a->n_rules; i++)
		for (size_t k = 0; k < a->rules[i].n_labels; k++)
			if (looks_unique(a->rules[i].labels[k].name))
				diag_warn(
				    "%s: rule %s: the key %s looks like a "
				    "value that differs in every record: each "
				    "would be an alert of its own",
				    a->doc.name, a->rules[i].name,
				    a->rules[i].labels[k].name);
}

void
alerts_release(struct alerts *a)
{
	for (size_t i = 0; i < a->n_rules; i++)
		alert_rule_release(&a->rules[i]);
	for (size_t i = 0; i < a->n_receivers; i++)
		if (a->receivers[i].settings)
			a->receivers[i].channel->free(a->receivers[i].settings);
	for (size_t i = 0; i < a->n_windows; i++)
		free(a->windows[i].v);
	for (size_t i = 0; i < a->n_inhibits; i++) {
		matchers_release(&a->inhibits[i].source);
		matchers_release(&a->inhibits[i].target);
	}
	if (a->route)
		alert_route_release(a->route);
	free(a->route);
	free(a->rules);
	free(a->receivers);
	free(a->windows);
	free(a->inhibits);
	free(a->name);
	fields_release(&a->fields);
	doc_release(&a->doc);
	*a = (struct alerts){0};
}
