#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alert/engine.h"
#include "core/diag.h"
#include "core/map.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "stream/annot.h"
#include "json/write.h"

struct engine_rule {
	const struct alert_rule *rule; /* lent */
	struct map alerts; /* struct alert, by the digest of its identity */
	uint64_t n_failed; /* records on which an expression failed */
	uint64_t n_left_out; /* records whose alert had no room */
};

static void
attach(struct engine *e, struct expr *x)
{
	if (x)
		expr_attach(x, &e->view);
}

void
engine_init(struct engine *e)
{
	e->rules = xcalloc(e->alerts->n_rules, sizeof(*e->rules));
	fields_view_init(&e->view, &e->alerts->fields);
	for (size_t i = 0; i < e->alerts->n_rules; i++) {
		const struct alert_rule *rule = &e->alerts->rules[i];

		e->rules[i].rule = rule;
		attach(e, rule->when);
		attach(e, rule->title);
		attach(e, rule->body);
	}
}

void
engine_release(struct engine *e)
{
	const struct map_entry *entry;

	for (size_t i = 0; i < e->alerts->n_rules; i++) {
		struct map *alerts = &e->rules[i].alerts;

		for (size_t j = 0; (entry = map_next(alerts, &j)) != NULL;)
			alert_unref(entry->value);
		map_release(alerts);
	}
	free(e->rules);
	fields_view_release(&e->view);
	buf_release(&e->scratch);
}

static void
failed(struct engine *e, struct engine_rule *er, const struct record *r,
    const char *member, const struct buf *why)
{
	e->is_partial = true;
	if (er->n_failed++ == 0)
		diag_error("%s:%" PRIu64 ": rule %s: %s: %.*s", r->name,
		    r->line, er->rule->name, member, (int)why->len,
		    why->data ? why->data : "");
}

/* Returns whether it could be told, and whether the rule holds. */
static bool
test(struct engine *e, struct engine_rule *er, const struct record *r,
    bool *holds)
{
	struct buf why = {0};
	bool good = expr_test(er->rule->when, r->root, holds, &why);

	if (!good)
		failed(e, er, r, "when", &why);
	buf_release(&why);
	return good;
}

/* Append the expression's text, or nothing if it fails. */
static void
render(struct engine *e, struct engine_rule *er, const struct record *r,
    const char *member, struct expr *x, struct buf *out)
{
	struct buf why = {0};

	if (x && !expr_text(x, r->root, out, &why)) {
		failed(e, er, r, member, &why);
		out->len = 0;
	}
	buf_release(&why);
}

/* What is said if the rule has no title: its name, and the labels. */
static void
default_title(struct buf *out, const struct alert *a)
{
	const char *comma = ": ";

	buf_adds(out, a->rule->name);
	for (size_t i = 0; i < a->rule->n_labels; i++) {
		if (a->values[i].len == 0)
			continue;
		buf_adds(out, comma);
		buf_add(out, a->values[i].data, a->values[i].len);
		comma = ", ";
	}
}

static void
keep_record(const struct engine *e, struct alert *a, const struct record *r)
{
	if (e->strip)
		annot_strip(&a->record, r->text, r->len, r->root);
	else
		buf_add(&a->record, r->text, r->len);
	if (a->record.len > ALERT_RECORD_MAX)
		buf_release(&a->record);
}

/* The alert has changed: tell it. */
static void
announce(struct engine *e, struct alert *a, struct buf *out)
{
	alert_begin_event(out, alert_status(a), a, NULL);
	buf_addf(out, ",\"severity\":\"%s\",\"labels\":",
	    alert_severities[a->rule->severity]);
	alert_write_labels(out, a);
	buf_adds(out, ",\"title\":");
	jwrite_string(out, a->title.data, a->title.len);
	buf_adds(out, "}\n");
	notifier_add(e->notifier, a);
	if (notifier_is_full(e->notifier))
		notifier_send(e->notifier, out);
}

static void
fire(struct engine *e, struct engine_rule *er, struct alert *a,
    const struct record *r, struct buf *out)
{
	a->state = ALERT_FIRING;
	a->starts_at = timestamp_now();
	render(e, er, r, "title", er->rule->title, &a->title);
	if (a->title.len == 0)
		default_title(&a->title, a);
	alert_cut(&a->title, ALERT_TITLE_MAX);
	render(e, er, r, "body", er->rule->body, &a->body);
	alert_cut(&a->body, ALERT_BODY_MAX);
	keep_record(e, a, r);
	announce(e, a, out);
}

static void
resolve(struct engine *e, struct alert *a, struct buf *out)
{
	if (a->state == ALERT_FIRING) {
		a->state = ALERT_RESOLVED;
		a->ends_at = timestamp_now();
		announce(e, a, out);
	}
	alert_unref(a);
}

/* Keep a new alert under its digest; NULL if there are too many. */
static struct alert *
admit(struct engine *e, struct engine_rule *er, const struct record *r,
    const uint8_t *digest)
{
	void **place;

	if (er->alerts.n >= ENGINE_MAX) {
		if (er->n_left_out++ == 0)
			diag_warn("rule %s: more than %d alerts at a time: "
				  "the others are left out",
			    er->rule->name, ENGINE_MAX);
		e->is_partial = true;
		return NULL;
	}
	place = map_put(&er->alerts, digest, SHA256_SIZE);
	*place = alert_new(er->rule, r->root, digest);
	return *place;
}

static void
evaluate(struct engine *e, struct engine_rule *er, const struct record *r,
    struct buf *out)
{
	uint8_t digest[SHA256_SIZE];
	struct alert *a;
	bool holds;

	if (!test(e, er, r, &holds) || (!holds && er->alerts.n == 0))
		return;
	e->scratch.len = 0;
	alert_identity(&e->scratch, er->rule, r->root);
	sha256(e->scratch.data, e->scratch.len, digest);
	if (!holds) {
		a = map_remove(&er->alerts, digest, SHA256_SIZE);
		if (a)
			resolve(e, a, out);
		return;
	}
	a = map_get(&er->alerts, digest, SHA256_SIZE);
	if (!a)
		a = admit(e, er, r, digest);
	if (a && a->state == ALERT_PENDING && ++a->count >= er->rule->count)
		fire(e, er, a, r, out);
}

void
engine_record(struct engine *e, const struct record *r, struct buf *out)
{
	fields_read(&e->view, &e->alerts->fields, r->root);
	for (size_t i = 0; i < e->alerts->n_rules; i++)
		evaluate(e, &e->rules[i], r, out);
}

void
engine_end(struct engine *e)
{
	for (size_t i = 0; i < e->alerts->n_rules; i++) {
		const struct engine_rule *er = &e->rules[i];

		if (er->n_failed > 1)
			diag_error("rule %s: failed on %" PRIu64 " records",
			    er->rule->name, er->n_failed);
		if (er->n_left_out > 0)
			diag_warn("rule %s: %" PRIu64 " records had an alert "
				  "too many",
			    er->rule->name, er->n_left_out);
	}
}
