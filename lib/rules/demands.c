/* rules, third part: the demands of a rule to checks. */
#include <math.h>
#include <string.h>

#include "core/timestamp.h"
#include "core/xmem.h"
#include "rules/compile.h"
#include "json/write.h"

#define SKEW_MS 60000 /* clocks differ */

static const struct {
	const char *keyword; /* in reports */
	const char *word; /* in rule files */
	const char *to; /* what it applies to, in words */
	enum dimension dimension;
	uint8_t applies;
} kinds[] = {
    [KIND_REQUIRED] = {"required", "required", NULL, DIMENSION_COMPLETENESS,
	255},
    [KIND_TYPE] = {"type", "type", NULL, DIMENSION_VALIDITY, TYPE_SOME},
    [KIND_DATETIME] = {"format", "datetime", NULL, DIMENSION_VALIDITY,
	TYPE_STRING},
    [KIND_MIN] = {"minimum", "min", "numbers", DIMENSION_VALIDITY, TYPE_NUMBER},
    [KIND_MAX] = {"maximum", "max", "numbers", DIMENSION_VALIDITY, TYPE_NUMBER},
    [KIND_NOT_BEFORE] = {"minimum", "min", NULL, DIMENSION_VALIDITY,
	TYPE_STRING},
    [KIND_NOT_AFTER] = {"maximum", "max", NULL, DIMENSION_VALIDITY,
	TYPE_STRING},
    [KIND_AGE] = {"age", "age", NULL, DIMENSION_TIMELINESS, TYPE_STRING},
    [KIND_MIN_LENGTH] = {"minLength", "min_length", "strings and arrays",
	DIMENSION_VALIDITY, TYPE_STRING | TYPE_ARRAY},
    [KIND_MAX_LENGTH] = {"maxLength", "max_length", "strings and arrays",
	DIMENSION_VALIDITY, TYPE_STRING | TYPE_ARRAY},
    [KIND_PATTERN] = {"pattern", "pattern", "strings", DIMENSION_VALIDITY,
	TYPE_STRING},
    [KIND_ENUM] = {"enum", "enum", NULL, DIMENSION_VALIDITY, TYPE_SOME},
    [KIND_IN_FILE] = {"in_file", "in_file", NULL, DIMENSION_CONSISTENCY,
	TYPE_SOME},
    [KIND_EXPR] = {"expr", "expr", NULL, DIMENSION_CONSISTENCY, 255},
    [KIND_SCHEMA] = {"schema", "schema", NULL, DIMENSION_VALIDITY, 255},
    /* made by themselves, when the others are */
    [KIND_UNIQUE] = {"unique", "unique", NULL, DIMENSION_UNIQUENESS, 0},
    [KIND_ORDER] = {"order", "order", NULL, DIMENSION_TIMELINESS, 0},
    [KIND_SEQUENCE] = {"sequence", "sequence", NULL, DIMENSION_COMPLETENESS, 0},
};

/* The pointer into the file: "/rules/0/min". */
static const char *
make_place(struct compiler *c, enum kind kind, const struct check_args *args)
{
	const char *word = kinds[kind].word;
	struct buf b = {0};

	if (!c->at) /* a schema */
		return args->text;
	if (kind == KIND_DATETIME)
		word = "type";
	if (kind == KIND_AGE)
		word = args->text;
	buf_addf(&b, "/rules/%zu/%s", c->at->index, word);
	return rules_keep(c->rules, &b);
}

/* Append the member of the rule, if it has it. */
static void
add_member(struct buf *b, const struct compiler *c, const char *word)
{
	struct jval v = jval_get(c->raw, word, strlen(word));

	if (jval_type(v) == J_ABSENT)
		return;
	jwrite_text(b, b->len ? "," : "{", word);
	buf_addc(b, ':');
	jwrite_value(b, v);
}

/* The rule with this demand and no other. */
static const char *
make_text(struct compiler *c, enum kind kind)
{
	static const char *const ages[] = {
	    "fresh", "stale", "skew", "not_future"};
	static const char *const all[] = {
	    "severity", "dimension", "message", "redact"};
	struct buf b = {0};

	if (!c->at)
		return NULL;
	if (c->form != FORM_FIELD) {
		jwrite_value(&b, c->raw);
		return rules_keep(c->rules, &b);
	}
	add_member(&b, c, "name");
	add_member(&b, c, "field");
	for (size_t i = 0; kind == KIND_AGE && i < 4; i++)
		add_member(&b, c, ages[i]);
	if (kind != KIND_AGE)
		add_member(
		    &b, c, kind == KIND_DATETIME ? "type" : kinds[kind].word);
	for (size_t i = 0; i < 4; i++)
		add_member(&b, c, all[i]);
	buf_addc(&b, '}');
	return rules_keep(c->rules, &b);
}

void
rules_add_check(struct compiler *c, enum kind kind, const char *base,
    struct check_args args)
{
	struct rules *rules = c->rules;
	struct rules_private *p = rules->private;
	struct check check = {
	    .rule = c->name ? c->name : rules_make_name(rules, base),
	    .field = c->field,
	    .pointer = c->pointer,
	    .place = make_place(c, kind, &args),
	    .keyword = kinds[kind].keyword,
	    .message = c->message,
	    .text = make_text(c, kind),
	    .severity = (enum severity)c->r.severity,
	    .dimension = c->r.dimension < 0 ? kinds[kind].dimension
					    : (enum dimension)c->r.dimension,
	    .slot = c->slot};

	args.kind = kind;
	args.applies = kinds[kind].applies;
	args.severity = (uint8_t)c->r.severity;
	args.redact = c->r.redact;
	args.slot = (uint32_t)c->slot;
	args.n_rule = 1;
	rules->checks =
	    xrealloc(rules->checks, rules->n + 1, sizeof(*rules->checks));
	p->args = xrealloc(p->args, rules->n + 1, sizeof(*p->args));
	rules->checks[rules->n] = check;
	p->args[rules->n++] = args;
}

static void
add_check(struct compiler *c, enum kind kind, struct check_args args)
{
	struct buf base = {0};

	if (kinds[kind].to && !(c->types & kinds[kind].applies))
		FAULT(c, kinds[kind].word, "is for %s, not for this type",
		    kinds[kind].to);
	buf_addf(&base, "%s %s", c->field, kinds[kind].word);
	rules_add_check(c, kind, base.data, args);
	buf_release(&base);
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
	args->text = rules_keep_string(c->rules, json_string_value(v));
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

	if (min.length != NO_NUMBER)
		add_check(c, KIND_MIN_LENGTH, min);
	if (max.length != NO_NUMBER)
		add_check(c, KIND_MAX_LENGTH, max);
	if (min.length != NO_NUMBER && min.length > max.length)
		FAULT(
		    c, "min_length", "is above max_length: no value can pass");
}

static void
add_pattern(struct compiler *c)
{
	struct check_args args = {0};
	struct buf why = {0};

	args.pattern =
	    pattern_new(c->r.pattern, strlen(c->r.pattern), PATTERN_PCRE, &why);
	if (args.pattern) {
		args.text = rules_keep_string(c->rules, c->r.pattern);
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
add_in_file(struct compiler *c)
{
	struct check_args args = {.set = rules_read_values(c, c->r.in_file),
	    .text = rules_keep_string(c->rules, c->r.in_file)};

	add_check(c, KIND_IN_FILE, args);
}

/* fresh, stale, skew, not_future: one check. */
static void
add_age(struct compiler *c)
{
	struct check_args args = {
	    .fresh = c->r.fresh, .stale = c->r.stale, .skew = c->r.skew};
	bool has_limit = args.fresh != NO_DURATION || args.stale != NO_DURATION;

	if (!has_limit && !c->r.not_future && args.skew == NO_DURATION)
		return;
	args.text = c->r.not_future ? "not_future" : "skew";
	if (has_limit)
		args.text = args.stale != NO_DURATION ? "stale" : "fresh";
	if (!c->wants_datetime)
		FAULT(c, args.text, "needs the type datetime");
	if (args.stale != NO_DURATION && args.fresh > args.stale)
		FAULT(c, "fresh", "is longer than stale");
	if (args.skew == NO_DURATION)
		args.skew = SKEW_MS;
	c->rules->private->has_age = true;
	add_check(c, KIND_AGE, args);
}

void
rules_add_demands(struct compiler *c)
{
	struct rules *rules = c->rules;
	struct check_args required = {
	    .types = TYPE_SOME | (c->r.type ? c->types & TYPE_NULL : 0)};
	struct check_args type = {
	    .types = c->types, .wants_datetime = c->wants_datetime};
	struct check_args *args;
	size_t before = rules->n, faults = c->d->n_faults, first;

	if (c->r.required)
		add_check(c, KIND_REQUIRED, required);
	first = rules->n;
	if (c->r.type)
		add_check(c, KIND_TYPE, type);
	if (c->wants_datetime)
		add_check(c, KIND_DATETIME, (struct check_args){0});
	add_limits(c);
	add_age(c);
	add_lengths(c);
	if (c->r.pattern)
		add_pattern(c);
	if (c->r.values)
		add_enum(c);
	if (c->r.in_file)
		add_in_file(c);
	if (rules->n == before && c->d->n_faults == faults)
		doc_fault(c->d, c->at, "demands nothing of %s", c->field);
	if (rules->n == before)
		return;
	args = rules->private->args;
	args[before].n_rule = (uint32_t)(rules->n - before);
	args[before].is_first = c->is_first;
	if (c->r.type)
		args[first].n_rest = (uint32_t)(rules->n - first - 1);
	if (c->wants_datetime) /* the one behind the type */
		args[first + 1].n_rest = (uint32_t)(rules->n - first - 2);
}
