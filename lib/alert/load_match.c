/* What names labels: matchers, and inhibitions; and hours with names. */
#include <stdlib.h>
#include <string.h>

#include "alert/load.h"
#include "core/cli.h"
#include "core/xmem.h"

bool
alert_is_known(struct alerts *a, const struct doc_place *at, const char *kind,
    const char *name, const char *const *known)
{
	const char *near;

	for (size_t i = 0; known[i]; i++)
		if (strcmp(known[i], name) == 0)
			return true;
	near = cli_nearest(name, known);
	doc_fault(&a->doc, at, "unknown %s %s%s%s%s", kind, name,
	    near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
	return false;
}

/* Lists of names that end with NULL, to be freed. */

static const char **
list_labels(const struct alerts *a)
{
	size_t n = 3;
	const char **names;

	for (size_t i = 0; i < a->n_rules; i++)
		n += a->rules[i].n_labels;
	names = xcalloc(n + 1, sizeof(*names));
	names[0] = "rule";
	names[1] = "severity";
	names[2] = "name"; /* of a job that is expected */
	n = 3;
	for (size_t i = 0; i < a->n_rules; i++)
		for (size_t j = 0; j < a->rules[i].n_labels; j++)
			names[n++] = a->rules[i].labels[j].name;
	return names;
}

static const char **
list_rules(const struct alerts *a)
{
	const char **names = xcalloc(a->n_rules + 3, sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < a->n_rules; i++)
		if (a->rules[i].name)
			names[n++] = a->rules[i].name;
	names[n++] = ALERT_RULE_BEAT;
	names[n] = ALERT_RULE_UNDELIVERED;
	return names;
}

void
alert_label_check(
    struct alerts *a, const struct doc_place *at, const char *name)
{
	const char **known = list_labels(a);

	alert_is_known(a, at, "label", name, known);
	free(known);
}

/* A name of a rule or a severity that does not exist never matches. */
static void
check(struct alerts *a, const struct doc_place *at, const struct matcher *m)
{
	const char **rules = list_rules(a);

	alert_label_check(a, at, m->label);
	if (m->op <= MATCHER_IS_NOT && strcmp(m->label, "rule") == 0)
		alert_is_known(a, at, "rule", m->value, rules);
	if (m->op <= MATCHER_IS_NOT && strcmp(m->label, "severity") == 0)
		alert_is_known(a, at, "severity", m->value, alert_severities);
	free(rules);
}

static void
load_text(struct alerts *a, struct matchers *m, const struct doc_place *at,
    const json_t *v)
{
	struct buf why = {0};

	if (!doc_is(&a->doc, at, v, JSON_STRING))
		return;
	if (matchers_parse(m, json_string_value(v), &why))
		check(a, at, &m->v[m->n - 1]);
	else
		doc_fault(&a->doc, at, "%.*s", (int)why.len, why.data);
	buf_release(&why);
}

void
alert_matchers_load(struct alerts *a, struct matchers *m,
    const struct doc_place *at, const json_t *v)
{
	struct doc_place place = {.up = at};
	const char *key;
	json_t *value;

	if (json_is_array(v)) {
		for (; place.index < json_array_size(v); place.index++)
			load_text(a, m, &place, json_array_get(v, place.index));
		return;
	}
	if (v && !doc_is(&a->doc, at, v, JSON_OBJECT))
		return;
	json_object_foreach((json_t *)v, key, value)
	{
		place.key = key;
		if (!doc_is(&a->doc, &place, value, JSON_STRING))
			continue;
		matchers_add(m, key, json_string_value(value));
		check(a, &place, &m->v[m->n - 1]);
	}
}

static void
load_window(struct alerts *a, struct alert_window *w,
    const struct doc_place *at, const json_t *v)
{
	struct doc_place element = {.up = at};
	size_t n = json_is_array(v) ? json_array_size(v) : 1;
	struct buf why = {0};

	w->name = at->key;
	w->v = xcalloc(n + 1, sizeof(*w->v));
	for (; element.index < n; element.index++) {
		const struct doc_place *place =
		    json_is_array(v) ? &element : at;
		const json_t *one =
		    json_is_array(v) ? json_array_get(v, element.index) : v;

		if (!doc_is(&a->doc, place, one, JSON_STRING))
			continue;
		why.len = 0;
		if (!window_parse(&w->v[w->n++], json_string_value(one), &why))
			doc_fault(
			    &a->doc, place, "%.*s", (int)why.len, why.data);
	}
	buf_release(&why);
}

void
alert_windows_load(struct alerts *a, const json_t *windows)
{
	struct doc_place at = {.key = "windows"}, place = {.up = &at};
	const char *key;
	json_t *v;

	a->windows =
	    xcalloc(json_object_size(windows) + 1, sizeof(*a->windows));
	json_object_foreach((json_t *)windows, key, v)
	{
		place.key = key;
		load_window(a, &a->windows[a->n_windows++], &place, v);
	}
}

const struct alert_window *
alert_window_find(
    struct alerts *a, const struct doc_place *at, const char *name)
{
	const char **names = xcalloc(a->n_windows + 1, sizeof(*names));
	const struct alert_window *found = NULL;

	for (size_t i = 0; i < a->n_windows; i++)
		names[i] = a->windows[i].name;
	if (alert_is_known(a, at, "window", name, names))
		for (size_t i = 0; i < a->n_windows; i++)
			if (strcmp(names[i], name) == 0)
				found = &a->windows[i];
	free(names);
	return found;
}

struct inhibit_text {
	const json_t *source, *target, *equal;
};

static void
load_inhibit(struct alerts *a, struct alert_inhibit *one,
    const struct doc_place *at, const json_t *v)
{
	static const struct doc_member members[] = {
	    {"source", DOC_VALUE, offsetof(struct inhibit_text, source), true,
		NULL},
	    {"target", DOC_VALUE, offsetof(struct inhibit_text, target), true,
		NULL},
	    {"equal", DOC_STRINGS, offsetof(struct inhibit_text, equal), false,
		NULL},
	    {NULL, DOC_VALUE, 0, false, NULL}};
	struct doc_place source = {.up = at, .key = "source"};
	struct doc_place target = {.up = at, .key = "target"};
	struct doc_place equal = {.up = at, .key = "equal"};
	struct doc_place element = {.up = &equal};
	struct inhibit_text text = {0};

	doc_read(&a->doc, at, v, members, &text);
	if (text.source)
		alert_matchers_load(a, &one->source, &source, text.source);
	if (text.target)
		alert_matchers_load(a, &one->target, &target, text.target);
	one->equal = text.equal;
	if (json_is_string(text.equal))
		alert_label_check(a, &equal, json_string_value(text.equal));
	for (; element.index < json_array_size(text.equal); element.index++)
		alert_label_check(a, &element,
		    json_string_value(
			json_array_get(text.equal, element.index)));
}

void
alert_inhibits_load(struct alerts *a, const json_t *inhibits)
{
	struct doc_place at = {.key = "inhibit"}, place = {.up = &at};
	size_t n = json_array_size(inhibits);

	a->inhibits = xcalloc(n + 1, sizeof(*a->inhibits));
	for (; place.index < n; place.index++)
		load_inhibit(a, &a->inhibits[a->n_inhibits++], &place,
		    json_array_get(inhibits, place.index));
}
