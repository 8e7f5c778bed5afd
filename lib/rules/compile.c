/* rules, second part: one rule of a file to checks. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/cli.h"
#include "core/timestamp.h"
#include "core/utf8.h"
#include "core/xmem.h"
#include "rules/private.h"

#define NO_LENGTH UINT64_MAX
enum { FIRST_LATER = 13, N_LATER = 12 }; /* among the members */

/* What does not stand in the file stays as it is here. */
struct rule {
	const char *name, *field, *message, *pattern;
	const json_t *type, *min, *max, *values;
	uint64_t min_length, max_length;
	int severity, dimension; /* dimension: -1 for the kind's own */
	bool required;
	const json_t *later[N_LATER]; /* for other versions */
};

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

static const struct {
	const char *keyword; /* in reports */
	const char *word; /* in rule files */
	uint8_t applies;
	const char *to; /* the same in words */
} kinds[] = {
    [KIND_REQUIRED] = {"required", "required", 255, NULL},
    [KIND_TYPE] = {"type", "type", TYPE_SOME, NULL},
    [KIND_DATETIME] = {"format", "datetime", TYPE_STRING, NULL},
    [KIND_MIN] = {"minimum", "min", TYPE_NUMBER, "numbers"},
    [KIND_MAX] = {"maximum", "max", TYPE_NUMBER, "numbers"},
    [KIND_NOT_BEFORE] = {"minimum", "min", TYPE_STRING, NULL},
    [KIND_NOT_AFTER] = {"maximum", "max", TYPE_STRING, NULL},
    [KIND_MIN_LENGTH] = {"minLength", "min_length", TYPE_STRING | TYPE_ARRAY,
	"strings and arrays"},
    [KIND_MAX_LENGTH] = {"maxLength", "max_length", TYPE_STRING | TYPE_ARRAY,
	"strings and arrays"},
    [KIND_PATTERN] = {"pattern", "pattern", TYPE_STRING, "strings"},
    [KIND_ENUM] = {"enum", "enum", TYPE_SOME, NULL},
};

/* A rule on its way to checks. */
struct compiler {
	struct rules *rules;
	struct doc *d;
	const struct doc_place *at; /* of the rule */
	struct jval raw; /* the rule on the tape */
	struct rule r;
	const char *name; /* kept; NULL: each check gets its own */
	const char *field, *pointer, *message; /* kept; message may be NULL */
	size_t slot;
	bool is_first; /* rule of its field */
	uint8_t types; /* that pass the rule's type; all, if it has none */
	bool wants_datetime, wants_string; /* named in its type */
};

/* Tell a fault at a member of the rule. */
#define FAULT(c, member, ...) \
	doc_fault((c)->d, &(struct doc_place){.up = (c)->at, .key = (member)}, \
	    __VA_ARGS__)

static const char *
keep_string(struct rules *rules, const char *s)
{
	struct buf b = {0};

	if (!s)
		return NULL;
	buf_adds(&b, s);
	return keep(rules, &b);
}

/* Take a name for a rule.  Returns whether it was free. */
static bool
take_name(struct rules *rules, const char *name)
{
	void **used = map_put(&rules->private->names, name, strlen(name));
	bool is_free = !*used;

	*used = rules;
	return is_free;
}

/* A name after field and kind, with a number if it is not the first. */
static const char *
make_name(struct compiler *c, enum kind kind)
{
	struct buf b = {0};
	size_t len;

	buf_addf(&b, "%s %s", c->field, kinds[kind].word);
	len = b.len;
	for (unsigned i = 2; buf_addc(&b, '\0'), !take_name(c->rules, b.data);
	     i++) {
		b.len = len;
		buf_addf(&b, " %u", i);
	}
	b.len--;
	return keep(c->rules, &b);
}

static void
add_check(struct compiler *c, enum kind kind, struct check_args args)
{
	struct rules *rules = c->rules;
	struct rules_private *p = rules->private;
	enum dimension usual =
	    kind == KIND_REQUIRED ? DIMENSION_COMPLETENESS : DIMENSION_VALIDITY;
	struct check check = {.rule = c->name ? c->name : make_name(c, kind),
	    .field = c->field,
	    .pointer = c->pointer,
	    .keyword = kinds[kind].keyword,
	    .message = c->message,
	    .severity = (enum severity)c->r.severity,
	    .dimension =
		c->r.dimension < 0 ? usual : (enum dimension)c->r.dimension,
	    .slot = c->slot};

	if (kinds[kind].to && !(c->types & kinds[kind].applies))
		FAULT(c, kinds[kind].word, "is for %s, not for this type",
		    kinds[kind].to);
	args.kind = kind;
	args.applies = kinds[kind].applies;
	args.severity = (uint8_t)c->r.severity;
	args.slot = (uint32_t)c->slot;
	rules->checks =
	    xrealloc(rules->checks, rules->n + 1, sizeof(*rules->checks));
	p->args = xrealloc(p->args, rules->n + 1, sizeof(*p->args));
	rules->checks[rules->n] = check;
	p->args[rules->n++] = args;
}

/* Append a path as a JSON Pointer (RFC 6901); indexes may be negative. */
static void
add_pointer(struct buf *b, const struct jpath *path)
{
	for (size_t i = 0; i < path->n; i++) {
		const struct jstep *s = &path->steps[i];

		buf_addc(b, '/');
		if (!s->name)
			buf_addf(b, "%" PRId64, s->index);
		for (size_t j = 0; j < s->len; j++) {
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
	c->field = keep_string(c->rules, c->r.field);
	c->pointer = keep(c->rules, &b);
	jpath_release(&path);
	return true;
}

/* One word of "type". */
static void
read_type(struct compiler *c, const struct doc_place *at, const char *word)
{
	const char *nearest = cli_nearest(word, type_names);

	for (int i = 0; type_names[i]; i++)
		if (strcmp(type_names[i], word) == 0) {
			c->types |= type_bits[i];
			c->wants_datetime |= i == DATETIME;
			c->wants_string |= i == STRING;
			return;
		}
	doc_fault(c->d, at, "%s: unknown type%s%s%s", word,
	    nearest ? "; did you mean " : "", nearest ? nearest : "",
	    nearest ? "?" : "");
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

/* A limit that is a date-time.  Returns whether it is one, or the fault. */
static bool
read_time(struct compiler *c, const char *member, const json_t *v, int64_t *ms)
{
	const char *s = json_string_value(v);

	if (!s || !c->wants_datetime)
		FAULT(c, member,
		    "must be a number, or with the type datetime "
		    "a date-time");
	else if (timestamp_parse(s, strlen(s), ms))
		return true;
	else
		FAULT(c, member, "%s is no date-time (RFC 3339)", s);
	return false;
}

/* One of min and max.  Returns whether it is good. */
static bool
add_limit(struct compiler *c, enum kind number, enum kind time, const json_t *v,
    struct check_args *args)
{
	const char *word = kinds[number].word;

	if (!v)
		return false;
	if (json_is_number(v)) {
		args->value = jval_get(c->raw, word, strlen(word));
		args->limit = jval_double(args->value);
		args->is_small = fabs(args->limit) < 0x1p53;
		add_check(c, number, *args);
		return true;
	}
	if (!read_time(c, word, v, &args->time))
		return false;
	args->text = keep_string(c->rules, json_string_value(v));
	add_check(c, time, *args);
	return true;
}

static void
add_limits(struct compiler *c)
{
	struct check_args min = {0}, max = {0};
	bool both;

	both = add_limit(c, KIND_MIN, KIND_NOT_BEFORE, c->r.min, &min);
	both &= add_limit(c, KIND_MAX, KIND_NOT_AFTER, c->r.max, &max);
	if (!both || !min.value.at != !max.value.at)
		return;
	if (min.value.at ? jval_compare(min.value, max.value) > 0
			 : min.time > max.time)
		FAULT(c, "min", "is above max: no value can pass");
}

static void
add_lengths(struct compiler *c)
{
	struct check_args min = {.length = c->r.min_length};
	struct check_args max = {.length = c->r.max_length};

	if (min.length != NO_LENGTH)
		add_check(c, KIND_MIN_LENGTH, min);
	if (max.length != NO_LENGTH)
		add_check(c, KIND_MAX_LENGTH, max);
	if (min.length != NO_LENGTH && min.length > max.length)
		FAULT(
		    c, "min_length", "is above max_length: no value can pass");
}

static void
add_pattern(struct compiler *c)
{
	struct check_args args = {0};
	struct buf why = {0};

	args.pattern = pattern_new(c->r.pattern, strlen(c->r.pattern), &why);
	if (args.pattern) {
		args.text = keep_string(c->rules, c->r.pattern);
		add_check(c, KIND_PATTERN, args);
	} else {
		FAULT(c, "pattern", "%.*s", (int)why.len, why.data);
	}
	buf_release(&why);
}

static void
add_enum(struct compiler *c)
{
	struct check_args args = {.value = jval_get(c->raw, "enum", 4)};

	if (json_array_size(c->r.values) == 0)
		FAULT(c, "enum", "is empty: no value can pass");
	add_check(c, KIND_ENUM, args);
}

static void
add_checks(struct compiler *c)
{
	struct rules *rules = c->rules;
	struct check_args required = {
	    .types = TYPE_SOME | (c->r.type ? c->types & TYPE_NULL : 0)};
	struct check_args type = {
	    .types = c->types, .wants_datetime = c->wants_datetime};
	struct check_args *args;
	size_t before = rules->n, first;

	if (c->r.required)
		add_check(c, KIND_REQUIRED, required);
	first = rules->n;
	if (c->r.type)
		add_check(c, KIND_TYPE, type);
	if (c->wants_datetime)
		add_check(c, KIND_DATETIME, (struct check_args){0});
	add_limits(c);
	add_lengths(c);
	if (c->r.pattern)
		add_pattern(c);
	if (c->r.values)
		add_enum(c);
	if (rules->n == before)
		return;
	args = rules->private->args;
	args[before].n_rule = (uint32_t)(rules->n - before);
	args[before].is_first = c->is_first;
	if (c->r.type)
		args[first].n_rest = (uint32_t)(rules->n - first - 1);
}

void
compile_rule(struct rules *rules, struct doc *d, const struct doc_place *at,
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
	if (c.r.name && !take_name(rules, c.r.name))
		FAULT(&c, "name", "%s is used twice", c.r.name);
	c.name = keep_string(rules, c.r.name);
	c.message = keep_string(rules, c.r.message);
	add_checks(&c);
	if (rules->n == before && d->n_faults == faults)
		doc_fault(d, at, "demands nothing of %s", c.r.field);
}
