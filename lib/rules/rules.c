#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/diag.h"
#include "core/xmem.h"
#include "rules/compile.h"
#include "rules/gates.h"
#include "rules/ordered.h"
#include "stream/side.h"

const char *const severity_names[] = {
    "info", "warning", "error", "critical", NULL};
const char *const dimension_names[] = {"completeness", "validity", "uniqueness",
    "consistency", "timeliness", NULL};

const char *
rules_keep(struct rules *rules, struct buf *b)
{
	struct rules_private *p = rules->private;
	char *s;

	buf_addc(b, '\0');
	s = b->data;
	*b = (struct buf){0};
	p->strings =
	    xrealloc(p->strings, p->n_strings + 1, sizeof(*p->strings));
	p->strings[p->n_strings++] = s;
	return s;
}

/* The document on a tape of its own, or a fault. */
static bool
read_tape(struct rules *rules, struct doc *d, struct jval *root)
{
	struct rules_tape *t = xcalloc(1, sizeof(*t));
	char *text = xcalloc(d->len + JDOC_PADDING, 1);
	enum jerror why;

	memcpy(text, d->text, d->len);
	jdoc_init(&t->doc);
	t->next = rules->private->tapes;
	rules->private->tapes = t;
	why = jdoc_parse(&t->doc, text, d->len);
	free(text);
	if (why)
		doc_fault(d, NULL, "%s", jdoc_reason(why));
	else
		*root = jval_root(&t->doc);
	return !why;
}

/* The members of a rule file. */
struct file {
	const char *name, *description;
	const json_t *rules, *schema, *max_rejects;
};

/* Tell a schema that was taken for a rule file by what only schemas have. */
static bool
is_schema(struct doc *d)
{
	static const char *const signs[] = {"$schema", "type", "properties",
	    "required", "allOf", "anyOf", "oneOf", "$ref", "$defs", NULL};
	size_t i = 0;

	while (signs[i] && !json_object_get(d->root, signs[i]))
		i++;
	if (!signs[i] || json_object_get(d->root, "rules"))
		return false;
	doc_fault(d, NULL,
	    "is a JSON Schema, not a rule file: cdo-validate takes it by -s, "
	    "a rule file as its member schema");
	return true;
}

static void
compile_file(struct rules *rules, struct doc *d)
{
	static const struct doc_member members[] = {
	    {"name", DOC_STRING, offsetof(struct file, name), false, NULL},
	    {"description", DOC_STRING, offsetof(struct file, description),
		false, NULL},
	    {"rules", DOC_ARRAY, offsetof(struct file, rules), false, NULL},
	    {"schema", DOC_VALUE, offsetof(struct file, schema), false, NULL},
	    {"max_rejects", DOC_VALUE, offsetof(struct file, max_rejects),
		false, NULL},
	    {NULL, DOC_VALUE, 0, false, NULL},
	};
	struct doc_place list = {.key = "rules"}, at = {.up = &list};
	struct file f = {0};
	struct jval root;
	struct jiter raw;

	if (is_schema(d))
		return;
	doc_read(d, NULL, d->root, members, &f);
	if (f.schema)
		rules_add_schema(rules, d);
	else if (!f.rules)
		doc_fault(d, NULL, "neither rules nor schema is there");
	if (!f.rules || !read_tape(rules, d, &root))
		return;
	raw = jval_iter(jval_get(root, "rules", 5));
	for (; jiter_next(&raw); at.index++)
		rules_compile(rules, d, &at, json_array_get(f.rules, at.index),
		    raw.value);
	if (f.max_rejects)
		rules_add_max_rejects(rules, d, f.max_rejects);
}

/* Only fields whose gaps no check counts need to be watched, and once. */
static void
settle(struct rules *rules)
{
	struct rules_private *p = rules->private;
	size_t n = 0;

	for (size_t i = 0; i < rules->n; i++)
		rules->checks[i].args = &p->args[i];
	for (size_t i = 0; i < p->n_watched; i++) {
		bool is_counted = false;

		for (size_t j = 0; j < n; j++)
			is_counted |= p->watched[j] == p->watched[i];
		if (!is_counted && !rules_counts(rules, p->watched[i]))
			p->watched[n++] = p->watched[i];
	}
	p->n_watched = n;
}

static void
prepare(struct rules *rules)
{
	if (rules->private)
		return;
	rules->private = xcalloc(1, sizeof(*rules->private));
	siphash_key(rules->private->file_key);
}

/* Add the document that was loaded with that status; frees it. */
static int
add(struct rules *rules, struct doc *d, int status)
{
	prepare(rules);
	if (status == 0)
		compile_file(rules, d);
	if (d->n_faults > 0)
		status = EX_CONFIG;
	settle(rules);
	doc_release(d);
	return status;
}

int
rules_load(struct rules *rules, const char *path)
{
	struct doc d;
	int status = doc_find(&d, "rules", path);

	if (status == 0)
		side_keep(d.name);
	return add(rules, &d, status);
}

int
rules_parse(struct rules *rules, const char *name, const char *text, size_t len)
{
	struct doc d;
	int status = doc_parse(&d, name, text, len);

	return add(rules, &d, status);
}

int
rules_load_schema(struct rules *rules, const char *path)
{
	struct schema *schema = NULL;
	int status = schema_load(&schema, path, rules->schemas);

	if (status != 0)
		return status;
	side_keep(path);
	prepare(rules);
	rules_add_schema_check(rules, schema, path);
	settle(rules);
	return 0;
}

bool
rules_is_ordered(const struct rules *rules)
{
	return rules->private && rules->private->n_ordered > 0;
}

void
rules_set_max_keys(struct rules *rules, uint64_t max_keys)
{
	if (rules->private)
		rules->private->max_keys = max_keys;
}

void
rules_redact(struct rules *rules)
{
	for (size_t i = 0; i < rules->n; i++) {
		struct check_args *a = &rules->private->args[i];

		a->redact = true;
		if (a->ordered)
			a->ordered->redact = true;
	}
}

static void
args_release(struct check_args *a)
{
	pattern_free(a->pattern);
	schema_free(a->schema);
	ordered_rule_free(a->ordered);
	if (a->set)
		keyset_release(a->set);
	free(a->set);
}

void
rules_release(struct rules *rules)
{
	struct rules_private *p = rules->private;

	if (!p)
		return;
	for (size_t i = 0; i < rules->n; i++)
		args_release(&p->args[i]);
	for (size_t i = 0; i < p->n_strings; i++)
		free(p->strings[i]);
	for (struct rules_tape *t = p->tapes, *next; t; t = next) {
		next = t->next;
		jdoc_release(&t->doc);
		free(t);
	}
	map_release(&p->names);
	free(p->strings);
	free(p->ordered);
	free(p->watched);
	free(p->args);
	free(p);
	free(rules->gates);
	free(rules->named);
	free(rules->checks);
	fields_release(&rules->fields);
	*rules = (struct rules){0};
}
