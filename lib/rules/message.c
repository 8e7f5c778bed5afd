/* rules, sixth part: the plain words. */
#include <inttypes.h>

#include "core/num.h"
#include "core/timestamp.h"
#include "core/utf8.h"
#include "rules/private.h"
#include "json/write.h"

#define LIST_MAX 200 /* bytes of an enum that are listed */

/* What there is to say of a failure. */
struct told {
	const struct check_args *args;
	struct jval value;
	const struct note *note;
	const char *is; /* for this kind: "below the minimum" */
};

/* Append the names of the types, "a string or null". */
static void
add_types(struct buf *out, const struct check_args *a)
{
	static const struct {
		uint8_t types;
		const char *name;
	} names[] = {{TYPE_NUMBER, "a number"}, {TYPE_INTEGER, "an integer"},
	    {TYPE_STRING, "a string"}, {TYPE_BOOLEAN, "a boolean"},
	    {TYPE_ARRAY, "an array"}, {TYPE_OBJECT, "an object"},
	    {TYPE_NULL, "null"}};
	uint8_t left = a->types;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!left || (left & names[i].types) != names[i].types)
			continue;
		if (left != a->types)
			buf_adds(out, " or ");
		left &= (uint8_t)~names[i].types;
		if (names[i].types == TYPE_STRING && a->wants_datetime)
			buf_adds(out, "a date-time");
		else
			buf_adds(out, names[i].name);
	}
}

/* The value, unless nothing is to be said of it: then it goes without. */
static void
add_value(struct buf *out, const struct told *t)
{
	size_t len;
	const char *s = jval_string(t->value, &len);

	if (t->args->redact)
		return;
	if (jval_type(t->value) == J_STRING)
		/* any number of digits is a second */
		buf_add(out, s, utf8_cut(s, len, TIMESTAMP_SIZE));
	else
		jwrite_value(out, t->value);
	buf_addc(out, ' ');
}

static void
say_text(struct buf *out, const struct told *t)
{
	buf_adds(out, t->is);
}

static void
say_missing(struct buf *out, const struct told *t)
{
	buf_addf(out, "required field is %s", t->value.at ? "null" : "missing");
}

static void
say_type(struct buf *out, const struct told *t)
{
	const struct check_args *a = t->args;
	unsigned type = rules_type(t->value);
	struct check_args is = {.types = (uint8_t)type};

	if (type == TYPE_FRACTION && a->types & TYPE_INTEGER) {
		add_value(out, t);
		buf_adds(out, "is not ");
	} else {
		if (type & TYPE_NUMBER)
			is.types = TYPE_NUMBER;
		buf_adds(out, "is ");
		add_types(out, &is);
		buf_adds(out, ", not ");
	}
	add_types(out, a);
}

/* "is none of 1, 2" */
static void
say_list(struct buf *out, const struct told *t)
{
	struct jval list = t->args->value;
	struct jiter it = jval_iter(list);
	size_t start = out->len;

	buf_adds(out, "is none of ");
	for (size_t n = 0; jiter_next(&it); n++) {
		if (n)
			buf_adds(out, ", ");
		if (out->len - start > LIST_MAX) {
			buf_addf(out, "and %zu more", jval_count(list) - n);
			return;
		}
		jwrite_value(out, it.value);
	}
}

/* "71 is above the maximum 60" */
static void
say_limit(struct buf *out, const struct told *t)
{
	add_value(out, t);
	buf_addf(out, "is %s ", t->is);
	if (t->args->text)
		buf_adds(out, t->args->text);
	else
		jwrite_value(out, t->args->value);
}

/* "has 1 character, less than the minimum 2" */
static void
say_length(struct buf *out, const struct told *t)
{
	bool is_array = jval_type(t->value) == J_ARRAY;
	size_t len, n = jval_count(t->value);
	const char *s = jval_string(t->value, &len);

	if (!is_array)
		n = utf8_count(s, len);
	buf_addf(out, "has %zu %s%s, %s %" PRIu64, n,
	    is_array ? "element" : "character", n == 1 ? "" : "s", t->is,
	    t->args->length);
}

static void
say_pattern(struct buf *out, const struct told *t)
{
	buf_addf(out,
	    t->note->gave_up ? "took too many steps to match %s"
			     : "does not match %s",
	    t->args->text);
}

/* "is 26h old, older than 24h", "is 2h in the future" */
static void
say_age(struct buf *out, const struct told *t)
{
	const struct check_args *a = t->args;
	int64_t age = t->note->age, shown = age < 0 ? -age : age;

	if (shown > 60000) /* nobody wants to know the milliseconds */
		shown -= shown % 1000;
	buf_adds(out, "is ");
	num_add_duration(out, shown);
	if (age < 0) {
		buf_adds(out, " in the future");
		return;
	}
	buf_adds(out, " old, older than ");
	num_add_duration(out, a->stale != NO_DURATION ? a->stale : a->fresh);
}

static void
say_listed(struct buf *out, const struct told *t)
{
	buf_addf(out, "is not in %s", t->args->text);
}

/* Or the error of the expression. */
static void
say_expr(struct buf *out, const struct told *t)
{
	const struct buf *why = &t->note->text;

	if (why->len == 0) {
		buf_addf(out, "does not hold: %s", t->args->text);
		return;
	}
	buf_addf(out, "cannot be evaluated: %s", t->args->text);
	if (!t->args->redact)
		buf_addf(out, ": %.*s", (int)why->len, why->data);
}

/* They say it when it is seen. */
static void
say_noted(struct buf *out, const struct told *t)
{
	buf_add(out, t->note->text.data, t->note->text.len);
}

void
rules_add_words(struct buf *out, const struct check_args *a, struct jval v,
    const struct note *note)
{
	static const struct {
		void (*say)(struct buf *out, const struct told *t);
		const char *is;
	} words[] = {
	    [KIND_REQUIRED] = {say_missing, NULL},
	    [KIND_TYPE] = {say_type, NULL},
	    [KIND_DATETIME] = {say_text, "is not a date-time (RFC 3339)"},
	    [KIND_MIN] = {say_limit, "below the minimum"},
	    [KIND_MAX] = {say_limit, "above the maximum"},
	    [KIND_NOT_BEFORE] = {say_limit, "before the minimum"},
	    [KIND_NOT_AFTER] = {say_limit, "after the maximum"},
	    [KIND_AGE] = {say_age, NULL},
	    [KIND_MIN_LENGTH] = {say_length, "less than the minimum"},
	    [KIND_MAX_LENGTH] = {say_length, "more than the maximum"},
	    [KIND_PATTERN] = {say_pattern, NULL},
	    [KIND_ENUM] = {say_list, NULL},
	    [KIND_IN_FILE] = {say_listed, NULL},
	    [KIND_EXPR] = {say_expr, NULL},
	    [KIND_UNIQUE] = {say_noted, NULL},
	    [KIND_ORDER] = {say_noted, NULL},
	    [KIND_SEQUENCE] = {say_noted, NULL},
	};
	struct told t = {a, v, note, words[a->kind].is};

	words[a->kind].say(out, &t);
}
