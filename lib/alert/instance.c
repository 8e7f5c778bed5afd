#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/alerts.h"
#include "alert/instance.h"

const char *const instance_states[] = {
    "quiet", "pending", "firing", "resolved", NULL};
const char *const instance_causes[] = {"", "no data", "error", "timeout",
    "by hand", "rule gone", "too many", "no report", NULL};

static bool
is_sound(const void *state)
{
	const struct instance *i = state;

	return i->state >= INSTANCE_QUIET && i->state <= INSTANCE_RESOLVED &&
	       i->cause >= INSTANCE_RECORD && i->cause <= INSTANCE_BEAT &&
	       i->severity >= ALERT_INFO && i->severity <= ALERT_CRITICAL &&
	       i->count >= 0 && strlen(i->fingerprint) == SHA256_HEX - 1;
}

static int64_t
life(const void *state, int64_t now)
{
	(void)state;
	(void)now;
	return STORE_NEVER;
}

/* Escaped, a byte takes six at most. */
#define QUOTED(n) (6 * (size_t)(n) + 2)
#define MEMBER(name, type, n) \
	{ \
#name, type, offsetof(struct instance, name), n \
	}

static const struct state_member members[] = {
    MEMBER(fingerprint, STATE_STRING, SHA256_HEX),
    MEMBER(rule, STATE_STRING, ALERT_NAME_MAX),
    MEMBER(labels, STATE_JSON, (size_t)1 << 20),
    MEMBER(state, STATE_INT, 0),
    MEMBER(cause, STATE_INT, 0),
    MEMBER(severity, STATE_INT, 0),
    MEMBER(count, STATE_INT, 0),
    MEMBER(pending_at, STATE_INT, 0),
    MEMBER(starts_at, STATE_INT, 0),
    MEMBER(ends_at, STATE_INT, 0),
    MEMBER(seen_at, STATE_INT, 0),
    MEMBER(clear_at, STATE_INT, 0),
    MEMBER(title, STATE_JSON, QUOTED(ALERT_TITLE_MAX)),
    MEMBER(body, STATE_JSON, QUOTED(ALERT_BODY_MAX)),
    MEMBER(record, STATE_JSON, ALERT_RECORD_MAX),
    MEMBER(ack_by, STATE_STRING, ALERT_PERSON_MAX),
    MEMBER(ack_comment, STATE_JSON, QUOTED(ALERT_COMMENT_MAX)),
    MEMBER(ack_until, STATE_INT, 0),
    MEMBER(ack_is_told, STATE_INT, 0),
    MEMBER(is_silenced, STATE_INT, 0),
    MEMBER(changes, STATE_LIST, FLAP_MAX),
    {NULL, STATE_INT, 0, 0},
};

const struct state_kind instance_kind = {
    "alert", sizeof(struct instance), members, is_sound, life};

bool
instance_read(struct instance *i, const char *text, size_t len, struct buf *why)
{
	if (!state_read(text, len, &instance_kind, i, why))
		return false;
	if (labels_read(&i->parsed, i->labels.data, i->labels.len))
		return true;
	buf_adds(why, "labels: not an object of strings");
	return false;
}

void
instance_release(struct instance *i)
{
	labels_release(&i->parsed);
	state_release(&instance_kind, i);
}

/* The clock may have gone back. */
static void
come_back(struct instance *i, int64_t now)
{
	int64_t *const moments[] = {
	    &i->pending_at, &i->starts_at, &i->seen_at, &i->clear_at};

	for (size_t k = 0; k < sizeof(moments) / sizeof(*moments); k++)
		if (*moments[k] > now)
			*moments[k] = now;
}

static void
take(struct buf *to, const struct buf *from)
{
	to->len = 0;
	buf_add(to, from->data, from->len);
}

static unsigned
unack(struct instance *i)
{
	unsigned was = i->ack_by[0] != '\0' ? INSTANCE_UNACKED : 0;

	i->ack_by[0] = '\0';
	i->ack_comment.len = 0;
	i->ack_until = 0;
	i->ack_is_told = 0;
	return was;
}

unsigned
instance_fire(struct instance *i, const struct instance_rule *rule,
    enum instance_cause cause, int64_t now)
{
	i->cause = cause;
	i->clear_at = 0;
	if (i->state == INSTANCE_FIRING)
		return 0;
	i->state = INSTANCE_FIRING;
	i->starts_at = now;
	i->ends_at = 0;
	flap_note(&i->changes, &rule->flap, now);
	return INSTANCE_FIRED;
}

unsigned
instance_end(struct instance *i, const struct instance_rule *rule,
    enum instance_cause cause, int64_t now)
{
	unsigned what = 0;

	i->count = 0;
	i->pending_at = i->clear_at = 0;
	if (i->state == INSTANCE_PENDING)
		i->state = INSTANCE_QUIET;
	if (i->state != INSTANCE_FIRING)
		return 0;
	i->state = INSTANCE_RESOLVED;
	i->cause = cause;
	i->ends_at = now < i->starts_at ? i->starts_at : now;
	flap_note(&i->changes, &rule->flap, now);
	what = unack(i);
	return what | INSTANCE_ENDED;
}

/* The severity of what fires may only rise. */
static unsigned
rise(struct instance *i, int64_t severity)
{
	if (severity <= i->severity)
		return 0;
	i->severity = severity;
	return INSTANCE_ROSE | unack(i);
}

static unsigned
hold(struct instance *i, const struct instance_rule *rule,
    const struct observation *o)
{
	unsigned what;

	i->clear_at = 0;
	if (i->state == INSTANCE_FIRING) {
		i->cause = o->cause;
		what = rise(i, o->severity);
		if (what & INSTANCE_ROSE && o->title.len > 0)
			take(&i->title, &o->title);
		return what;
	}
	if (i->state != INSTANCE_PENDING) {
		i->state = INSTANCE_PENDING;
		i->count = 0;
		i->pending_at = o->first_at;
		i->severity = ALERT_INFO;
	}
	i->count += o->n;
	i->severity = i->severity < o->severity ? o->severity : i->severity;
	if (i->count < rule->for_count ||
	    o->last_at - i->pending_at < rule->for_ms)
		return 0;
	take(&i->title, &o->title);
	take(&i->body, &o->body);
	take(&i->record, &o->record);
	return instance_fire(i, rule, o->cause, o->last_at);
}

static unsigned
clear(struct instance *i, const struct instance_rule *rule,
    const struct observation *o)
{
	if (i->state == INSTANCE_FIRING && rule->keep_firing_ms > 0) {
		if (i->clear_at == 0)
			i->clear_at = o->first_at;
		if (o->last_at - i->clear_at < rule->keep_firing_ms)
			return 0;
	}
	return instance_end(i, rule, INSTANCE_RECORD, o->last_at);
}

unsigned
instance_observe(struct instance *i, const struct instance_rule *rule,
    const struct observation *o)
{
	come_back(i, o->first_at);
	i->seen_at = o->last_at;
	if (o->outcome == OUTCOME_HOLDS)
		return hold(i, rule, o);
	if (o->outcome == OUTCOME_CLEAR)
		return clear(i, rule, o);
	i->clear_at = 0;
	return i->state == INSTANCE_FIRING
		   ? 0
		   : instance_end(i, rule, INSTANCE_RECORD, o->last_at);
}

/* Nothing came for too long. */
static unsigned
starve(struct instance *i, const struct instance_rule *rule, int64_t now)
{
	if (rule->no_data == NO_DATA_KEEP)
		return 0;
	if (rule->no_data == NO_DATA_OK)
		return instance_end(i, rule, INSTANCE_TIMEOUT, now);
	if (now - i->seen_at < rule->resolve_after_ms + rule->for_ms)
		return 0;
	if (i->state != INSTANCE_FIRING)
		i->record.len = i->body.len = 0;
	return instance_fire(i, rule, INSTANCE_NO_DATA, now);
}

unsigned
instance_tick(struct instance *i, const struct instance_rule *rule, int64_t now)
{
	unsigned what = 0;

	come_back(i, now);
	if (i->ack_by[0] != '\0' && now >= i->ack_until)
		what |= unack(i);
	if (i->cause == INSTANCE_BEAT)
		return what;
	if (i->state == INSTANCE_FIRING && i->clear_at != 0 &&
	    now - i->clear_at >= rule->keep_firing_ms)
		return what | instance_end(i, rule, INSTANCE_RECORD, now);
	if (rule->resolve_after_ms > 0 && i->state != INSTANCE_RESOLVED &&
	    now - i->seen_at >= rule->resolve_after_ms)
		what |= starve(i, rule, now);
	return what;
}

bool
instance_ack(struct instance *i, const char *by, const char *comment,
    int64_t until, int64_t now)
{
	if (i->state != INSTANCE_FIRING || until <= now)
		return false;
	snprintf(i->ack_by, sizeof(i->ack_by), "%s", by);
	labels_quote(&i->ack_comment, comment, strlen(comment));
	i->ack_until = until;
	i->ack_is_told = 0;
	return true;
}

bool
instance_is_acked(const struct instance *i)
{
	return i->ack_by[0] != '\0';
}

bool
instance_is_flapping(
    const struct instance *i, const struct instance_rule *rule, int64_t now)
{
	return (i->state == INSTANCE_FIRING || i->state == INSTANCE_RESOLVED) &&
	       flap_is(&i->changes, &rule->flap, now);
}

bool
instance_is_over(
    const struct instance *i, const struct instance_rule *rule, int64_t now)
{
	if (i->state == INSTANCE_PENDING || i->state == INSTANCE_FIRING ||
	    i->is_needed || flap_is_recent(&i->changes, &rule->flap, now))
		return false;
	return rule->no_data != NO_DATA_ALERT || rule->resolve_after_ms == 0 ||
	       i->cause == INSTANCE_BY_HAND || i->cause == INSTANCE_RULE_GONE;
}

int64_t
instance_due(const struct instance *i, const struct instance_rule *rule)
{
	int64_t due = STORE_NEVER, at;

	if (i->state == INSTANCE_FIRING && i->clear_at != 0)
		due = i->clear_at + rule->keep_firing_ms;
	if (rule->resolve_after_ms == 0 || rule->no_data == NO_DATA_KEEP ||
	    i->state == INSTANCE_RESOLVED || i->cause == INSTANCE_BEAT ||
	    (i->state == INSTANCE_FIRING && rule->no_data == NO_DATA_ALERT))
		return due;
	at = i->seen_at + rule->resolve_after_ms;
	if (rule->no_data == NO_DATA_ALERT)
		at += rule->for_ms;
	return at < due ? at : due;
}

int64_t
instance_hash(const struct instance *i)
{
	char first[17];

	snprintf(first, sizeof(first), "%.16s", i->fingerprint);
	return (int64_t)strtoull(first, NULL, 16);
}

const char *
instance_label(const struct instance *i, const char *name, size_t *len)
{
	const struct buf *value = labels_get(&i->parsed, name);
	const char *text = "";

	if (strcmp(name, "rule") == 0)
		text = i->rule;
	else if (strcmp(name, "severity") == 0)
		text = alert_severities[i->severity];
	else if (value)
		text = value->data;
	*len = value ? value->len : strlen(text);
	return text;
}
