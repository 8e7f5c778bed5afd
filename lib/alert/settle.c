#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/batch.h"
#include "alert/event.h"
#include "alert/route.h"
#include "alert/settle.h"
#include "core/xmem.h"

#define FORGET_MS (INT64_C(7) * 24 * 3600 * 1000) /* what nobody hears of */

static bool
is_ours(const char *rule)
{
	return strcmp(rule, ALERT_RULE_BEAT) == 0;
}

/* Timers of the alerts themselves. */
static void
tick_instances(struct settling *s)
{
	struct book *b = s->book;
	struct instance *i;

	for (size_t k = 0; (i = book_next(b, BOOK_INSTANCES, &k, NULL));) {
		const struct instance_rule *life = batch_life(s->alerts, i);
		unsigned what = instance_tick(i, life, s->now);

		if (!is_ours(i->rule) && !alerts_rule(s->alerts, i->rule))
			what |=
			    instance_end(i, life, INSTANCE_RULE_GONE, s->now);
		if (what & INSTANCE_FIRED)
			b->head.counts[BOOK_FIRED]++;
		if (what & INSTANCE_ENDED)
			b->head.counts[BOOK_RESOLVED]++;
		event_tell(&b->events, i, what, s->now);
		i->is_needed = false;
	}
}

static void
make_key(char key[SHA256_HEX], const char *receiver, const struct buf *labels)
{
	uint8_t digest[SHA256_SIZE];
	struct buf text = {0};

	buf_add(&text, receiver, strlen(receiver) + 1);
	buf_add(&text, labels->data, labels->len);
	sha256(text.data, text.len, digest);
	sha256_hex(digest, key);
	buf_release(&text);
}

static void
join(void *arg, const struct alert_route *route, struct instance *i)
{
	struct settling *s = arg;
	struct buf labels = {0};
	char key[SHA256_HEX];
	struct settle_group *g;
	struct group *kept;
	void **place;

	route_write_group(&labels, route, i);
	make_key(key, route->receiver->name, &labels);
	place = map_put(&s->groups, key, strlen(key));
	if (!*place)
		*place = xcalloc(1, sizeof(*g));
	g = *place;
	if (!g->route) {
		memcpy(g->key, key, sizeof(key));
		g->route = route;
		g->is_mute = route_is_mute(route, s->now);
	}
	kept = book_make(s->book, BOOK_GROUPS, key);
	if (kept->receiver[0] == '\0') {
		snprintf(kept->receiver, sizeof(kept->receiver), "%s",
		    route->receiver->name);
		buf_add(&kept->labels, labels.data, labels.len);
	}
	buf_release(&labels);
	if (g->n > 0 && g->alerts[g->n - 1] == i)
		return; /* two routes lead there */
	if (g->n == g->cap) {
		g->cap = g->cap ? 2 * g->cap : 4;
		g->alerts = xrealloc(g->alerts, g->cap, sizeof(void *));
	}
	g->alerts[g->n++] = i;
}

static void
join_groups(struct settling *s)
{
	struct instance *i;

	if (!s->alerts->route)
		return;
	for (size_t k = 0; (i = book_next(s->book, BOOK_INSTANCES, &k, NULL));)
		if (i->state == INSTANCE_FIRING ||
		    i->state == INSTANCE_RESOLVED)
			route_walk(s->alerts->route, i, join, s);
}

/* What waits for the group, in lists to be freed. */
static struct group_pending
list_pending(const struct letter *e)
{
	struct group_pending p = {.is_there = true};
	int64_t *told = xcalloc(2 * e->n + 1, sizeof(*told));
	int64_t *ended = xcalloc(e->n + 1, sizeof(*ended));

	for (size_t i = 0; i < e->n; i++) {
		const struct instance *a = &e->alerts[i];

		if (a->state == INSTANCE_FIRING) {
			told[p.n_told++] = instance_hash(a);
			told[p.n_told++] = a->severity;
		} else {
			ended[p.n_ended++] = instance_hash(a);
		}
	}
	p.told = told;
	p.ended = ended;
	return p;
}

static bool
looks_firing(const struct settling *s, const struct instance *i)
{
	return i->state == INSTANCE_FIRING ||
	       instance_is_flapping(i, batch_life(s->alerts, i), s->now);
}

static size_t
list_members(const struct settling *s, const struct settle_group *g,
    struct group_member *m)
{
	size_t n = 0;

	for (size_t k = 0; k < g->n; k++) {
		const struct instance *i = g->alerts[k];

		if (i->is_muted || g->is_mute)
			continue;
		m[n++] = (struct group_member){.hash = instance_hash(i),
		    .severity = i->severity,
		    .starts_at = i->starts_at,
		    .is_firing = looks_firing(s, i),
		    .is_acked = instance_is_acked(i),
		    .is_news = instance_is_acked(i) && !i->ack_is_told};
	}
	return n;
}

static enum notification_cause
cause_of(enum decision d)
{
	switch (d) {
	case GROUP_RESOLVED:
	case GROUP_SOME_RESOLVED:
		return NOTIFICATION_RESOLVED;
	case GROUP_ACKED:
		return NOTIFICATION_ACKED;
	case GROUP_REPEAT:
		return NOTIFICATION_REPEAT;
	default:
		return NOTIFICATION_NEW;
	}
}

/* Which alerts: what it does not know comes first, so that it has room. */
enum part { PART_NEW, PART_KNOWN, PART_RESOLVED };

static void
add_alerts(struct letter *e, const struct settling *s,
    const struct settle_group *g, const struct group *kept,
    const struct group_pending *p, enum part part)
{
	for (size_t k = 0; k < g->n; k++) {
		const struct instance *i = g->alerts[k];
		int64_t hash = instance_hash(i);
		bool is_known = group_knows(kept, hash);
		enum part its = is_known ? PART_KNOWN : PART_NEW;

		if (!looks_firing(s, i))
			its = PART_RESOLVED;
		for (size_t j = 0; j < p->n_told && !is_known; j += 2)
			is_known = p->told[j] == hash;
		if (i->is_muted || g->is_mute || its != part ||
		    (part == PART_RESOLVED &&
			(!is_known || !g->route->receiver->tells_resolved)))
			continue;
		letter_add(e, i);
		if (part != PART_RESOLVED)
			e->alerts[e->n - 1].state = INSTANCE_FIRING;
	}
}

/* Of what was tried, the receiver may have heard though nobody knows: if the
 * rest of it is not to be told now, its end is one day. */
static void
note_tried(struct group *kept, const struct letter *e, const struct letter *old)
{
	for (size_t i = 0; i < old->n && old->attempts > 0; i++)
		if (old->alerts[i].state == INSTANCE_FIRING &&
		    !letter_has(e, &old->alerts[i]))
			group_may_know(kept, instance_hash(&old->alerts[i]));
}

/* Put what is to be told into the outbox, in the place of what waited. */
static void
make_entry(struct settling *s, const struct settle_group *g, struct group *kept,
    const struct group_pending *p)
{
	struct letter *old = book_get(s->book, BOOK_ENTRIES, g->key);
	struct letter e = {.created_at = s->now};
	uint8_t digest[SHA256_SIZE];
	struct buf text = {0};

	memcpy(e.group, g->key, sizeof(e.group));
	memcpy(e.receiver, kept->receiver, sizeof(e.receiver));
	buf_add(&e.labels, kept->labels.data, kept->labels.len);
	e.cause = cause_of(g->decision);
	if (old && (g->decision == GROUP_NOTHING || g->decision == GROUP_WAIT))
		e.cause = old->cause;
	e.is_first = kept->told.n == 0;
	if (e.is_first && !old)
		kept->thread_at = s->now;
	buf_addf(
	    &text, "%s %s %" PRId64, s->book->name, g->key, kept->thread_at);
	sha256(text.data, text.len, digest);
	sha256_hex(digest, e.thread);
	buf_release(&text);
	for (int part = PART_NEW; part <= PART_RESOLVED; part++)
		add_alerts(&e, s, g, kept, p, (enum part)part);
	if (old) {
		note_tried(kept, &e, old);
		letter_inherit(&e, old);
		e.created_at = old->created_at;
		e.attempts = old->attempts;
		e.not_before = old->not_before;
		memcpy(e.holder, old->holder, sizeof(e.holder));
		e.held_until = old->held_until;
		buf_add(&e.why, old->why.data, old->why.len);
	}
	e.expires_at = s->now + (letter_is_firing(&e) ? OUTBOX_FIRING_MS
						      : OUTBOX_RESOLVED_MS);
	kept->made_at = s->now;
	letter_identify(&e, ++kept->generation);
	book_remove(s->book, BOOK_ENTRIES, g->key);
	if (e.n > 0)
		memcpy(book_make(s->book, BOOK_ENTRIES, g->key), &e, sizeof(e));
	else
		letter_release(&e);
}

/* What it knows of alerts that do not come here any more is forgotten; so is
 * what is resolved, if it does not want to hear of that. */
static void
pass_over(struct settling *s, const struct settle_group *g, struct group *kept)
{
	int64_t *hashes = xcalloc(g->n + 1, sizeof(*hashes));
	size_t n = 0;

	for (size_t k = 0; k < g->n; k++)
		if (g->route->receiver->tells_resolved ||
		    looks_firing(s, g->alerts[k]))
			hashes[n++] = instance_hash(g->alerts[k]);
	group_keep(kept, hashes, n);
	free(hashes);
}

/* Who has still to be told keeps what is resolved. */
static void
mark_needed(const struct settling *s, const struct settle_group *g,
    const struct group *kept)
{
	const struct letter *e = book_get(s->book, BOOK_ENTRIES, g->key);
	struct group_pending p = {0};

	if (e)
		p = list_pending(e);
	for (size_t k = 0; k < g->n; k++) {
		int64_t hash = instance_hash(g->alerts[k]);

		g->alerts[k]->is_needed |= group_knows(kept, hash);
		for (size_t j = 0; j < p.n_told; j += 2)
			g->alerts[k]->is_needed |= p.told[j] == hash;
	}
	free((void *)p.told);
	free((void *)p.ended);
}

/* Does what waits tell of an alert that nobody is to hear of now? */
static bool
tells_muted(const struct settle_group *g, const struct letter *e)
{
	bool does = false;

	for (size_t k = 0; k < g->n && e->holder[0] == '\0' && !does; k++)
		does = (g->is_mute || g->alerts[k]->is_muted) &&
		       letter_fires(e, g->alerts[k]);
	return does;
}

static void
settle_one(struct settling *s, struct settle_group *g)
{
	const struct alert_route *r = g->route;
	const struct group_timers timers = {
	    r->wait_ms, r->interval_ms, r->repeat_ms};
	const struct letter *e = book_get(s->book, BOOK_ENTRIES, g->key);
	struct group *kept = book_get(s->book, BOOK_GROUPS, g->key);
	struct group_member *m = xcalloc(g->n + 1, sizeof(*m));
	struct group_pending p = {0};

	group_come_back(kept, s->now);
	if (e)
		p = list_pending(e);
	else
		pass_over(s, g, kept);
	g->decision = group_decide(kept, &timers, &p, m, list_members(s, g, m),
	    s->slack_ms, s->now, &g->due);
	if ((g->decision != GROUP_NOTHING && g->decision != GROUP_WAIT) ||
	    (e && tells_muted(g, e)))
		make_entry(s, g, kept, &p);
	mark_needed(s, g, kept);
	free(m);
	free((void *)p.told);
	free((void *)p.ended);
}

/* Groups to which no alert goes any more know nothing. */
static void
leave_groups(struct settling *s)
{
	struct group *kept;
	const char *key;

	for (size_t k = 0; (kept = book_next(s->book, BOOK_GROUPS, &k, &key));)
		if (kept->told.n > 0 && s->alerts->route &&
		    !map_get(&s->groups, key, strlen(key)) &&
		    !book_get(s->book, BOOK_ENTRIES, key))
			group_keep(kept, NULL, 0);
}

static void
forget(struct settling *s)
{
	struct instance *i;
	const char *id;

	for (size_t k = 0; (i = book_next(s->book, BOOK_INSTANCES, &k, &id));) {
		if (instance_is_acked(i))
			i->ack_is_told = 1;
		if (i->state == INSTANCE_RESOLVED &&
		    s->now - i->ends_at >= FORGET_MS)
			i->is_needed = false;
		if (instance_is_over(i, batch_life(s->alerts, i), s->now))
			book_remove(s->book, BOOK_INSTANCES, id);
	}
}

void
settle(struct settling *s)
{
	const struct map_entry *e;

	s->slack_ms = s->book->head.visit_ms / 2;
	tick_instances(s);
	settle_beats(s->book, s->now);
	settle_mute(s->book, s->alerts, s->now);
	join_groups(s);
	for (size_t k = 0; (e = map_next(&s->groups, &k));)
		settle_one(s, e->value);
	leave_groups(s);
	forget(s);
}

void
settle_release(struct settling *s)
{
	const struct map_entry *e;

	for (size_t k = 0; (e = map_next(&s->groups, &k));) {
		struct settle_group *g = e->value;

		free(g->alerts);
		free(g);
	}
	map_release(&s->groups);
}
