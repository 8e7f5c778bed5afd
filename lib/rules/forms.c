/* rules, fourth part: rules that are more than demands on a field. */
#include <stdlib.h>
#include <string.h>

#include "core/num.h"
#include "core/utf8.h"
#include "core/xmem.h"
#include "rules/compile.h"
#include "rules/ordered.h"

#define NAME_MAX_LEN 80 /* bytes of an expression that name its rule */

void
rules_add_expr(struct compiler *c)
{
	struct check_args args = {0};
	struct buf why = {0}, base = {0};
	struct expr *x = expr_new(c->r.expr, &c->rules->fields, &why);

	if (x) {
		buf_add(&base, c->r.expr,
		    utf8_cut(c->r.expr, strlen(c->r.expr), NAME_MAX_LEN));
		buf_addc(&base, '\0');
		args.text = rules_keep_string(c->rules, c->r.expr);
		rules_add_check(c, KIND_EXPR, base.data, args);
		c->rules->private->args[c->rules->n - 1].is_first = c->is_first;
		if (c->r.field) /* skipped where that is absent */
			c->rules->private->args[c->rules->n - 1].applies =
			    TYPE_SOME;
	} else {
		FAULT(c, "expr", "%.*s", (int)why.len, why.data);
	}
	expr_free(x);
	buf_release(&why);
	buf_release(&base);
}

void
rules_watch(struct rules *rules, size_t slot)
{
	struct rules_private *p = rules->private;

	p->watched =
	    xrealloc(p->watched, p->n_watched + 1, sizeof(*p->watched));
	p->watched[p->n_watched++] = slot;
}

/* A path at a member of the rule, or NO_SLOT after telling the fault. */
static size_t
read_path(struct compiler *c, const char *member, const char *path,
    struct rules_field *field)
{
	struct doc_place at = {.up = c->at, .key = member};
	size_t slot = rules_add_field(c, &at, path, field);

	if (slot != NO_SLOT)
		rules_watch(c->rules, slot);
	return slot;
}

/* The paths at a member, one or an array of some, as the rule's key; base:
 * their names are appended. */
static bool
read_key(struct compiler *c, struct ordered_rule *r, const char *member,
    const json_t *paths, struct buf *base)
{
	size_t n =
	    json_is_array(paths) ? json_array_size(paths) : paths != NULL;
	struct doc_place list = {.up = c->at, .key = member};
	struct doc_place at = {.up = &list};
	struct rules_field f;

	r->slots = xcalloc(n, sizeof(*r->slots));
	r->names = xcalloc(n, sizeof(*r->names));
	for (; at.index < n; at.index++) {
		const json_t *v = json_is_array(paths)
				      ? json_array_get(paths, at.index)
				      : paths;
		size_t slot = rules_add_field(
		    c, v == paths ? &list : &at, json_string_value(v), &f);

		if (slot == NO_SLOT)
			return false;
		rules_watch(c->rules, slot);
		r->slots[r->n_slots] = slot;
		r->names[r->n_slots++] = f.name;
		buf_adds(base, at.index ? "+" : "");
		buf_adds(base, f.name);
		if (!c->field[1]) { /* the first one is the rule's field */
			c->field = f.name;
			c->pointer = f.pointer;
			c->slot = f.slot;
		}
	}
	return true;
}

/* A duration, or a count of records. */
static void
read_within(struct compiler *c, struct ordered_rule *r)
{
	const json_t *v = c->r.within;

	if (json_is_integer(v) && json_integer_value(v) > 0)
		r->within_records = (uint64_t)json_integer_value(v);
	else if (!json_is_string(v) ||
		 num_duration(json_string_value(v), &r->within_ms) != 0)
		FAULT(c, "within",
		    "must be a duration such as 24h, or a number of records");
	if (c->r.time && r->within_ms == NO_DURATION)
		FAULT(c, "time", "is for within a duration");
}

/* A duration, for date-times, or a number. */
static void
read_tolerance(struct compiler *c, struct ordered_rule *r)
{
	const json_t *v = c->r.tolerance;

	if (json_is_number(v) && json_number_value(v) >= 0)
		r->tolerance = json_number_value(v);
	else if (!json_is_string(v) ||
		 num_duration(json_string_value(v), &r->tolerance_ms) != 0)
		FAULT(c, "tolerance",
		    "must be a duration such as 5m, or a number from 0");
}

static struct ordered_rule *
new_rule(struct compiler *c)
{
	struct ordered_rule *r = xcalloc(1, sizeof(*r));

	r->slot = r->time = NO_SLOT;
	r->within_ms = r->tolerance_ms = NO_DURATION;
	r->within_records = NO_NUMBER;
	r->max_keys = c->r.max_keys;
	r->step = c->r.step;
	r->direction = c->r.direction;
	r->is_lenient = c->r.severity < SEVERITY_ERROR;
	r->redact = c->r.redact;
	if (r->max_keys == 0)
		FAULT(c, "max_keys", "must be more than 0");
	if (r->step == 0)
		FAULT(c, "step", "must be more than 0");
	return r;
}

/* What the rule's memory means; a change of it makes an old one useless. */
static char *
define(const struct ordered_rule *r, const char *word, const char *value,
    const char *time)
{
	struct buf b = {0};

	buf_adds(&b, word);
	for (size_t i = 0; i < r->n_slots; i++)
		buf_addf(&b, " %s", r->names[i]);
	if (value)
		buf_addf(&b, " of %s", value);
	if (r->within_records != NO_NUMBER)
		buf_adds(&b, " within records");
	if (r->within_ms != NO_DURATION)
		buf_addf(&b, " within time %s", time ? time : "of arrival");
	if (strcmp(word, "order") == 0)
		buf_adds(
		    &b, r->direction >= DIRECTION_DECREASING ? " down" : " up");
	buf_addc(&b, '\0');
	return b.data;
}

static void
add(struct compiler *c, enum kind kind, struct ordered_rule *r,
    const char *base)
{
	struct rules_private *p = c->rules->private;

	rules_add_check(c, kind, base, (struct check_args){.ordered = r});
	p->ordered =
	    xrealloc(p->ordered, p->n_ordered + 1, sizeof(*p->ordered));
	p->ordered[p->n_ordered++] = c->rules->n - 1;
}

void
rules_add_unique(struct compiler *c)
{
	struct ordered_rule *r = new_rule(c);
	struct rules_field time = {.name = NULL};
	struct buf base = {0};
	bool good = read_key(c, r, "unique", c->r.unique, &base);

	if (good && r->n_slots == 0)
		FAULT(c, "unique", "names no field");
	if (c->r.within)
		read_within(c, r);
	else if (c->r.time)
		FAULT(c, "time", "is for within a duration");
	if (c->r.time)
		r->time = read_path(c, "time", c->r.time, &time);
	buf_addf(&base, " unique");
	r->definition = define(r, "unique", NULL, time.name);
	add(c, KIND_UNIQUE, r, base.data);
	buf_release(&base);
}

/* order and sequence: a value, and the key by which it goes. */
static void
add_by_key(
    struct compiler *c, enum kind kind, const char *word, const char *path)
{
	struct ordered_rule *r = new_rule(c);
	struct rules_field f = {.name = ".", .pointer = ""};
	struct buf base = {0}, key = {0};

	r->slot = read_path(c, word, path, &f);
	c->field = f.name;
	c->pointer = f.pointer;
	c->slot = f.slot;
	if (r->slot != NO_SLOT)
		read_key(c, r, "by", c->r.by, &key);
	if (c->r.tolerance)
		read_tolerance(c, r);
	buf_addf(&base, "%s %s", f.name, word);
	r->definition = define(r, word, f.name, NULL);
	add(c, kind, r, base.data);
	buf_release(&base);
	buf_release(&key);
}

void
rules_add_order(struct compiler *c)
{
	add_by_key(c, KIND_ORDER, "order", c->r.order);
}

void
rules_add_sequence(struct compiler *c)
{
	add_by_key(c, KIND_SEQUENCE, "sequence", c->r.sequence);
}
