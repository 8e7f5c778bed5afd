/* rules, fourth part: the checks of a record.  This is the hot path. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/timestamp.h"
#include "core/utf8.h"
#include "core/xmem.h"
#include "rules/ordered.h"

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

	work->notes[check].gave_up = r == PATTERN_GAVE_UP;
	return r == PATTERN_YES;
}

/* 100 up to fresh, 0 from stale on, in between a straight line; 0 in the
 * future. */
static uint8_t
grade(const struct check_args *a, int64_t age)
{
	int64_t fresh = a->fresh == NO_DURATION ? a->stale : a->fresh;
	int64_t stale = a->stale == NO_DURATION ? fresh : a->stale;

	if (a->skew != NO_DURATION && age < -a->skew)
		return 0;
	if (stale == NO_DURATION || age <= fresh)
		return 100;
	if (age > stale)
		return 0;
	/* rounded up, since it passes */
	return (uint8_t)(100 - (int)(100 * ((double)(age - fresh) /
					       ((double)(stale - fresh) + 1))));
}

/* KIND_AGE comes after KIND_DATETIME, so it is an instant. */
static bool
is_young(const struct check_args *a, struct jval v, struct rules_view *view,
    size_t check)
{
	int64_t ms;

	if (!instant(v, &ms))
		return false;
	view->work->notes[check].age = view->work->now - ms;
	view->grades[check] = grade(a, view->work->now - ms);
	return view->grades[check] > 0;
}

/* An error of the expression is a failure, with that error. */
static bool
holds(struct rules_view *view, struct jval root, size_t check)
{
	struct buf *why = &view->work->notes[check].text;
	bool truth = false;

	why->len = 0;
	return expr_test(view->work->exprs[check], root, &truth, why) && truth;
}

/* Does v, of a type that the check applies to, pass it? */
static bool
passes(const struct rules *rules, const struct check_args *a, struct jval v,
    unsigned type, struct rules_view *view, size_t check)
{
	struct rules_work *work = view->work;
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
	case KIND_IN_FILE:
		return rules_is_listed(rules, a, v, &work->key);
	case KIND_AGE:
		return is_young(a, v, view, check);
	case KIND_EXPR:
		return holds(view, view->root, check);
	case KIND_SCHEMA:
		return rules_pass_schema(a->schema, view, check);
	default:
		return false;
	}
}

static void
skip(struct rules_view *v, size_t check)
{
	v->outcomes[check] = OUTCOME_SKIPPED;
	v->skipped[check]++;
	v->n_skipped++;
}

size_t
rules_fail(struct rules_view *v, const struct check_args *a, size_t check)
{
	size_t last = check + a->n_rest;

	v->outcomes[check] = OUTCOME_FAILED;
	if (v->n_failed++ == 0 || a->severity > v->worst)
		v->worst = (enum severity)a->severity;
	while (check < last)
		skip(v, ++check);
	return last;
}

/* Those whose order counts are skipped here, and made when the others are. */
static void
check_rule(const struct rules *rules, struct rules_view *v,
    const struct check_args *a, size_t i, size_t end)
{
	struct jval x = v->fields.values[a[i].slot];
	unsigned type = rules_type(x);

	if (type & (TYPE_ABSENT | TYPE_NULL))
		v->missing[a[i].slot] += a[i].is_first;
	for (; i < end; i++)
		if (!(a[i].applies & type))
			skip(v, i);
		else if (passes(rules, &a[i], x, type, v, i))
			v->outcomes[i] = OUTCOME_PASSED;
		else
			i = rules_fail(v, &a[i], i);
}

void
rules_check(const struct rules *rules, struct rules_view *v, struct jval root)
{
	const struct rules_private *p = rules->private;
	const struct check_args *a;

	v->n_failed = v->n_skipped = 0;
	if (!p)
		return;
	a = p->args;
	v->root = v->bare = root;
	if (p->has_age)
		v->work->now = timestamp_now();
	fields_read(&v->fields, &rules->fields, root);
	if (p->n_ordered > 0)
		ordered_prepare(rules, v);
	for (size_t i = 0, end; i < rules->n; i = end) {
		end = i + a[i].n_rule;
		check_rule(rules, v, a, i, end);
	}
	for (size_t i = 0; i < p->n_watched; i++)
		v->missing[p->watched[i]] +=
		    (rules_type(v->fields.values[p->watched[i]]) &
			(TYPE_ABSENT | TYPE_NULL)) != 0;
	if (p->n_ordered > 0 && !rules_reject(v))
		ordered_check(rules, v);
}
