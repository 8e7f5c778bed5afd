#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "quality/annotated.h"
#include "json/path.h"

static struct jval
get(struct jval v, const char *name)
{
	return jval_get(v, name, strlen(name));
}

/* Keep a string of the annotation as a name, where none is known. */
static void
learn(char **name, struct jval v)
{
	size_t len;
	const char *s = jval_string(v, &len);

	if (!*name && jval_type(v) == J_STRING && !memchr(s, '\0', len))
		*name = xstrndup(s, len);
}

/* Append a part of a JSON Pointer as a step of a path. */
static void
add_step(struct buf *b, const char *s, size_t len)
{
	struct buf name = {0};

	for (size_t i = 0; i < len; i++) {
		bool is_tilde = s[i] == '~' && i + 1 < len;

		buf_addc(
		    &name, is_tilde ? (s[i + 1] == '1' ? '/' : '~') : s[i]);
		i += is_tilde;
	}
	if (len > 0 && strspn(s, "-0123456789") >= len) { /* most likely */
		buf_addf(b, "[%.*s]", (int)name.len, name.data);
	} else {
		buf_addc(&name, '\0');
		jpath_write_name(b, name.data, name.len - 1);
	}
	buf_release(&name);
}

/* The path of a JSON Pointer: /a/b/0 is .a.b[0].  Owned by the caller. */
static char *
path_of_pointer(const char *pointer)
{
	struct buf b = {0};
	size_t len;

	for (const char *p = pointer; *p == '/'; p += len) {
		len = strcspn(++p, "/");
		if (b.len == 0 && strspn(p, "-0123456789") >= len && len > 0)
			buf_addc(&b, '.');
		add_step(&b, p, len);
	}
	if (b.len == 0)
		buf_addc(&b, '.');
	buf_addc(&b, '\0');
	return b.data;
}

/* What the first of its errors says of a check that failed. */
static void
learn_check(
    struct roster_check *c, const struct marks_check *m, struct jval error)
{
	learn(&c->rule, get(error, "rule"));
	if (m->is_schema) {
		if (!c->keyword)
			c->keyword = xstrndup("schema", 6);
		if (!c->pointer)
			c->pointer = xstrndup("", 0);
	}
	learn(&c->keyword, get(error, "keyword"));
	learn(&c->pointer, get(error, "path"));
	if (!c->field && c->pointer)
		c->field = path_of_pointer(c->pointer);
}

/* Take the next of those that passed with a grade. */
static void
take_graded(
    struct roster_check *c, const struct marks_check *m, struct jiter *graded)
{
	if (jiter_next(graded))
		learn_check(c, m, graded->value);
}

/* Take n errors.  Returns the first of them, or absent. */
static struct jval
take_errors(struct jiter *errors, uint32_t n)
{
	struct jval first = {errors->value.doc, 0};

	for (uint32_t i = 0; i < n && jiter_next(errors); i++)
		if (i == 0)
			first = errors->value;
	return first;
}

static void
take_failed(struct annotated *a, struct roster_check *c,
    const struct marks_check *m, struct jiter *errors, size_t i)
{
	struct jval error = take_errors(errors, m->errors);

	a->outcomes.n_failed++;
	if (a->outcomes.n_failed == 1 || m->severity > a->outcomes.worst)
		a->outcomes.worst = m->severity;
	if (jval_type(error) == J_ABSENT)
		return;
	learn_check(c, m, error);
	a->values[i] = get(error, "value");
}

static void
take_checks(struct annotated *a, struct roster *r, size_t n, struct jval note)
{
	const struct marks_check *m = (const void *)a->marks.data;
	struct jiter errors = jval_iter(get(note, "errors"));
	struct jiter warnings = jval_iter(get(note, "warnings"));
	struct jiter graded = jval_iter(get(note, "graded"));

	a->results.len = a->grades.len = 0;
	if (n > a->n_values) {
		a->values = xrealloc(a->values, n, sizeof(*a->values));
		a->n_values = n;
	}
	for (size_t i = 0; i < n; i++) {
		struct roster_check *c = &r->checks[i];

		c->severity = m[i].severity;
		c->dimension = m[i].dimension;
		c->field_number = m[i].field;
		buf_addc(&a->results, (char)m[i].outcome);
		buf_addc(&a->grades, (char)m[i].grade);
		a->values[i].at = 0;
		if (m[i].outcome == OUTCOME_PASSED && m[i].grade < 100)
			take_graded(c, &m[i], &graded);
		if (m[i].outcome == OUTCOME_FAILED)
			take_failed(a, c, &m[i],
			    m[i].severity >= SEVERITY_ERROR ? &errors
							    : &warnings,
			    i);
	}
	a->outcomes.roster = r;
	a->outcomes.outcomes = (const uint8_t *)a->results.data;
	a->outcomes.grades = (const uint8_t *)a->grades.data;
}

/* Are the marks of that set of checks, as far as the score goes? */
static bool
is_same(const struct annotated *a, const struct roster *r)
{
	const struct marks_check *m = (const void *)a->marks.data;

	for (size_t i = 0; i < r->n; i++)
		if (r->checks[i].severity != m[i].severity ||
		    r->checks[i].dimension != m[i].dimension ||
		    r->checks[i].field_number != m[i].field)
			return false;
	return true;
}

bool
annotated_read(struct annotated *a, struct rosters *rosters, struct jval root)
{
	struct jval note = get(get(root, "_cdo"), "validate");
	char id[MARKS_ID];
	struct roster *r;
	const char *s;
	size_t len, n, n_known = rosters->n;

	a->outcomes = (struct outcomes){.roster = NULL};
	if (jval_type(note) == J_ABSENT)
		return true;
	s = jval_string(get(note, "checks"), &len);
	if (!marks_read(s, len, id, &a->marks, &n))
		return false;
	r = roster_get(rosters, id, n);
	if (!r || (rosters->n == n_known && !is_same(a, r)))
		return false;
	take_checks(a, r, n, note);
	return true;
}

void
annotated_release(struct annotated *a)
{
	free(a->values);
	buf_release(&a->marks);
	buf_release(&a->results);
	buf_release(&a->grades);
	*a = (struct annotated){.values = NULL};
}
