/* rules, second part: one rule of a file to checks. */
#include <inttypes.h>
#include <string.h>

#include "core/cli.h"
#include "core/xmem.h"
#include "rules/compile.h"

static const char *const directions[] = {"increasing", "non-decreasing",
    "decreasing", "non-increasing", NULL}; /* enum direction */

#define AT(member) offsetof(struct rule, member)
static const struct doc_member members[] = {
    {"name", DOC_STRING, AT(name), false, NULL},
    {"field", DOC_STRING, AT(field), false, NULL},
    {"required", DOC_BOOL, AT(required), false, NULL},
    {"type", DOC_STRINGS, AT(type), false, NULL},
    {"min", DOC_VALUE, AT(min), false, NULL},
    {"max", DOC_VALUE, AT(max), false, NULL},
    {"min_length", DOC_COUNT, AT(min_length), false, NULL},
    {"max_length", DOC_COUNT, AT(max_length), false, NULL},
    {"pattern", DOC_STRING, AT(pattern), false, NULL},
    {"enum", DOC_ARRAY, AT(values), false, NULL},
    {"in_file", DOC_STRING, AT(in_file), false, NULL},
    {"fresh", DOC_DURATION, AT(fresh), false, NULL},
    {"stale", DOC_DURATION, AT(stale), false, NULL},
    {"skew", DOC_DURATION, AT(skew), false, NULL},
    {"not_future", DOC_BOOL, AT(not_future), false, NULL},
    {"expr", DOC_STRING, AT(expr), false, NULL},
    {"unique", DOC_STRINGS, AT(unique), false, NULL},
    {"within", DOC_VALUE, AT(within), false, NULL},
    {"time", DOC_STRING, AT(time), false, NULL},
    {"order", DOC_STRING, AT(order), false, NULL},
    {"by", DOC_STRINGS, AT(by), false, NULL},
    {"direction", DOC_WORD, AT(direction), false, directions},
    {"tolerance", DOC_VALUE, AT(tolerance), false, NULL},
    {"sequence", DOC_STRING, AT(sequence), false, NULL},
    {"step", DOC_COUNT, AT(step), false, NULL},
    {"max_keys", DOC_COUNT, AT(max_keys), false, NULL},
    {"count", DOC_OBJECT, AT(count), false, NULL},
    {"missing", DOC_OBJECT, AT(missing), false, NULL},
    {"severity", DOC_WORD, AT(severity), false, severity_names},
    {"dimension", DOC_WORD, AT(dimension), false, dimension_names},
    {"message", DOC_STRING, AT(message), false, NULL},
    {"redact", DOC_BOOL, AT(redact), false, NULL},
    {"evidence", DOC_OBJECT, AT(evidence), false, NULL},
    {NULL, DOC_VALUE, 0, false, NULL},
};
#undef AT

static const struct {
	const char *word; /* the member that makes it one */
	bool needs_field, takes_field;
	void (*add)(struct compiler *c);
} forms[] = {
    [FORM_FIELD] = {"field", true, true, rules_add_demands},
    [FORM_EXPR] = {"expr", false, true, rules_add_expr},
    [FORM_UNIQUE] = {"unique", false, false, rules_add_unique},
    [FORM_ORDER] = {"order", false, false, rules_add_order},
    [FORM_SEQUENCE] = {"sequence", false, false, rules_add_sequence},
    [FORM_COUNT] = {"count", false, false, rules_add_count},
    [FORM_MISSING] = {"missing", true, true, rules_add_missing},
};
enum { N_FORMS = sizeof(forms) / sizeof(*forms) };

#define ONLY(form) (1 << (form))
enum {
	ON_FIELDS = ONLY(FORM_FIELD),
	ON_KEYS = ONLY(FORM_UNIQUE) | ONLY(FORM_ORDER) | ONLY(FORM_SEQUENCE)
};

/* Members that do not go with every form. */
static const struct {
	const char *word;
	unsigned forms;
} bound[] = {
    {"required", ON_FIELDS},
    {"type", ON_FIELDS},
    {"min", ON_FIELDS},
    {"max", ON_FIELDS},
    {"min_length", ON_FIELDS},
    {"max_length", ON_FIELDS},
    {"pattern", ON_FIELDS},
    {"enum", ON_FIELDS},
    {"in_file", ON_FIELDS},
    {"fresh", ON_FIELDS},
    {"stale", ON_FIELDS},
    {"skew", ON_FIELDS},
    {"not_future", ON_FIELDS},
    {"within", ONLY(FORM_UNIQUE)},
    {"time", ONLY(FORM_UNIQUE)},
    {"by", ONLY(FORM_ORDER) | ONLY(FORM_SEQUENCE)},
    {"direction", ONLY(FORM_ORDER)},
    {"tolerance", ONLY(FORM_ORDER)},
    {"step", ONLY(FORM_SEQUENCE)},
    {"max_keys", ON_KEYS},
    {"dimension", ON_FIELDS | ONLY(FORM_EXPR) | ON_KEYS},
};

static const char *const type_names[] = {"null", "boolean", "integer", "number",
    "string", "array", "object", "datetime", NULL};
static const uint8_t type_bits[] = {TYPE_NULL, TYPE_BOOLEAN, TYPE_INTEGER,
    TYPE_NUMBER, TYPE_STRING, TYPE_ARRAY, TYPE_OBJECT, TYPE_STRING};
enum { STRING = 4, DATETIME = 7 }; /* places in these */

const char *
rules_keep_string(struct rules *rules, const char *s)
{
	struct buf b = {0};

	if (!s)
		return NULL;
	buf_adds(&b, s);
	return rules_keep(rules, &b);
}

bool
rules_take_name(struct rules *rules, const char *name)
{
	void **used = map_put(&rules->private->names, name, strlen(name));
	bool is_free = !*used;

	*used = rules;
	return is_free;
}

const char *
rules_make_name(struct rules *rules, const char *base)
{
	struct buf b = {0};
	size_t len = strlen(base);

	buf_add(&b, base, len);
	for (unsigned i = 2;
	     buf_addc(&b, '\0'), !rules_take_name(rules, b.data); i++) {
		b.len = len;
		buf_addf(&b, " %u", i);
	}
	b.len--;
	return rules_keep(rules, &b);
}

/* Append a path as a JSON Pointer (RFC 6901); indexes may be negative. */
static void
add_pointer(struct buf *b, const struct jpath *path)
{
	for (size_t i = 0; i < path->n; i++) {
		const struct jstep *s = &path->steps[i];

		buf_addc(b, '/');
		if (!s->name) {
			buf_addf(b, "%" PRId64, s->index);
			continue;
		}
		for (size_t j = 0; s->name && j < s->len; j++) {
			if (s->name[j] == '~')
				buf_adds(b, "~0");
			else if (s->name[j] == '/')
				buf_adds(b, "~1");
			else
				buf_addc(b, s->name[j]);
		}
	}
}

/* The field of that slot, as the first rule that names it does. */
static struct rules_field
name_field(struct rules *rules, size_t slot, const char *text,
    const struct jpath *path)
{
	struct buf b = {0};

	for (size_t i = 0; i < rules->n_named; i++)
		if (rules->named[i].slot == slot)
			return rules->named[i];
	add_pointer(&b, path);
	rules->named =
	    xrealloc(rules->named, rules->n_named + 1, sizeof(*rules->named));
	rules->named[rules->n_named] = (struct rules_field){.slot = slot,
	    .name = rules_keep_string(rules, text),
	    .pointer = rules_keep(rules, &b)};
	return rules->named[rules->n_named++];
}

size_t
rules_add_field(struct compiler *c, const struct doc_place *at,
    const char *path, struct rules_field *field)
{
	struct jpath_error err;
	struct jpath p;

	if (!jpath_compile(&p, path, &err)) {
		doc_fault(
		    c->d, at, "%s at byte %zu of %s", err.what, err.at, path);
		return NO_SLOT;
	}
	*field =
	    name_field(c->rules, fields_add(&c->rules->fields, &p), path, &p);
	jpath_release(&p);
	return field->slot;
}

bool
rules_counts(const struct rules *rules, size_t slot)
{
	const struct check_args *args = rules->private->args;

	for (size_t i = 0; i < rules->n; i++)
		if (args[i].is_first && args[i].slot == slot)
			return true;
	return false;
}

/* The rule's own field; without one it is about the whole record. */
static bool
read_field(struct compiler *c)
{
	struct doc_place at = {.up = c->at, .key = "field"};
	struct jpath root = {.n = 0};
	struct rules_field field = {.name = ".", .pointer = ""};

	if (!c->r.field)
		field.slot = fields_add(&c->rules->fields, &root);
	else if (rules_add_field(c, &at, c->r.field, &field) == NO_SLOT)
		return false;
	c->slot = field.slot;
	c->is_first = c->r.field && !rules_counts(c->rules, c->slot);
	c->field =
	    c->r.field ? rules_keep_string(c->rules, c->r.field) : field.name;
	c->pointer = field.pointer;
	return true;
}

/* One word of "type". */
static void
read_type(struct compiler *c, const struct doc_place *at, const char *word)
{
	struct buf hint = {0};

	for (int i = 0; type_names[i]; i++)
		if (strcmp(type_names[i], word) == 0) {
			c->types |= type_bits[i];
			c->wants_datetime |= i == DATETIME;
			c->wants_string |= i == STRING;
			return;
		}
	cli_hint(&hint, word, type_names);
	doc_fault(
	    c->d, at, "%s: unknown type%.*s", word, (int)hint.len, hint.data);
	buf_release(&hint);
}

static void
read_types(struct compiler *c)
{
	const json_t *type = c->r.type;
	struct doc_place at = {.up = c->at, .key = "type"}, each = {.up = &at};

	c->types = type ? 0 : 255;
	if (json_is_string(type))
		read_type(c, &at, json_string_value(type));
	for (; each.index < json_array_size(type); each.index++)
		read_type(c, &each,
		    json_string_value(json_array_get(type, each.index)));
	if (json_is_array(type) && each.index == 0)
		doc_fault(c->d, &at, "names no type");
	if (c->wants_string) /* any will do */
		c->wants_datetime = false;
}

/* Which one it is: the first that the rule has, but for its field. */
static enum form
find_form(const json_t *rule)
{
	for (int i = FORM_FIELD + 1; i < N_FORMS; i++)
		if (json_object_get(rule, forms[i].word))
			return (enum form)i;
	return FORM_FIELD;
}

/* "goes only with order or sequence" */
static void
tell_bound(struct compiler *c, const char *word, unsigned with)
{
	struct buf list = {0};

	for (int i = 0; i < N_FORMS; i++)
		if (with & ONLY(i))
			buf_addf(&list, "%s%s", list.len ? " or " : "",
			    forms[i].word);
	FAULT(c, word, "goes only with %.*s", (int)list.len, list.data);
	buf_release(&list);
}

/* Is there nothing in the rule that its form has no use for? */
static bool
fits(struct compiler *c, const json_t *rule)
{
	size_t faults = c->d->n_faults;

	for (int i = (int)c->form + 1; i < N_FORMS; i++)
		if (json_object_get(rule, forms[i].word))
			FAULT(c, forms[i].word, "is another rule than %s",
			    forms[c->form].word);
	for (size_t i = 0; i < sizeof(bound) / sizeof(*bound); i++)
		if (!(bound[i].forms & ONLY(c->form)) &&
		    json_object_get(rule, bound[i].word))
			tell_bound(c, bound[i].word, bound[i].forms);
	if (!c->r.field && forms[c->form].needs_field)
		doc_fault(c->d, c->at, "field is missing");
	if (c->r.field && !forms[c->form].takes_field)
		FAULT(c, "field", "does not go with %s", forms[c->form].word);
	return c->d->n_faults == faults;
}

void
rules_compile(struct rules *rules, struct doc *d, const struct doc_place *at,
    const json_t *rule, struct jval raw)
{
	struct compiler c = {.rules = rules, .d = d, .at = at, .raw = raw};

	c.r = (struct rule){.severity = SEVERITY_ERROR,
	    .dimension = -1,
	    .min_length = NO_NUMBER,
	    .max_length = NO_NUMBER,
	    .step = 1,
	    .max_keys = NO_NUMBER,
	    .fresh = NO_DURATION,
	    .stale = NO_DURATION,
	    .skew = NO_DURATION};
	if (!doc_read(d, at, rule, members, &c.r))
		return;
	c.form = find_form(rule);
	if (!fits(&c, rule) || !read_field(&c))
		return;
	read_types(&c);
	if (c.r.name && !rules_take_name(rules, c.r.name))
		FAULT(&c, "name", "%s is used twice", c.r.name);
	c.name = rules_keep_string(rules, c.r.name);
	c.message = rules_keep_string(rules, c.r.message);
	forms[c.form].add(&c);
}
