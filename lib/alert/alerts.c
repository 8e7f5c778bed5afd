#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "alert/alerts.h"
#include "alert/channel.h"
#include "alert/load.h"
#include "core/cli.h"
#include "core/xmem.h"

const char *const alert_severities[] = {
    "info", "warning", "error", "critical", NULL};

void
alerts_refuse(struct alerts *a, const struct doc_place *at,
    const json_t *object, const char *const *names)
{
	for (; *names; names++)
		if (json_object_get(object, *names))
			doc_fault(&a->doc,
			    &(struct doc_place){.up = at, .key = *names},
			    "this version cannot do that yet");
}

static const struct channel *
find_channel(
    struct alerts *a, const struct doc_place *at, const json_t *receiver)
{
	const char *names[16] = {NULL};
	struct buf hint = {0};
	const char *const later[] = {"email", NULL};

	if (json_object_get(receiver, *later)) {
		alerts_refuse(a, at->up, receiver, later);
		return NULL;
	}
	for (size_t i = 0; i < 15 && channels[i]; i++) {
		if (strcmp(channels[i]->name, at->key) == 0)
			return channels[i];
		names[i] = channels[i]->name;
	}
	cli_hint(&hint, at->key, names);
	doc_fault(&a->doc, at, "unknown channel%.*s", (int)hint.len, hint.data);
	buf_release(&hint);
	return NULL;
}

static void
load_receiver(struct alerts *a, struct receiver *r, const struct doc_place *at,
    const json_t *v)
{
	struct doc_place place = {.up = at};
	const char *key;
	json_t *settings;

	r->name = at->key;
	if (!doc_is(&a->doc, at, v, JSON_OBJECT))
		return;
	if (json_object_size(v) != 1)
		doc_fault(&a->doc, at,
		    "must have one member, its channel: "
		    "exec, slack or webhook");
	json_object_foreach((json_t *)v, key, settings)
	{
		place.key = key;
		r->channel = find_channel(a, &place, v);
		if (r->channel && json_object_size(v) == 1)
			r->settings = r->channel->load(a, &place, settings);
	}
}

static void
load_receivers(struct alerts *a, const json_t *receivers)
{
	struct doc_place at = {.key = "receivers"}, place = {.up = &at};
	const char *key;
	json_t *v;

	a->receivers =
	    xcalloc(json_object_size(receivers), sizeof(*a->receivers));
	json_object_foreach((json_t *)receivers, key, v)
	{
		place.key = key;
		load_receiver(a, &a->receivers[a->n_receivers++], &place, v);
	}
}

/* The whole file. */
struct file {
	const json_t *receivers, *rules, *route, *later;
};

static void
load_file(struct alerts *a)
{
	static const char *const later[] = {
	    "inhibit", "silences", "fallback_receiver", NULL};
	static const struct doc_member members[] = {
	    {"rules", DOC_ARRAY, offsetof(struct file, rules), true, NULL},
	    {"receivers", DOC_OBJECT, offsetof(struct file, receivers), false,
		NULL},
	    {"route", DOC_OBJECT, offsetof(struct file, route), false, NULL},
	    {"inhibit", DOC_VALUE, offsetof(struct file, later), false, NULL},
	    {"silences", DOC_VALUE, offsetof(struct file, later), false, NULL},
	    {"fallback_receiver", DOC_VALUE, offsetof(struct file, later),
		false, NULL},
	    {NULL, DOC_VALUE, 0, false, NULL}};
	struct file f = {0};

	doc_read(&a->doc, NULL, a->doc.root, members, &f);
	alerts_refuse(a, NULL, a->doc.root, later);
	alert_rules_load(a, f.rules);
	load_receivers(a, f.receivers);
	if (f.route)
		alert_route_load(a, f.route);
	else if (f.receivers)
		doc_fault(&a->doc, NULL,
		    "route is missing: no receiver would be told");
}

/* What doc_load or doc_parse said, and then the contents. */
static int
load(struct alerts *a, int status)
{
	if (status != 0)
		return status;
	load_file(a);
	return a->doc.n_faults > 0 ? EX_CONFIG : 0;
}

int
alerts_load(struct alerts *a, const char *path, bool with_secrets)
{
	*a = (struct alerts){.with_secrets = with_secrets};
	return load(a, doc_find(&a->doc, "alerts", path));
}

int
alerts_parse(struct alerts *a, const char *name, const char *text, size_t len,
    bool with_secrets)
{
	*a = (struct alerts){.with_secrets = with_secrets};
	return load(a, doc_parse(&a->doc, name, text, len));
}

void
alerts_release(struct alerts *a)
{
	for (size_t i = 0; i < a->n_rules; i++)
		alert_rule_release(&a->rules[i]);
	for (size_t i = 0; i < a->n_receivers; i++)
		if (a->receivers[i].settings)
			a->receivers[i].channel->free(a->receivers[i].settings);
	if (a->route)
		alert_route_release(a->route);
	free(a->route);
	free(a->rules);
	free(a->receivers);
	fields_release(&a->fields);
	doc_release(&a->doc);
	*a = (struct alerts){0};
}
