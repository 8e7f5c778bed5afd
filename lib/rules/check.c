/* rules, fourth part: the checks of a record.  This is the hot path. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/timestamp.h"
#include "core/utf8.h"
#include "core/xmem.h"
#include "rules/private.h"

/* By the type's letter on the tape. */
static const uint8_t types[256] = {[J_ABSENT] = TYPE_ABSENT,
    [J_NULL] = TYPE_NULL,
    [J_FALSE] = TYPE_BOOLEAN,
    [J_TRUE] = TYPE_BOOLEAN,
    [J_INT] = TYPE_INTEGER,
    [J_UINT] = TYPE_INTEGER,
    [J_DOUBLE] = TYPE_FRACTION,
    [J_STRING] = TYPE_STRING,
    [J_ARRAY] = TYPE_ARRAY,
    [J_OBJECT] = TYPE_OBJECT};

unsigned
rules_type(struct jval v)
{
	return types[jval_type(v)];
}

bool
rules_is_whole(struct jval v)
{
	double x = jval_double(v);

	return jval_type(v) != J_DOUBLE || floor(x) == x;
}

/* The instant that a string is, if it is one. */
static bool
instant(struct jval v, int64_t *ms)
{
	size_t len;
	const char *s = jval_string(v, &len);

	return timestamp_parse(s, len, ms);
}

/* Has it at least n code points or elements? */
static bool
is_long(struct jval v, uint64_t n)
{
	const char *s;
	size_t len;

	if (jval_type(v) == J_ARRAY)
		return jval_count(v) >= n;
	s = jval_string(v, &len);
	/* a code point takes 1 to 4 bytes */
	return len >= n && (len / 4 >= n || utf8_count(s, len) >= n);
}

static bool
is_among(struct jval v, struct jval list)
{
	struct jiter it = jval_iter(list);
	size_t len;
	const char *s = jval_string(v, &len);

	if (jval_type(v) != J_STRING) {
		while (jiter_next(&it))
			if (jval_equal(it.value, v))
				return true;
		return false;
	}
	while (jiter_next(&it)) /* the usual case */
		if (jval_is_string(it.value, s, len))
			return true;
	return false;
}

static bool
matches(const struct check_args *a, struct jval v, struct rules_work *work,
    size_t check)
{
	size_t len;
	const char *s = jval_string(v, &len);
	enum pattern_result r =
	    pattern_match(a->pattern, work->pattern, s, len);

	work->gave_up[check] = r == PATTERN_GAVE_UP;
	return r == PATTERN_YES;
}

/* Does v, of a type that the check applies to, pass it? */
static bool
passes(const struct check_args *a, struct jval v, unsigned type,
    struct rules_work *work, size_t check)
{
	int64_t ms;

	switch (a->kind) {
	case KIND_REQUIRED:
	case KIND_TYPE:
		if (a->types & type)
			return true;
		return type == TYPE_FRACTION && a->types & TYPE_INTEGER &&
		       rules_is_whole(v);
	case KIND_DATETIME:
		return instant(v, &ms);
	case KIND_MIN:
		return a->is_small ? jval_double(v) >= a->limit
				   : jval_compare(v, a->value) >= 0;
	case KIND_MAX:
		return a->is_small ? jval_double(v) <= a->limit
				   : jval_compare(v, a->value) <= 0;
	case KIND_NOT_BEFORE:
		return !instant(v, &ms) || ms >= a->time;
	case KIND_NOT_AFTER:
		return !instant(v, &ms) || ms <= a->time;
	case KIND_MIN_LENGTH:
		return is_long(v, a->length);
	case KIND_MAX_LENGTH:
		return !is_long(v, a->length + 1);
	case KIND_PATTERN:
		return matches(a, v, work, check);
	case KIND_ENUM:
		return is_among(v, a->value);
	}
	return false;
}

static void
skip(struct rules_view *v, size_t check)
{
	v->outcomes[check] = OUTCOME_SKIPPED;
	v->skipped[check]++;
	v->n_skipped++;
}

/* Note a failure.  Returns the last check that is decided by it. */
static size_t
fail(struct rules_view *v, const struct check_args *a, size_t check)
{
	size_t last = check + a->n_rest;

	v->outcomes[check] = OUTCOME_FAILED;
	if (v->n_failed++ == 0 || a->severity > v->worst)
		v->worst = (enum severity)a->severity;
	while (check < last)
		skip(v, ++check);
	return last;
}

void
rules_check(const struct rules *rules, struct rules_view *v, struct jval root)
{
	const struct check_args *a;
	unsigned type;
	struct jval x;

	v->n_failed = v->n_skipped = 0;
	if (rules->n == 0)
		return;
	a = rules->private->args;
	fields_read(&v->fields, &rules->fields, root);
	for (size_t i = 0, end; i < rules->n; i = end) { /* a rule */
		end = i + a[i].n_rule;
		x = v->fields.values[a[i].slot];
		type = rules_type(x);
		if (type & (TYPE_ABSENT | TYPE_NULL))
			v->missing[a[i].slot] += a[i].is_first;
		for (; i < end; i++)
			if (!(a[i].applies & type))
				skip(v, i);
			else if (passes(&a[i], x, type, v->work, i))
				v->outcomes[i] = OUTCOME_PASSED;
			else
				i = fail(v, &a[i], i);
	}
}

void
rules_view_init(struct rules_view *v, const struct rules *rules)
{
	*v = (struct rules_view){
	    .outcomes = xcalloc(rules->n, sizeof(*v->outcomes)),
	    .skipped = xcalloc(rules->n, sizeof(*v->skipped)),
	    .missing = xcalloc(rules->fields.n, sizeof(*v->missing)),
	    .work = xcalloc(1, sizeof(*v->work)),
	};
	v->work->gave_up = xcalloc(rules->n, sizeof(*v->work->gave_up));
	v->work->pattern = pattern_work_new();
	fields_view_init(&v->fields, &rules->fields);
}

void
rules_view_release(struct rules_view *v)
{
	if (!v->work)
		return;
	pattern_work_free(v->work->pattern);
	free(v->work->gave_up);
	free(v->work);
	free(v->outcomes);
	free(v->skipped);
	free(v->missing);
	fields_view_release(&v->fields);
	*v = (struct rules_view){0};
}
