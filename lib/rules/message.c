/* rules, sixth part: the plain words. */
#include <inttypes.h>

#include "core/timestamp.h"
#include "core/utf8.h"
#include "rules/private.h"
#include "json/write.h"

#define LIST_MAX 200 /* bytes of an enum that are listed */

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

static void
add_wrong_type(struct buf *out, const struct check_args *a, struct jval v)
{
	unsigned type = rules_type(v);
	struct check_args is = {.types = (uint8_t)type};

	if (type == TYPE_FRACTION && a->types & TYPE_INTEGER) {
		jwrite_value(out, v);
		buf_adds(out, " is not ");
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
add_list(struct buf *out, struct jval list)
{
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
add_limit(
    struct buf *out, const struct check_args *a, struct jval v, const char *is)
{
	size_t len;
	const char *s = jval_string(v, &len);

	if (jval_type(v) == J_STRING) /* any number of digits is a second */
		buf_add(out, s, utf8_cut(s, len, TIMESTAMP_SIZE));
	else
		jwrite_value(out, v);
	buf_addf(out, " is %s ", is);
	if (a->text)
		buf_adds(out, a->text);
	else
		jwrite_value(out, a->value);
}

/* "has 1 character, less than the minimum 2" */
static void
add_length(
    struct buf *out, const struct check_args *a, struct jval v, const char *is)
{
	bool is_array = jval_type(v) == J_ARRAY;
	size_t len, n = jval_count(v);
	const char *s = jval_string(v, &len);

	if (!is_array)
		n = utf8_count(s, len);
	buf_addf(out, "has %zu %s%s, %s %" PRIu64, n,
	    is_array ? "element" : "character", n == 1 ? "" : "s", is,
	    a->length);
}

void
rules_add_words(
    struct buf *out, const struct check_args *a, struct jval v, bool gave_up)
{
	switch (a->kind) {
	case KIND_REQUIRED:
		buf_addf(
		    out, "required field is %s", v.at ? "null" : "missing");
		return;
	case KIND_TYPE:
		add_wrong_type(out, a, v);
		return;
	case KIND_DATETIME:
		buf_adds(out, "is not a date-time (RFC 3339)");
		return;
	case KIND_MIN:
		add_limit(out, a, v, "below the minimum");
		return;
	case KIND_MAX:
		add_limit(out, a, v, "above the maximum");
		return;
	case KIND_NOT_BEFORE:
		add_limit(out, a, v, "before the minimum");
		return;
	case KIND_NOT_AFTER:
		add_limit(out, a, v, "after the maximum");
		return;
	case KIND_MIN_LENGTH:
		add_length(out, a, v, "less than the minimum");
		return;
	case KIND_MAX_LENGTH:
		add_length(out, a, v, "more than the maximum");
		return;
	case KIND_PATTERN:
		buf_addf(out,
		    gave_up ? "took too many steps to match %s"
			    : "does not match %s",
		    a->text);
		return;
	case KIND_ENUM:
		add_list(out, a->value);
		return;
	}
}
