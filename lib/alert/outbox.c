#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/channel.h"
#include "alert/outbox.h"
#include "core/backoff.h"
#include "core/xmem.h"

#define TEXT_MAX 8192 /* bytes of a note or a reason, quoted */

static bool
is_sound(const void *state)
{
	const struct letter *e = state;

	return e->attempts >= 0 && e->n_sent >= 0 && e->cause >= 0 &&
	       e->cause <= NOTIFICATION_TEST && e->state >= OUTBOX_WAITING &&
	       e->state <= OUTBOX_DEAD;
}

static int64_t
life(const void *state, int64_t now)
{
	(void)state;
	(void)now;
	return STORE_NEVER;
}

#define MEMBER(name, type, n) \
	{ \
#name, type, offsetof(struct letter, name), n \
	}

static const struct state_member members[] = {
    MEMBER(id, STATE_STRING, SHA256_HEX),
    MEMBER(group, STATE_STRING, SHA256_HEX),
    MEMBER(receiver, STATE_STRING, ALERT_NAME_MAX),
    MEMBER(labels, STATE_JSON, (size_t)1 << 20),
    MEMBER(thread, STATE_STRING, SHA256_HEX),
    MEMBER(is_first, STATE_INT, 0),
    MEMBER(cause, STATE_INT, 0),
    MEMBER(state, STATE_INT, 0),
    MEMBER(created_at, STATE_INT, 0),
    MEMBER(expires_at, STATE_INT, 0),
    MEMBER(not_before, STATE_INT, 0),
    MEMBER(attempts, STATE_INT, 0),
    MEMBER(n_sent, STATE_INT, 0),
    MEMBER(holder, STATE_STRING, HOLDER_SIZE),
    MEMBER(held_until, STATE_INT, 0),
    MEMBER(digest, STATE_STRING, SHA256_HEX),
    MEMBER(note, STATE_JSON, TEXT_MAX),
    MEMBER(why, STATE_JSON, TEXT_MAX),
    MEMBER(done, STATE_JSON, ATTEMPT_DONE),
    MEMBER(is_fallback, STATE_INT, 0),
    {NULL, STATE_INT, 0, 0},
};

const struct state_kind letter_kind = {
    "entry", sizeof(struct letter), members, is_sound, life};

void
letter_write(struct buf *b, const struct letter *e)
{
	state_write(b, &letter_kind, e);
	for (size_t i = 0; i < e->n; i++) {
		buf_addc(b, '\n');
		state_write(b, &instance_kind, &e->alerts[i]);
	}
}

static struct instance *
grow(struct letter *e)
{
	if ((e->n & (e->n - 1)) == 0)
		e->alerts = xrealloc(
		    e->alerts, e->n > 0 ? 2 * e->n : 1, sizeof(*e->alerts));
	e->alerts[e->n] = (struct instance){0};
	return &e->alerts[e->n++];
}

bool
letter_read(struct letter *e, const char *text, size_t len, struct buf *why)
{
	const char *end = text + len;
	const char *line = memchr(text, '\n', len);

	if (!state_read(text, (size_t)((line ? line : end) - text),
		&letter_kind, e, why))
		return false;
	while (line) {
		const char *next;

		line++;
		next = memchr(line, '\n', (size_t)(end - line));
		if (!instance_read(grow(e), line,
			(size_t)((next ? next : end) - line), why))
			return false;
		line = next;
	}
	return true;
}

void
letter_release(struct letter *e)
{
	for (size_t i = 0; i < e->n; i++)
		instance_release(&e->alerts[i]);
	free(e->alerts);
	state_release(&letter_kind, e);
}

static size_t
measure(const struct letter *e)
{
	size_t size = 0;

	for (size_t i = 0; i < e->n; i++)
		size += e->alerts[i].record.len;
	return size;
}

void
letter_add(struct letter *e, const struct instance *i)
{
	bool is_full = measure(e) + i->record.len > OUTBOX_BYTES;
	struct buf text = {0}, why = {0};
	struct instance *copy;

	if (e->n >= OUTBOX_ALERTS)
		return;
	state_write(&text, &instance_kind, i);
	copy = grow(e);
	instance_read(copy, text.data, text.len, &why);
	buf_release(&text);
	buf_release(&why);
	copy->changes.n = 0;
	if (is_full)
		copy->record.len = 0;
}

bool
letter_has(const struct letter *e, const struct instance *i)
{
	for (size_t k = 0; k < e->n; k++)
		if (strcmp(e->alerts[k].fingerprint, i->fingerprint) == 0)
			return true;
	return false;
}

bool
letter_fires(const struct letter *e, const struct instance *i)
{
	for (size_t k = 0; k < e->n; k++)
		if (e->alerts[k].state == INSTANCE_FIRING &&
		    strcmp(e->alerts[k].fingerprint, i->fingerprint) == 0)
			return true;
	return false;
}

void
letter_inherit(struct letter *e, const struct letter *old)
{
	size_t n = e->n;

	for (size_t i = 0; i < old->n; i++) {
		struct letter known = *e;

		known.n = n;
		if (old->alerts[i].state == INSTANCE_RESOLVED &&
		    !letter_has(&known, &old->alerts[i]))
			letter_add(e, &old->alerts[i]);
	}
}

void
letter_identify(struct letter *e, int64_t generation)
{
	uint8_t digest[SHA256_SIZE];
	struct buf text = {0};

	buf_addf(&text, "%s %s %" PRId64 " %" PRId64, e->group, e->receiver,
	    generation, e->created_at);
	for (size_t i = 0; i < e->n; i++)
		buf_addf(&text, " %s %" PRId64 " %" PRId64,
		    e->alerts[i].fingerprint, e->alerts[i].starts_at,
		    e->alerts[i].ends_at);
	sha256(text.data, text.len, digest);
	sha256_hex(digest, e->id);
	buf_release(&text);
}

bool
letter_is_firing(const struct letter *e)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->alerts[i].state == INSTANCE_FIRING)
			return true;
	return false;
}

/* Is somebody at it?  A lease further ahead than any can be, since the clock
 * was set back, counts from now. */
static bool
is_held(struct letter *e, const char *holder, int64_t now)
{
	long pid;

	if (e->held_until > now + OUTBOX_LEASE_MS)
		e->held_until = now + OUTBOX_LEASE_MS;
	return e->holder[0] != '\0' && strcmp(e->holder, holder) != 0 &&
	       now < e->held_until && !holder_is_dead(e->holder, &pid);
}

bool
letter_take(struct letter *e, const char *holder, bool at_once, int64_t now)
{
	bool was_dropped = e->holder[0] != '\0';

	if (e->state != OUTBOX_WAITING || is_held(e, holder, now))
		return false;
	if (e->not_before > now + 2 * OUTBOX_FIRING_MS)
		e->not_before = now; /* the clock went back */
	if (!at_once && !was_dropped && now < e->not_before)
		return false;
	snprintf(e->holder, sizeof(e->holder), "%s", holder);
	e->held_until = now + OUTBOX_LEASE_MS;
	e->attempts++;
	return true;
}

bool
letter_is_expired(const struct letter *e, int64_t now)
{
	return e->state == OUTBOX_WAITING && now >= e->expires_at;
}

void
letter_fail(struct letter *e, const char *why, size_t len, int64_t wait_ms,
    uint64_t dice, int64_t now)
{
	static const struct backoff curve = {.kind = BACKOFF_EXPONENTIAL,
	    .base_ms = 60 * 1000,
	    .cap_ms = 3600 * 1000};
	int64_t wait = backoff_ms(&curve, (uint64_t)e->attempts, dice);

	labels_quote(&e->why, why, len > 1000 ? 1000 : len);
	e->holder[0] = '\0';
	e->held_until = 0;
	e->not_before = now + (wait > wait_ms ? wait : wait_ms);
}
