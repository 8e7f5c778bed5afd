#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/channel.h"
#include <jansson.h>

#include "alert/event.h"
#include "alert/take.h"
#include "core/xmem.h"
#include "json/write.h"

#define WAITS_FOR_DIGEST "wait"

/* The end of a list of jobs, and what they have in common. */
struct taking {
	struct book *b;
	const struct alerts *a;
	bool at_once;
	int64_t now;
	char holder[HOLDER_SIZE];
	struct job *jobs, **end;
};

static void
tell_entry(struct book *b, const struct letter *e, const char *event,
    const char *id, size_t from, size_t n, int64_t now)
{
	for (size_t i = from; i < from + n && i < e->n; i++) {
		const struct instance *a = &e->alerts[i];

		event_begin(&b->events, event, a, e->receiver, now);
		jwrite_text(
		    &b->events, ",\"status\":", instance_states[a->state]);
		jwrite_text(&b->events, ",\"notification\":", id);
		if (strcmp(event, "notified") != 0 && e->why.len > 0) {
			buf_adds(&b->events, ",\"error\":");
			buf_add(&b->events, e->why.data, e->why.len);
		}
		buf_adds(&b->events, "}\n");
	}
}

static void
copy_entry(struct letter *to, const struct letter *from)
{
	struct buf text = {0}, why = {0};

	letter_write(&text, from);
	letter_read(to, text.data, text.len, &why);
	buf_release(&text);
	buf_release(&why);
}

/* The receiver is taken to know: it was told, or never will be. */
static void
close_group(struct book *b, const struct letter *e, int64_t now)
{
	struct group *g = book_get(b, BOOK_GROUPS, e->group);
	int64_t *told, *ended;
	size_t n = 0, n_ended = 0;

	if (!g || e->is_fallback)
		return;
	told = xcalloc(2 * e->n + 1, sizeof(*told));
	ended = xcalloc(e->n + 1, sizeof(*ended));
	for (size_t i = 0; i < e->n; i++) {
		int64_t hash = instance_hash(&e->alerts[i]);

		if (e->alerts[i].state == INSTANCE_FIRING) {
			told[2 * n] = hash;
			told[2 * n++ + 1] = e->alerts[i].severity;
		} else {
			ended[n_ended++] = hash;
		}
	}
	group_told(g, told, n, ended, n_ended, now);
	free(told);
	free(ended);
}

/* Tell the fallback receiver what another one could not be told. */
static void
fall_back(struct book *b, const struct alerts *a, const struct letter *dead,
    int64_t now)
{
	struct letter e = {0};
	struct buf note = {0};
	char key[SHA256_HEX];

	if (!a || !a->fallback || dead->is_fallback ||
	    strcmp(a->fallback->name, dead->receiver) == 0)
		return;
	copy_entry(&e, dead);
	snprintf(key, sizeof(key), "f%.63s", dead->id);
	snprintf(e.receiver, sizeof(e.receiver), "%s", a->fallback->name);
	buf_addf(&note, "%s could not be told: ", dead->receiver);
	labels_unquote(&note, &dead->why);
	labels_quote(&e.note, note.data, note.len);
	buf_release(&note);
	e.is_fallback = 1;
	e.cause = NOTIFICATION_UNDELIVERED;
	e.state = OUTBOX_WAITING;
	e.attempts = e.n_sent = e.not_before = e.held_until = 0;
	e.holder[0] = e.digest[0] = '\0';
	e.done.len = e.why.len = 0;
	e.expires_at = now + OUTBOX_FIRING_MS;
	letter_identify(&e, 0);
	memcpy(book_make(b, BOOK_ENTRIES, key), &e, sizeof(e));
}

/* Nobody will send it any more: it is kept apart for people to see. */
static void
bury(struct book *b, const struct alerts *a, const char *key, struct letter *e,
    const char *event, int64_t now)
{
	struct letter dead = {0};

	copy_entry(&dead, e);
	dead.state = OUTBOX_DEAD;
	dead.holder[0] = '\0';
	dead.expires_at = now + OUTBOX_KEPT_MS;
	tell_entry(b, &dead, event, dead.id, (size_t)dead.n_sent, dead.n, now);
	close_group(b, &dead, now);
	b->head.counts[strcmp(event, "dead") == 0 ? BOOK_DEAD : BOOK_EXPIRED]++;
	fall_back(b, a, &dead, now);
	book_remove(b, BOOK_ENTRIES, key);
	memcpy(book_make(b, BOOK_ENTRIES, dead.id), &dead, sizeof(dead));
}

/* first: the job of the same entry that has its alerts, or NULL. */
static struct job *
add_job(struct taking *t, const struct receiver *r, const char *key,
    const struct letter *e, size_t from, const struct job *first)
{
	struct job *job = xcalloc(1, sizeof(*job));
	uint8_t digest[SHA256_SIZE];
	struct buf text = {0};

	job->receiver = r;
	job->entries = xcalloc(1, sizeof(*job->entries));
	job->n = 1;
	if (first) {
		job->entries[0] = first->entries[0];
		job->entries[0].why = (struct buf){0};
		job->borrows = true;
	} else {
		copy_entry(&job->entries[0], e);
	}
	snprintf(job->entries[0].key, sizeof(e->key), "%s", key);
	job->entries[0].n_sent = (int64_t)from;
	memcpy(job->id, e->id, sizeof(job->id));
	if (from > 0) {
		buf_addf(&text, "%s %zu", e->id, from);
		sha256(text.data, text.len, digest);
		sha256_hex(digest, job->id);
		buf_release(&text);
	} else {
		buf_add(&job->attempt.done, e->done.data, e->done.len);
	}
	*t->end = job;
	t->end = &job->next;
	return job;
}

/* The entry, in notifications of some alerts each.  Returns the last. */
static struct job *
add_jobs(struct taking *t, const struct receiver *r, const char *key,
    const struct letter *e)
{
	size_t from = (size_t)e->n_sent;
	struct job *job, *first = NULL;

	do {
		job = add_job(t, r, key, e, from, first);
		first = first ? first : job;
		from += NOTIFICATION_MAX;
	} while (from < e->n);
	return job;
}

/* Add the entry to the digest that the receiver gets. */
static void
add_to_digest(struct job *job, const char *key, const struct letter *e)
{
	struct letter *copy;

	job->entries =
	    xrealloc(job->entries, job->n + 1, sizeof(*job->entries));
	copy = &job->entries[job->n++];
	*copy = (struct letter){0};
	copy_entry(copy, e);
	snprintf(copy->key, sizeof(copy->key), "%s", key);
}

/* The id of a digest is that of its entries, which keep it: if it is tried
 * again it is the same, whatever came in between. */
static void
identify_digest(struct taking *t, struct job *job)
{
	uint8_t digest[SHA256_SIZE];
	struct buf ids = {0};

	for (size_t i = 0; i < job->n; i++)
		buf_adds(&ids, job->entries[i].id);
	sha256(ids.data, ids.len, digest);
	buf_release(&ids);
	sha256_hex(digest, job->id);
	for (size_t i = 0; i < job->n; i++) {
		struct letter *e =
		    book_get(t->b, BOOK_ENTRIES, job->entries[i].key);

		memcpy(e->digest, job->id, sizeof(e->digest));
	}
}

/* Was it tried within a digest? */
static bool
has_digest(const struct letter *e)
{
	return strlen(e->digest) == SHA256_HEX - 1;
}

/* The digest that it was tried in, if that is tried again. */
static struct job *
find_digest(const struct taking *t, const struct letter *e)
{
	struct job *job = has_digest(e) ? t->jobs : NULL;

	while (job && strcmp(job->id, e->digest) != 0)
		job = job->next;
	return job;
}

/* May the receiver be called now?  Else *wait_ms is how long not. */
static bool
has_token(struct taking *t, const struct receiver *r, int64_t *wait_ms)
{
	struct buf id = {0};
	struct rate *rate;

	if (r->rate.interval_us == 0)
		return true;
	state_add_key(&id, r->name);
	buf_addc(&id, '\0');
	rate = book_make(t->b, BOOK_RATES, id.data);
	buf_release(&id);
	return rate_take(rate, &r->rate, 0, t->now, wait_ms);
}

/* Take an entry that is due: to, or NULL, is the digest that it goes into.
 * Returns the job it went to, or NULL if the rate does not allow it. */
static struct job *
take_entry(struct taking *t, const struct receiver *r, const char *key,
    struct letter *e, struct job *to)
{
	int64_t wait_ms = 0;

	if (!to && !has_token(t, r, &wait_ms)) {
		e->not_before = t->now + wait_ms;
		if (e->attempts == 0)
			snprintf(e->digest, sizeof(e->digest), "%s",
			    WAITS_FOR_DIGEST);
		return NULL;
	}
	letter_take(e, t->holder, t->at_once, t->now);
	if (to) {
		add_to_digest(to, key, e);
		return to;
	}
	to = add_jobs(t, r, key, e);
	if (has_digest(e))
		memcpy(to->id, e->digest, sizeof(to->id));
	return to;
}

/* What is due for a receiver, one after the other; those that had to wait
 * for the rate go together, but where each group has something of its own that
 * is closed later.  What was tried by itself stays so, for its id is known. */
static void
take_for(struct taking *t, const struct receiver *r)
{
	struct job *digest = NULL, *job;
	const char *key;
	struct letter *e;

	for (size_t k = 0; (e = book_next(t->b, BOOK_ENTRIES, &k, &key));) {
		bool may_join = !r->channel->limits.updates &&
				e->attempts == 0 &&
				strcmp(e->digest, WAITS_FOR_DIGEST) == 0;
		struct letter probe = *e;

		if (strcmp(e->receiver, r->name) != 0 ||
		    !letter_take(&probe, t->holder, t->at_once, t->now))
			continue;
		job = take_entry(
		    t, r, key, e, may_join ? digest : find_digest(t, e));
		if (job && may_join && e->n <= NOTIFICATION_MAX)
			digest = job;
	}
	if (digest && digest->n > 1)
		identify_digest(t, digest);
}

/* Nobody sends it any more, for the file has no such receiver now. */
static bool
is_orphan(const struct taking *t, struct letter *e)
{
	static const char why[] = "the alerts file has no such receiver now";

	if (e->state != OUTBOX_WAITING || alerts_receiver(t->a, e->receiver))
		return false;
	labels_quote(&e->why, why, sizeof(why) - 1);
	return true;
}

static void
expire(struct taking *t)
{
	const char *key;
	struct letter *e;
	char kept[SHA256_HEX + 1];

	for (size_t k = 0; (e = book_next(t->b, BOOK_ENTRIES, &k, &key));) {
		const char *event = is_orphan(t, e) ? "dead" : "expired";

		if (e->state == OUTBOX_DEAD && t->now >= e->expires_at)
			book_remove(t->b, BOOK_ENTRIES, key);
		else if (*event == 'd' || letter_is_expired(e, t->now)) {
			snprintf(kept, sizeof(kept), "%s", key);
			bury(t->b, t->a, kept, e, event, t->now);
			k = 0; /* the book has more entries now */
		}
	}
}

struct job *
take_jobs(struct book *b, const struct alerts *a, bool at_once, int64_t now)
{
	struct taking t = {.b = b, .a = a, .at_once = at_once, .now = now};

	t.end = &t.jobs;
	holder_self(t.holder);
	expire(&t);
	for (size_t i = 0; i < a->n_receivers; i++)
		take_for(&t, &a->receivers[i]);
	return t.jobs;
}

/* The other alerts of the entry that the job was about. */
static void
mark_delivered(struct book *b, const struct job *job, const struct letter *c,
    struct letter *e, bool is_same, int64_t now)
{
	size_t from = (size_t)c->n_sent;
	size_t n = job->n > 1 ? c->n : job->n_sent;
	bool is_whole = from + n >= c->n;

	tell_entry(b, c, "notified", job->id, from, n, now);
	if (is_whole)
		close_group(b, c, now);
	if (is_same && is_whole) {
		book_remove(b, BOOK_ENTRIES, c->key);
	} else if (is_same) {
		e->n_sent = (int64_t)(from + n);
		e->done.len = 0;
	} else if (e) { /* what took its place may go now */
		e->holder[0] = '\0';
		e->not_before = now;
	}
}

/* Can it be kept?  What cannot be read would keep all else from being. */
static bool
is_json(const struct buf *text)
{
	json_t *v = text->len == 0 ? NULL
				   : json_loadb(text->data, text->len,
					 JSON_DECODE_ANY, NULL);
	bool is_it = v != NULL;

	json_decref(v);
	return is_it;
}

/* Returns whether it is dead. */
static bool
mark_failed(struct book *b, const struct alerts *a, const struct job *job,
    struct letter *c, struct letter *e, uint64_t dice, int64_t now)
{
	const struct attempt *t = &job->attempt;
	bool is_dead = job->outcome == DELIVERY_PERMANENT;

	b->head.counts[BOOK_FAILED]++;
	labels_quote(
	    &c->why, t->why.data, t->why.len > 1000 ? 1000 : t->why.len);
	tell_entry(b, c, "failed", job->id, (size_t)c->n_sent,
	    job->n > 1 ? c->n : job->n_sent, now);
	if (!e)
		return false;
	if (strcmp(e->id, c->id) == 0) {
		e->done.len = 0;
		if (t->done.len <= ATTEMPT_DONE && is_json(&t->done))
			buf_add(&e->done, t->done.data, t->done.len);
		e->why.len = 0;
		buf_add(&e->why, c->why.data, c->why.len);
		if (is_dead)
			bury(b, a, c->key, e, "dead", now);
		else
			letter_fail(
			    e, t->why.data, t->why.len, t->wait_ms, dice, now);
		return is_dead;
	}
	if (is_dead)
		e->holder[0] = '\0';
	else
		letter_fail(e, t->why.data, t->why.len, t->wait_ms, dice, now);
	return false;
}

/* It was not tried: it is as it was before it was taken. */
static void
put_back(struct letter *e, const struct letter *c, int64_t not_before)
{
	e->holder[0] = '\0';
	e->held_until = 0;
	if (strcmp(e->id, c->id) != 0)
		return;
	e->attempts -= e->attempts > 0;
	e->not_before = not_before;
}

bool
take_mark(struct book *b, const struct alerts *a, const struct job *job,
    uint64_t dice, int64_t now)
{
	bool is_dead = false;

	if (job->is_skipped)
		return false;
	if (job->outcome == DELIVERED)
		b->head.counts[BOOK_NOTIFIED]++;
	for (size_t i = 0; i < job->n; i++) {
		struct letter *c = &job->entries[i];
		struct letter *e = book_get(b, BOOK_ENTRIES, c->key);
		bool is_same = e && strcmp(e->id, c->id) == 0;

		if (job->put_off_ms > 0 && e)
			put_back(e, c, now + job->put_off_ms);
		if (job->put_off_ms > 0)
			continue;
		if (job->outcome == DELIVERED)
			mark_delivered(b, job, c, e, is_same, now);
		else
			is_dead |= mark_failed(b, a, job, c, e, dice, now);
	}
	return is_dead;
}
