/* rules, third part: the demands of a rule to checks. */
#include <math.h>
#include <string.h>

#include "core/timestamp.h"
#include "core/xmem.h"
#include "rules/compile.h"

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

/* A name after field and kind, with a number if it is not the first. */
static const char *
make_name(struct compiler *c, enum kind kind)
{
	struct buf b = {0};
	size_t len;

	buf_addf(&b, "%s %s", c->field, kinds[kind].word);
	len = b.len;
	for (unsigned i = 2;
	     buf_addc(&b, '\0'), !rules_take_name(c->rules, b.data); i++) {
		b.len = len;
		buf_addf(&b, " %u", i);
	}
	b.len--;
	return rules_keep(c->rules, &b);
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

void
rules_add_checks(struct compiler *c)
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
