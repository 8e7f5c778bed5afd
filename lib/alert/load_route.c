#include <stdlib.h>
#include <string.h>

#include "alert/load.h"
#include "core/cli.h"
#include "core/xmem.h"

/* A route as the document has it. */
struct route_text {
	const char *receiver;
	const json_t *match, *group_by, *routes;
	const json_t *later; /* what this version does not know */
	bool goes_on;
};

#define MEMBER(name, type, member) \
	{ \
		name, type, offsetof(struct route_text, member), false, NULL \
	}

static const struct doc_member members[] = {
    MEMBER("receiver", DOC_STRING, receiver),
    MEMBER("match", DOC_OBJECT, match),
    MEMBER("group_by", DOC_STRINGS, group_by),
    MEMBER("continue", DOC_BOOL, goes_on),
    MEMBER("routes", DOC_ARRAY, routes),
    MEMBER("group_wait", DOC_VALUE, later),
    MEMBER("group_interval", DOC_VALUE, later),
    MEMBER("repeat_interval", DOC_VALUE, later),
    {NULL, DOC_VALUE, 0, false, NULL},
};

static const char *const later[] = {
    "group_wait", "group_interval", "repeat_interval", NULL};

/* Tell that nothing of this kind has the name at the place. */
static void
tell_unknown(struct alerts *a, const struct doc_place *at, const char *kind,
    const char *name, const char *const *known)
{
	const char *near = cli_nearest(name, known);

	doc_fault(&a->doc, at, "unknown %s %s%s%s%s", kind, name,
	    near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

/* Is the name in the list, or a fault? */
static bool
is_known(struct alerts *a, const struct doc_place *at, const char *kind,
    const char *name, const char *const *known)
{
	for (size_t i = 0; known[i]; i++)
		if (strcmp(known[i], name) == 0)
			return true;
	tell_unknown(a, at, kind, name, known);
	return false;
}

/* Lists of names that end with NULL, to be freed. */

static const char **
list_labels(const struct alerts *a)
{
	size_t n = 2;
	const char **names;

	for (size_t i = 0; i < a->n_rules; i++)
		n += a->rules[i].n_labels;
	names = xcalloc(n + 1, sizeof(*names));
	names[0] = "rule";
	names[1] = "severity";
	n = 2;
	for (size_t i = 0; i < a->n_rules; i++)
		for (size_t j = 0; j < a->rules[i].n_labels; j++)
			names[n++] = a->rules[i].labels[j].name;
	return names;
}

static const char **
list_rules(const struct alerts *a)
{
	const char **names = xcalloc(a->n_rules + 1, sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < a->n_rules; i++)
		if (a->rules[i].name)
			names[n++] = a->rules[i].name;
	return names;
}

static const char **
list_receivers(const struct alerts *a)
{
	const char **names = xcalloc(a->n_receivers + 1, sizeof(*names));

	for (size_t i = 0; i < a->n_receivers; i++)
		names[i] = a->receivers[i].name;
	return names;
}

static void
check_label(struct alerts *a, const struct doc_place *at, const char *name)
{
	const char **known = list_labels(a);

	is_known(a, at, "label", name, known);
	free(known);
}

/* A name of a rule or a severity that does not exist never matches. */
static void
check_match(
    struct alerts *a, const struct doc_place *at, const struct alert_match *m)
{
	const char **rules = list_rules(a);

	check_label(a, at, m->label);
	if (strcmp(m->label, "rule") == 0)
		is_known(a, at, "rule", m->value, rules);
	if (strcmp(m->label, "severity") == 0)
		is_known(a, at, "severity", m->value, alert_severities);
	free(rules);
}

static void
load_matches(struct alerts *a, struct alert_route *r,
    const struct doc_place *at, const json_t *match)
{
	struct doc_place list = {.up = at, .key = "match"};
	struct doc_place place = {.up = &list};
	const char *key;
	json_t *v;

	r->matches = xcalloc(json_object_size(match), sizeof(*r->matches));
	json_object_foreach((json_t *)match, key, v)
	{
		struct alert_match m = {key, json_string_value(v)};

		place.key = key;
		if (!doc_is(&a->doc, &place, v, JSON_STRING))
			continue;
		check_match(a, &place, &m);
		r->matches[r->n_matches++] = m;
	}
}

static void
load_group_by(struct alerts *a, struct alert_route *r,
    const struct doc_place *at, const json_t *v)
{
	struct doc_place list = {.up = at, .key = "group_by"};
	struct doc_place place = {.up = &list};
	size_t n = json_is_string(v) ? 1 : json_array_size(v);

	r->group_by = xcalloc(n, sizeof(*r->group_by));
	for (; place.index < n; place.index++) {
		const json_t *name =
		    json_is_string(v) ? v : json_array_get(v, place.index);

		check_label(a, json_is_string(v) ? &list : &place,
		    json_string_value(name));
		r->group_by[r->n_group_by++] = json_string_value(name);
	}
}

static const struct receiver *
find_receiver(struct alerts *a, const struct doc_place *at, const char *name)
{
	struct doc_place place = {.up = at, .key = "receiver"};
	const char **names = list_receivers(a);
	const struct receiver *found = NULL;

	if (is_known(a, &place, "receiver", name, names))
		for (size_t i = 0; i < a->n_receivers; i++)
			if (strcmp(a->receivers[i].name, name) == 0)
				found = &a->receivers[i];
	free(names);
	return found;
}

/* What a route does not say is as in the one above it. */
static void
inherit(struct alert_route *r, const struct alert_route *up, bool has_group_by)
{
	if (!r->receiver)
		r->receiver = up->receiver;
	if (has_group_by || up->n_group_by == 0)
		return;
	r->n_group_by = up->n_group_by;
	r->group_by = xcalloc(r->n_group_by, sizeof(*r->group_by));
	memcpy(r->group_by, up->group_by, r->n_group_by * sizeof(*r->group_by));
}

/* up: NULL for the outermost. */
static void
load(struct alerts *a, struct alert_route *r, const struct alert_route *up,
    const struct doc_place *at, const json_t *v)
{
	struct doc_place list = {.up = at, .key = "routes"};
	struct doc_place place = {.up = &list};
	struct route_text text = {0};
	size_t n;

	doc_read(&a->doc, at, v, members, &text);
	alerts_refuse(a, at, v, later);
	if (!up && (text.match || text.goes_on))
		doc_fault(&a->doc, at,
		    "the outermost route takes all alerts: no match, no "
		    "continue");
	if (!up && !text.receiver)
		doc_fault(&a->doc, at, "receiver is missing");
	if (text.receiver)
		r->receiver = find_receiver(a, at, text.receiver);
	r->goes_on = text.goes_on;
	load_matches(a, r, at, text.match);
	if (text.group_by)
		load_group_by(a, r, at, text.group_by);
	if (up)
		inherit(r, up, text.group_by != NULL);
	n = json_array_size(text.routes);
	r->routes = xcalloc(n, sizeof(*r->routes));
	for (; place.index < n; place.index++)
		load(a, &r->routes[r->n_routes++], r, &place,
		    json_array_get(text.routes, place.index));
}

void
alert_route_load(struct alerts *a, const json_t *v)
{
	struct doc_place at = {.key = "route"};

	a->route = xcalloc(1, sizeof(*a->route));
	load(a, a->route, NULL, &at, v);
}

void
alert_route_release(struct alert_route *r)
{
	for (size_t i = 0; i < r->n_routes; i++)
		alert_route_release(&r->routes[i]);
	free(r->routes);
	free(r->matches);
	free(r->group_by);
}
