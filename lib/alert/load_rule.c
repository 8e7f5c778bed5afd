#include <stdlib.h>
#include <string.h>

#include "alert/load.h"
#include "core/xmem.h"

/* A rule as the document has it. */
struct rule_text {
	const char *name, *when, *title, *body;
	const json_t *key, *count;
	const json_t *later; /* what this version does not know */
	int severity;
};

#define MEMBER(name, type, member) \
	{ \
		name, type, offsetof(struct rule_text, member), false, NULL \
	}

static const struct doc_member rule_members[] = {
    {"name", DOC_STRING, offsetof(struct rule_text, name), true, NULL},
    {"when", DOC_STRING, offsetof(struct rule_text, when), true, NULL},
    MEMBER("title", DOC_STRING, title),
    MEMBER("body", DOC_STRING, body),
    MEMBER("key", DOC_STRINGS, key),
    MEMBER("for", DOC_VALUE, count),
    {"severity", DOC_WORD, offsetof(struct rule_text, severity), false,
	alert_severities},
    MEMBER("every", DOC_VALUE, later),
    MEMBER("keep_firing", DOC_VALUE, later),
    {NULL, DOC_VALUE, 0, false, NULL},
};

static const char *const rule_later[] = {"every", "keep_firing", NULL};

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

	r->labels = xcalloc(n ? n : 1, sizeof(*r->labels));
	if (json_is_string(key))
		load_label(a, r, &place, json_string_value(key));
	for (; element.index < n; element.index++)
		load_label(a, r, &element,
		    json_string_value(json_array_get(key, element.index)));
	qsort(r->labels, r->n_labels, sizeof(*r->labels), compare_labels);
}

static void
load_count(struct alerts *a, struct alert_rule *r, const struct doc_place *at,
    const json_t *v)
{
	struct doc_place place = {.up = at, .key = "for"};

	r->count = 1;
	if (json_is_string(v))
		doc_fault(&a->doc, &place,
		    "this version cannot wait, only count: an integer from 1");
	else if (v && (!json_is_integer(v) || json_integer_value(v) < 1))
		doc_fault(&a->doc, &place, "must be an integer from 1");
	else if (v)
		r->count = (uint64_t)json_integer_value(v);
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
load_rule(struct alerts *a, const struct doc_place *at, const json_t *v)
{
	struct rule_text text = {.severity = ALERT_ERROR};
	struct doc_place name = {.up = at, .key = "name"};
	struct alert_rule r = {0};

	doc_read(&a->doc, at, v, rule_members, &text);
	alerts_refuse(a, at, v, rule_later);
	if (text.name && has_rule(a, text.name))
		doc_fault(&a->doc, &name, "another rule has this name");
	r.name = text.name;
	r.severity = (enum alert_severity)text.severity;
	r.when = load_expr(a, at, "when", text.when);
	r.title = load_expr(a, at, "title", text.title);
	r.body = load_expr(a, at, "body", text.body);
	load_labels(a, &r, at, text.key);
	load_count(a, &r, at, text.count);
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
	expr_free(r->when);
	expr_free(r->title);
	expr_free(r->body);
	for (size_t i = 0; i < r->n_labels; i++) {
		free(r->labels[i].name);
		jpath_release(&r->labels[i].path);
	}
	free(r->labels);
}
