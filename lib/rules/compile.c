/* rules, second part: one rule of a file to checks. */
#include <inttypes.h>
#include <string.h>

#include "core/cli.h"
#include "rules/compile.h"

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
    {"severity", DOC_WORD, AT(severity), false, severity_names},
    {"dimension", DOC_WORD, AT(dimension), false, dimension_names},
    {"message", DOC_STRING, AT(message), false, NULL},
    {"expr", DOC_VALUE, AT(later[0]), false, NULL},
    {"unique", DOC_VALUE, AT(later[1]), false, NULL},
    {"within", DOC_VALUE, AT(later[2]), false, NULL},
    {"order", DOC_VALUE, AT(later[3]), false, NULL},
    {"by", DOC_VALUE, AT(later[4]), false, NULL},
    {"direction", DOC_VALUE, AT(later[5]), false, NULL},
    {"tolerance", DOC_VALUE, AT(later[6]), false, NULL},
    {"count", DOC_VALUE, AT(later[7]), false, NULL},
    {"missing", DOC_VALUE, AT(later[8]), false, NULL},
    {"in_file", DOC_VALUE, AT(later[9]), false, NULL},
    {"fresh", DOC_VALUE, AT(later[10]), false, NULL},
    {"stale", DOC_VALUE, AT(later[11]), false, NULL},
    {NULL, DOC_VALUE, 0, false, NULL},
};
#undef AT

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

static bool
read_field(struct compiler *c)
{
	struct jpath_error err;
	struct jpath path;
	struct buf b = {0};
	size_t n_fields;

	if (!jpath_compile(&path, c->r.field, &err)) {
		FAULT(c, "field", "%s at byte %zu of %s", err.what, err.at,
		    c->r.field);
		return false;
	}
	add_pointer(&b, &path);
	n_fields = c->rules->fields.n;
	c->slot = fields_add(&c->rules->fields, &path);
	c->is_first = c->slot == n_fields;
	c->field = rules_keep_string(c->rules, c->r.field);
	c->pointer = rules_keep(c->rules, &b);
	jpath_release(&path);
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

void
rules_compile(struct rules *rules, struct doc *d, const struct doc_place *at,
    const json_t *rule, struct jval raw)
{
	struct compiler c = {.rules = rules, .d = d, .at = at, .raw = raw};
	size_t before = rules->n, faults = d->n_faults;

	c.r = (struct rule){.severity = SEVERITY_ERROR,
	    .dimension = -1,
	    .min_length = NO_LENGTH,
	    .max_length = NO_LENGTH};
	if (!doc_read(d, at, rule, members, &c.r))
		return;
	for (size_t i = 0; i < N_LATER; i++)
		if (c.r.later[i])
			FAULT(&c, members[FIRST_LATER + i].name,
			    "this version does not know such rules");
	if (d->n_faults > faults)
		return;
	if (!c.r.field) {
		doc_fault(d, at, "field is missing");
		return;
	}
	if (!read_field(&c))
		return;
	read_types(&c);
	if (c.r.name && !rules_take_name(rules, c.r.name))
		FAULT(&c, "name", "%s is used twice", c.r.name);
	c.name = rules_keep_string(rules, c.r.name);
	c.message = rules_keep_string(rules, c.r.message);
	rules_add_checks(&c);
	if (rules->n == before && d->n_faults == faults)
		doc_fault(d, at, "demands nothing of %s", c.r.field);
}
