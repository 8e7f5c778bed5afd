#include <stdlib.h>
#include <string.h>

#include "core/diag.h"
#include "core/share.h"
#include "rules/lint.h"
#include "rules/ordered.h"
#include "json/write.h"

/* Whatever passes a, passes b: for two checks of one kind on one field. */
typedef bool implies(const struct check_args *a, const struct check_args *b);

static bool
always(const struct check_args *a, const struct check_args *b)
{
	(void)a;
	(void)b;
	return true;
}

static bool
by_types(const struct check_args *a, const struct check_args *b)
{
	return (a->types & ~b->types) == 0 &&
	       (a->wants_datetime || !b->wants_datetime);
}

static bool
by_min(const struct check_args *a, const struct check_args *b)
{
	return jval_compare(a->value, b->value) >= 0;
}

static bool
by_max(const struct check_args *a, const struct check_args *b)
{
	return jval_compare(a->value, b->value) <= 0;
}

static bool
by_not_before(const struct check_args *a, const struct check_args *b)
{
	return a->time >= b->time;
}

static bool
by_not_after(const struct check_args *a, const struct check_args *b)
{
	return a->time <= b->time;
}

static bool
by_min_length(const struct check_args *a, const struct check_args *b)
{
	return a->length >= b->length;
}

static bool
by_max_length(const struct check_args *a, const struct check_args *b)
{
	return a->length <= b->length;
}

static bool
by_text(const struct check_args *a, const struct check_args *b)
{
	return strcmp(a->text, b->text) == 0;
}

static bool
is_listed(struct jval v, struct jval list)
{
	struct jiter it = jval_iter(list);

	while (jiter_next(&it))
		if (jval_equal(it.value, v))
			return true;
	return false;
}

static bool
by_list(const struct check_args *a, const struct check_args *b)
{
	struct jiter it = jval_iter(a->value);

	while (jiter_next(&it))
		if (!is_listed(it.value, b->value))
			return false;
	return true;
}

static bool
by_definition(const struct check_args *a, const struct check_args *b)
{
	const struct ordered_rule *x = a->ordered, *y = b->ordered;

	return strcmp(x->definition, y->definition) == 0 &&
	       x->within_ms == y->within_ms &&
	       x->within_records == y->within_records &&
	       x->direction == y->direction && x->tolerance == y->tolerance &&
	       x->tolerance_ms == y->tolerance_ms && x->step == y->step;
}

static implies *const implied[KIND_COUNT] = {
    [KIND_REQUIRED] = by_types,
    [KIND_TYPE] = by_types,
    [KIND_DATETIME] = always,
    [KIND_MIN] = by_min,
    [KIND_MAX] = by_max,
    [KIND_NOT_BEFORE] = by_not_before,
    [KIND_NOT_AFTER] = by_not_after,
    [KIND_MIN_LENGTH] = by_min_length,
    [KIND_MAX_LENGTH] = by_max_length,
    [KIND_PATTERN] = by_text,
    [KIND_ENUM] = by_list,
    [KIND_IN_FILE] = by_text,
    [KIND_EXPR] = by_text,
    [KIND_UNIQUE] = by_definition,
    [KIND_ORDER] = by_definition,
    [KIND_SEQUENCE] = by_definition,
};

/* The same kind of check of the same field, and b says nothing that a does not
 * say as gravely. */
static bool
makes_moot(const struct check *a, const struct check *b)
{
	return a->args->kind == b->args->kind && a->slot == b->slot &&
	       a->severity >= b->severity && implied[a->args->kind] &&
	       implied[a->args->kind](a->args, b->args);
}

/* The first check that makes check i moot; of two that are equal it is the
 * second one that is too many.  A type may be there for the others of its
 * rule. */
static const struct check *
find_stronger(const struct rules *rules, size_t i)
{
	const struct check *c = rules->checks;

	if (c[i].args->n_rest > 0)
		return NULL;
	for (size_t j = 0; j < rules->n; j++)
		if (j != i && makes_moot(&c[j], &c[i]) &&
		    (j < i || !makes_moot(&c[i], &c[j])))
			return &c[j];
	return NULL;
}

/* Values of an enum that a type of the same rule excludes. */
static size_t
tell_excluded(
    const char *path, const struct check *type, const struct check *list)
{
	struct jiter it = jval_iter(list->args->value);
	struct buf text = {0};
	size_t n = 0;

	while (jiter_next(&it)) {
		unsigned bit = rules_type(it.value);

		if (bit == TYPE_FRACTION && rules_is_whole(it.value))
			bit = TYPE_NUMBER;
		if (type->args->types & bit)
			continue;
		text.len = 0;
		rules_add_start(&text, it.value);
		diag_warn("%s: %s: %.*s is not of the type: it can never pass",
		    path, list->place, (int)text.len, text.data);
		n++;
	}
	buf_release(&text);
	return n;
}

static size_t
look(const char *path, const struct rules *rules)
{
	const struct check *c = rules->checks, *by;
	size_t n = 0;

	for (size_t i = 0; i < rules->n && c[i].args; i++) {
		by = find_stronger(rules, i);
		if (by) {
			diag_warn("%s: %s: rule %s never decides: %s demands "
				  "as much (%s)",
			    path, c[i].place, c[i].rule, by->rule, by->place);
			n++;
		}
		if (c[i].args->kind == KIND_SCHEMA)
			n += schema_n_unknown(c[i].args->schema);
		for (size_t j = i + 1;
		     c[i].args->kind == KIND_TYPE && j <= i + c[i].args->n_rest;
		     j++)
			if (c[j].args->kind == KIND_ENUM)
				n += tell_excluded(path, &c[i], &c[j]);
	}
	return n;
}

/* A rule file has one of its members, and is an object. */
static bool
is_rule_file(const json_t *root)
{
	return json_object_get(root, "rules") ||
	       json_object_get(root, "max_rejects") ||
	       (json_object_get(root, "schema") &&
		   !json_object_get(root, "$schema"));
}

static int
lint_schema(const char *path, const struct schema_options *options)
{
	struct schema *s = NULL;
	int status = schema_load(&s, path, options);

	if (status == 0)
		status = schema_n_unknown(s) > 0;
	schema_free(s);
	return status;
}

static int
lint_rules(const char *path, const struct schema_options *options)
{
	struct rules rules = {.schemas = options};
	int status = rules_load(&rules, path);

	if (status == 0)
		status = look(path, &rules) > 0;
	rules_release(&rules);
	return status;
}

static int
lint_file(const char *path, const struct schema_options *options)
{
	struct schema_options o = *options;
	char *found = share_find("rules", path);
	struct doc d;
	int status;

	o.tells_unknown = true;
	if (!found)
		return lint_schema(path, &o);
	status = doc_load(&d, found);
	if (status == 0)
		status = is_rule_file(d.root) ? lint_rules(found, &o)
					      : lint_schema(found, &o);
	doc_release(&d);
	free(found);
	return status;
}

int
lint_files(int n, char *const *paths, const struct schema_options *options)
{
	int rc, status = 0;

	for (int i = 0; i < n; i++) {
		rc = lint_file(paths[i], options);
		status = status > 1 || rc == 0 ? status : rc;
	}
	return status;
}
