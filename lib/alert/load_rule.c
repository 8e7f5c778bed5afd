#include <stdlib.h>
#include <string.h>

#include "alert/load.h"
#include "core/num.h"
#include "core/xmem.h"

#define LABELS_MAX 100 /* fields in a key */

/* A rule as the document has it. */
struct rule_text {
	const char *name, *when, *until, *title, *body;
	const json_t *key, *hold, *raise, *flapping;
	int64_t every_ms, resolve_after_ms, keep_firing_ms;
	uint64_t max;
	int severity, no_data, on_error;
};

static const char *const choices[] = {"ok", "alert", "keep", NULL};

#define MEMBER(name, type, member) \
	{ \
		name, type, offsetof(struct rule_text, member), false, NULL \
	}
#define WORD(name, member, words) \
	{ \
		name, DOC_WORD, offsetof(struct rule_text, member), false, \
		    words \
	}

static const struct doc_member rule_members[] = {
    {"name", DOC_STRING, offsetof(struct rule_text, name), true, NULL},
    {"when", DOC_STRING, offsetof(struct rule_text, when), true, NULL},
    MEMBER("until", DOC_STRING, until),
    MEMBER("title", DOC_STRING, title),
    MEMBER("body", DOC_STRING, body),
    MEMBER("key", DOC_STRINGS, key),
    MEMBER("for", DOC_VALUE, hold),
    WORD("severity", severity, alert_severities),
    MEMBER("raise", DOC_OBJECT, raise),
    MEMBER("every", DOC_DURATION, every_ms),
    MEMBER("resolve_after", DOC_DURATION, resolve_after_ms),
    MEMBER("keep_firing", DOC_DURATION, keep_firing_ms),
    WORD("no_data", no_data, choices),
    WORD("on_error", on_error, choices),
    MEMBER("flapping", DOC_OBJECT, flapping),
    MEMBER("max", DOC_COUNT, max),
    {NULL, DOC_VALUE, 0, false, NULL},
};

/* Compile the member's expression; NULL if there is none, or a fault. */
static struct expr *
load_expr(struct alerts *a, const struct doc_place *at, const char *member,
    const char *expression)
{
	struct doc_place place = {.up = at, .key = member};
	struct buf why = {0};
	struct expr *x;

	if (!expression)
		return NULL;
	x = expr_new(expression, &a->fields, &why);
	if (!x)
		doc_fault(&a->doc, &place, "%.*s", (int)why.len, why.data);
	buf_release(&why);
	return x;
}

/* The name of the label that a path gives: without its first dot, or the
 * bare name where that is all. */
static char *
label_name(const char *text, const struct jpath *path)
{
	if (path->n == 1 && path->steps[0].name)
		return xstrndup(path->steps[0].name, path->steps[0].len);
	return xstrndup(text + 1, strlen(text + 1));
}

static void
load_label(struct alerts *a, struct alert_rule *r, const struct doc_place *at,
    const char *text)
{
	struct alert_label label = {0};
	struct jpath_error error;

	if (!jpath_compile(&label.path, text, &error)) {
		doc_fault(&a->doc, at, "at byte %zu: %s", error.at, error.what);
		return;
	}
	label.name = label_name(text, &label.path);
	if (label.path.n == 0)
		doc_fault(&a->doc, at, "must name a field");
	if (strcmp(label.name, "rule") == 0 ||
	    strcmp(label.name, "severity") == 0)
		doc_fault(&a->doc, at,
		    "the label %s is taken: it is the rule's own", label.name);
	for (size_t i = 0; i < r->n_labels; i++)
		if (strcmp(r->labels[i].name, label.name) == 0)
			doc_fault(&a->doc, at, "the label %s is given twice",
			    label.name);
	r->labels[r->n_labels++] = label;
}

static int
compare_labels(const void *a, const void *b)
{
	const struct alert_label *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* key: a path, or an array of them. */
static void
load_labels(struct alerts *a, struct alert_rule *r, const struct doc_place *at,
    const json_t *key)
{
	struct doc_place place = {.up = at, .key = "key"};
	struct doc_place element = {.up = &place};
	size_t n = json_array_size(key);

	if (n > LABELS_MAX) {
		doc_fault(&a->doc, &place, "more than %d fields", LABELS_MAX);
		n = LABELS_MAX;
	}
	r->labels = xcalloc(n ? n : 1, sizeof(*r->labels));
	if (json_is_string(key))
		load_label(a, r, &place, json_string_value(key));
	for (; element.index < n; element.index++)
		load_label(a, r, &element,
		    json_string_value(json_array_get(key, element.index)));
	qsort(r->labels, r->n_labels, sizeof(*r->labels), compare_labels);
}

/* for: records in a row, or a duration. */
static void
load_hold(struct alerts *a, struct alert_rule *r, const struct doc_place *at,
    const json_t *v)
{
	struct doc_place place = {.up = at, .key = "for"};

	r->life.for_count = 1;
	if (!v)
		return;
	if (json_is_string(v) &&
	    num_duration(json_string_value(v), &r->life.for_ms) == 0)
		return;
	if (json_is_integer(v) && json_integer_value(v) >= 1)
		r->life.for_count = json_integer_value(v);
	else
		doc_fault(&a->doc, &place,
		    "must be an integer from 1, or a duration like 5m");
}

/* raise: what makes it worse, {"critical": ".t > 50"}. */
static void
load_raise(struct alerts *a, struct alert_rule *r, const struct doc_place *at,
    const json_t *raise)
{
	struct doc_place list = {.up = at, .key = "raise"};
	struct doc_place place = {.up = &list};
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)raise, key, v)
	{
		int i = 0;

		place.key = key;
		if (!alert_is_known(
			a, &place, "severity", key, alert_severities) ||
		    !doc_is(&a->doc, &place, v, JSON_STRING))
			continue;
		while (strcmp(alert_severities[i], key) != 0)
			i++;
		if (i <= (int)r->severity)
			doc_fault(&a->doc, &place,
			    "is no more than the rule's severity, %s",
			    alert_severities[r->severity]);
		r->raise[i] = load_expr(a, &list, key, json_string_value(v));
		r->can_rise = true;
	}
}

struct flapping_text {
	uint64_t changes;
	int64_t within_ms;
};

static void
load_flapping(struct alerts *a, struct alert_rule *r,
    const struct doc_place *at, const json_t *v)
{
	static const struct doc_member members[] = {
	    {"changes", DOC_COUNT, offsetof(struct flapping_text, changes),
		true, NULL},
	    {"within", DOC_DURATION, offsetof(struct flapping_text, within_ms),
		false, NULL},
	    {NULL, DOC_VALUE, 0, false, NULL}};
	struct doc_place place = {.up = at, .key = "flapping"};
	struct doc_place changes = {.up = &place, .key = "changes"};
	struct flapping_text text = {10, INT64_C(3600000)};

	if (v)
		doc_read(&a->doc, &place, v, members, &text);
	if (text.changes > FLAP_MAX || text.changes == 1)
		doc_fault(&a->doc, &changes, "must be 2 to %d, or 0: never",
		    FLAP_MAX);
	r->life.flap.changes = (int64_t)text.changes;
	r->life.flap.within_ms = text.within_ms;
}

/* What it says of records that do not come. */
static void
load_silence(struct alerts *a, struct alert_rule *r, const struct doc_place *at,
    const struct rule_text *text)
{
	struct doc_place no_data = {.up = at, .key = "no_data"};

	r->life.keep_firing_ms = text->keep_firing_ms;
	r->life.no_data = (enum no_data)text->no_data;
	r->on_error = (enum no_data)text->on_error;
	r->life.resolve_after_ms = text->resolve_after_ms > 0
				       ? text->resolve_after_ms
				       : 3 * text->every_ms;
	if (text->no_data != NO_DATA_OK && r->life.resolve_after_ms == 0)
		doc_fault(&a->doc, &no_data,
		    "how often does data come? every is missing");
}

static bool
has_rule(const struct alerts *a, const char *name)
{
	for (size_t i = 0; i < a->n_rules; i++)
		if (a->rules[i].name && strcmp(a->rules[i].name, name) == 0)
			return true;
	return false;
}

static void
check_name(struct alerts *a, const struct doc_place *at, const char *name)
{
	struct doc_place place = {.up = at, .key = "name"};

	if (has_rule(a, name))
		doc_fault(&a->doc, &place, "another rule has this name");
	if (strcmp(name, ALERT_RULE_BEAT) == 0 ||
	    strcmp(name, ALERT_RULE_UNDELIVERED) == 0)
		doc_fault(&a->doc, &place, "is a name of our own");
	if (strlen(name) >= ALERT_NAME_MAX)
		doc_fault(&a->doc, &place, "has more than %d bytes",
		    ALERT_NAME_MAX - 1);
}

static void
load_rule(struct alerts *a, const struct doc_place *at, const json_t *v)
{
	struct rule_text text = {.severity = ALERT_ERROR,
	    .on_error = NO_DATA_KEEP,
	    .max = ALERTS_MAX};
	struct doc_place max = {.up = at, .key = "max"};
	struct alert_rule r = {0};

	doc_read(&a->doc, at, v, rule_members, &text);
	if (text.name)
		check_name(a, at, text.name);
	if (text.max == 0 || text.max > ALERTS_MAX)
		doc_fault(&a->doc, &max, "must be 1 to %d", ALERTS_MAX);
	r.name = text.name;
	r.max = text.max;
	r.severity = (enum alert_severity)text.severity;
	r.when = load_expr(a, at, "when", text.when);
	r.until = load_expr(a, at, "until", text.until);
	r.title = load_expr(a, at, "title", text.title);
	r.body = load_expr(a, at, "body", text.body);
	load_labels(a, &r, at, text.key);
	load_hold(a, &r, at, text.hold);
	load_raise(a, &r, at, text.raise);
	load_flapping(a, &r, at, text.flapping);
	load_silence(a, &r, at, &text);
	a->rules[a->n_rules++] = r;
}

void
alert_rules_load(struct alerts *a, const json_t *rules)
{
	struct doc_place at = {.key = "rules"}, rule = {.up = &at};
	size_t n = json_array_size(rules);

	a->rules = xcalloc(n, sizeof(*a->rules));
	for (; rule.index < n; rule.index++)
		load_rule(a, &rule, json_array_get(rules, rule.index));
}

void
alert_rule_release(struct alert_rule *r)
{
	for (size_t i = 0; i < ALERT_SEVERITIES; i++)
		expr_free(r->raise[i]);
	expr_free(r->when);
	expr_free(r->until);
	expr_free(r->title);
	expr_free(r->body);
	for (size_t i = 0; i < r->n_labels; i++) {
		free(r->labels[i].name);
		jpath_release(&r->labels[i].path);
	}
	free(r->labels);
}
