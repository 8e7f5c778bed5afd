#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alert/engine.h"
#include "alert/identity.h"
#include "core/diag.h"
#include "core/map.h"
#include "core/sha256.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "stream/annot.h"
#include "json/text.h"
#include "json/write.h"

#define DEPTH_MAX (JDOC_DEPTH - 8)

struct engine_rule {
	const struct alert_rule *rule; /* lent */
	uint64_t n_failed; /* records on which an expression failed */
	uint64_t n_left_out; /* records whose alert had no room */
	uint64_t n_live; /* alerts that the book has */
	bool sees_all; /* it has to know that data comes */
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
	e->rules = xcalloc(e->alerts->n_rules + 1, sizeof(*e->rules));
	fields_view_init(&e->view, &e->alerts->fields);
	batch_init(&e->batch, e->alerts);
	for (size_t i = 0; i < e->alerts->n_rules; i++) {
		const struct alert_rule *rule = &e->alerts->rules[i];

		e->rules[i].rule = rule;
		e->rules[i].sees_all = rule->life.no_data == NO_DATA_ALERT;
		attach(e, rule->when);
		attach(e, rule->until);
		attach(e, rule->title);
		attach(e, rule->body);
		for (int k = 0; k < ALERT_SEVERITIES; k++)
			attach(e, rule->raise[k]);
	}
	engine_renew(e);
}

void
engine_renew(struct engine *e)
{
	const struct instance *i;

	batch_clear(&e->batch);
	for (size_t k = 0; k < e->alerts->n_rules; k++)
		e->rules[k].n_live = 0;
	for (size_t k = 0; (i = book_next(e->book, BOOK_INSTANCES, &k, NULL));)
		for (size_t r = 0; r < e->alerts->n_rules; r++)
			if (strcmp(i->rule, e->rules[r].rule->name) == 0 &&
			    i->cause != INSTANCE_MANY &&
			    i->state != INSTANCE_RESOLVED)
				e->rules[r].n_live++;
}

void
engine_release(struct engine *e)
{
	batch_release(&e->batch);
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

/* Returns whether it could be told, and whether it holds. */
static bool
test(struct engine *e, struct engine_rule *er, const struct record *r,
    const char *member, struct expr *x, bool *holds)
{
	struct buf why = {0};
	bool good = expr_test(x, r->root, holds, &why);

	if (!good)
		failed(e, er, r, member, &why);
	buf_release(&why);
	return good;
}

/* Set json to the expression's text, cut; empty if it fails. */
static void
render(struct engine *e, struct engine_rule *er, const struct record *r,
    const char *member, struct expr *x, struct buf *json, size_t max)
{
	struct buf why = {0}, text = {0};

	json->len = 0;
	if (x && expr_text(x, r->root, &text, &why)) {
		identity_cut(&text, max);
		if (text.len > 0)
			labels_quote(json, text.data, text.len);
	} else if (x) {
		failed(e, er, r, member, &why);
	}
	buf_release(&text);
	buf_release(&why);
}

/* What is said if the rule has no title: its name, and the labels. */
static void
default_title(
    struct buf *json, const struct alert_rule *rule, const struct buf *labels)
{
	struct labels parsed;
	const char *comma = ": ";
	struct buf text = {0};

	buf_adds(&text, rule->name);
	if (labels_read(&parsed, labels->data, labels->len))
		for (size_t i = 0; i < parsed.n; i++) {
			if (parsed.v[i].value.len == 0)
				continue;
			buf_adds(&text, comma);
			buf_add(&text, parsed.v[i].value.data,
			    parsed.v[i].value.len);
			comma = ", ";
		}
	labels_release(&parsed);
	identity_cut(&text, ALERT_TITLE_MAX);
	labels_quote(json, text.data, text.len);
	buf_release(&text);
}

/* Is it so deep that it could not be read within what is kept? */
static bool
is_deep(const struct buf *json)
{
	size_t depth = 0;

	for (size_t i = 0; i < json->len; i++) {
		char c = json->data[i];

		if (c == '"')
			i = (size_t)(jtext_string(json->data + i) -
				     json->data) -
			    1;
		else if (c == '{' || c == '[')
			depth++;
		else if (c == '}' || c == ']')
			depth--;
		if (depth > DEPTH_MAX)
			return true;
	}
	return false;
}

static void
keep_record(const struct engine *e, struct buf *out, const struct record *r)
{
	out->len = 0;
	if (e->strip)
		annot_strip(out, r->text, r->len, r->root);
	else if (r->len <= ALERT_RECORD_MAX)
		buf_add(out, r->text, r->len);
	if (out->len > ALERT_RECORD_MAX || is_deep(out))
		out->len = 0;
}

/* This record may be the one that makes it fire: keep what is to be told. */
static void
describe(struct engine *e, struct engine_rule *er, struct subject *s,
    struct observation *o, const struct record *r)
{
	const struct alert_rule *rule = er->rule;

	render(e, er, r, "title", rule->title, &o->title, ALERT_TITLE_MAX);
	if (o->title.len == 0)
		default_title(&o->title, rule, &s->labels);
	render(e, er, r, "body", rule->body, &o->body, ALERT_BODY_MAX);
	keep_record(e, &o->record, r);
}

/* The highest severity that the record gives. */
static int64_t
weigh(struct engine *e, struct engine_rule *er, const struct record *r)
{
	int64_t severity = er->rule->severity;

	for (int k = ALERT_SEVERITIES - 1; er->rule->can_rise && k > severity;
	     k--) {
		bool holds = false;

		if (er->rule->raise[k] &&
		    test(e, er, r, alert_severities[k], er->rule->raise[k],
			&holds) &&
		    holds)
			return k;
	}
	return severity;
}

/* What the record says: its outcome.  Returns false if it is nothing. */
static bool
judge(struct engine *e, struct engine_rule *er, const struct record *r,
    enum outcome *outcome, enum instance_cause *cause)
{
	bool holds = false, is_clear = true;

	*cause = INSTANCE_RECORD;
	if (!test(e, er, r, "when", er->rule->when, &holds)) {
		*cause = INSTANCE_ERROR;
		*outcome = er->rule->on_error == NO_DATA_ALERT ? OUTCOME_HOLDS
							       : OUTCOME_CLEAR;
		return er->rule->on_error != NO_DATA_KEEP;
	}
	if (!holds && er->rule->until &&
	    !test(e, er, r, "until", er->rule->until, &is_clear))
		return false;
	*outcome = is_clear ? OUTCOME_CLEAR : OUTCOME_BETWEEN;
	if (holds)
		*outcome = OUTCOME_HOLDS;
	return true;
}

/* Does the outcome change what is known, so that it should be told soon? */
static bool
is_news(const struct instance *i, enum outcome outcome, int64_t severity)
{
	if (!i)
		return outcome == OUTCOME_HOLDS;
	if (i->state == INSTANCE_FIRING)
		return outcome == OUTCOME_CLEAR || severity > i->severity;
	return outcome == OUTCOME_HOLDS || i->state == INSTANCE_PENDING;
}

static struct subject *
make_subject(const struct engine_rule *er, const struct record *r,
    const char fingerprint[SHA256_HEX], const struct instance *known)
{
	struct subject *s = xcalloc(1, sizeof(*s));

	memcpy(s->fingerprint, fingerprint, SHA256_HEX);
	identity_labels(&s->labels, er->rule, r->root);
	s->need = er->rule->life.for_count;
	if (known && known->state == INSTANCE_PENDING)
		s->need -= known->count;
	return s;
}

static void
leave_out(struct engine *e, struct engine_rule *er, struct batch_rule *br)
{
	if (er->n_left_out++ == 0)
		diag_warn("rule %s: more than %" PRIu64 " alerts at a time: "
			  "the others are left out",
		    er->rule->name, er->rule->max);
	br->n_left_out++;
	e->is_partial = true;
}

/* The subject of the record, in e->scratch; NULL: it does not matter, or
 * there is no room. */
static struct subject *
find_subject(
    struct engine *e, size_t i, const struct record *r, enum outcome outcome)
{
	struct engine_rule *er = &e->rules[i];
	struct batch_rule *br = &e->batch.rules[i];
	struct subject *s =
	    map_get(&br->subjects, e->scratch.data, e->scratch.len);
	char fingerprint[SHA256_HEX];
	uint8_t digest[SHA256_SIZE];
	const struct instance *known;

	if (s)
		return s;
	sha256(e->scratch.data, e->scratch.len, digest);
	sha256_hex(digest, fingerprint);
	known = book_get(e->book, BOOK_INSTANCES, fingerprint);
	if (!known && outcome != OUTCOME_HOLDS && !er->sees_all)
		return NULL;
	if (!known && er->n_live + br->n_new >= er->rule->max) {
		if (outcome == OUTCOME_HOLDS)
			leave_out(e, er, br);
		return NULL;
	}
	br->n_new += !known;
	s = make_subject(er, r, fingerprint, known);
	e->batch.has_news |= known == NULL;
	*map_put(&br->subjects, e->scratch.data, e->scratch.len) = s;
	return s;
}

static struct observation *
add_observation(struct engine *e, struct subject *s, enum outcome outcome,
    enum instance_cause cause)
{
	struct observation *o;

	if (!s->v || s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 1;
		s->v = xrealloc(s->v, s->cap, sizeof(*s->v));
	}
	o = &s->v[s->n++];
	*o = (struct observation){.outcome = outcome,
	    .cause = cause,
	    .turn = e->n_records,
	    .first_at = timestamp_now()};
	e->batch.n++;
	return o;
}

static void
observe(struct engine *e, size_t i, struct subject *s, const struct record *r,
    enum outcome outcome, enum instance_cause cause)
{
	struct engine_rule *er = &e->rules[i];
	struct observation *o = s->n > 0 ? &s->v[s->n - 1] : NULL;
	int64_t severity = er->rule->severity;
	bool is_worse;

	if (outcome == OUTCOME_HOLDS)
		severity = weigh(e, er, r);
	if (!o || o->outcome != outcome || o->cause != cause) {
		if (s->n > 0) /* it has to hold as often as from the start */
			s->need = er->rule->life.for_count;
		o = add_observation(e, s, outcome, cause);
		e->batch.has_news |=
		    is_news(book_get(e->book, BOOK_INSTANCES, s->fingerprint),
			outcome, severity);
	}
	is_worse = o->n > 0 && severity > o->severity;
	if (o->n == 0 || is_worse)
		o->severity = severity;
	o->n++;
	o->last_at = timestamp_now();
	if (outcome != OUTCOME_HOLDS)
		return;
	if (o->n == 1 || o->n == s->need || is_worse)
		describe(e, er, s, o, r);
	if (o->n == s->need)
		o->turn = e->n_records;
}

static void
evaluate(struct engine *e, size_t i, const struct record *r)
{
	struct engine_rule *er = &e->rules[i];
	enum instance_cause cause;
	enum outcome outcome;
	struct subject *s;

	if (!judge(e, er, r, &outcome, &cause))
		return;
	if (outcome != OUTCOME_HOLDS && er->n_live == 0 && !er->sees_all &&
	    e->batch.rules[i].subjects.n == 0)
		return;
	e->scratch.len = 0;
	identity_write(&e->scratch, er->rule, r->root);
	s = find_subject(e, i, r, outcome);
	if (s)
		observe(e, i, s, r, outcome, cause);
}

void
engine_record(struct engine *e, const struct record *r)
{
	e->n_records++;
	fields_read(&e->view, &e->alerts->fields, r->root);
	for (size_t i = 0; i < e->alerts->n_rules; i++)
		evaluate(e, i, r);
}

bool
engine_is_full(const struct engine *e)
{
	return e->batch.n >= BATCH_MAX;
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
