#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "alert/notifier.h"
#include "alert/route.h"
#include "core/diag.h"
#include "core/sha256.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "json/write.h"

/* What goes to a receiver together. */
struct group {
	const struct receiver *receiver; /* lent */
	struct buf labels; /* JSON, ended by NUL; owned */
	struct alert **alerts; /* owned, each with a reference */
	size_t n, cap;
};

static void
group_free(struct group *g)
{
	for (size_t i = 0; i < g->n; i++)
		alert_unref(g->alerts[i]);
	buf_release(&g->labels);
	free(g->alerts);
	free(g);
}

/* The group of that receiver with those labels (JSON), made if need be. */
static struct group *
find_group(struct notifier *n, const struct receiver *receiver,
    const struct buf *labels)
{
	struct buf key = {0};
	struct group *g;
	void **place;

	buf_adds(&key, receiver->name);
	buf_addc(&key, '\0');
	buf_add(&key, labels->data, labels->len);
	place = map_put(&n->groups, key.data, key.len);
	buf_release(&key);
	g = *place;
	if (g)
		return g;
	g = xcalloc(1, sizeof(*g));
	g->receiver = receiver;
	buf_add(&g->labels, labels->data, labels->len);
	buf_addc(&g->labels, '\0');
	*place = g;
	return g;
}

static void
add_to(void *arg, const struct alert_route *route, struct alert *a)
{
	struct notifier *n = arg;
	struct buf labels = {0};
	struct group *g;

	route_write_group(&labels, route, a);
	g = find_group(n, route->receiver, &labels);
	buf_release(&labels);
	if (g->n > 0 && g->alerts[g->n - 1] == a)
		return; /* two routes lead there */
	if (g->n == g->cap) {
		g->cap = g->cap ? 2 * g->cap : 4;
		g->alerts = xrealloc(g->alerts, g->cap, sizeof(void *));
	}
	g->alerts[g->n++] = alert_ref(a);
	n->n_waiting++;
}

void
notifier_add(struct notifier *n, struct alert *a)
{
	if (a->is_queued || !n->alerts->route)
		return;
	a->is_queued = true;
	route_walk(n->alerts->route, a, add_to, n);
}

bool
notifier_is_full(const struct notifier *n)
{
	return n->n_waiting >= NOTIFIER_MAX;
}

/* Fill what a receiver sees of the alert; labels: room for all of them. */
static void
fill(struct notice *out, struct notice_label *labels, const struct alert *a)
{
	for (size_t i = 0; i < a->rule->n_labels; i++)
		labels[i] = (struct notice_label){a->rule->labels[i].name,
		    a->values[i].data, a->values[i].len};
	*out = (struct notice){.fingerprint = a->fingerprint,
	    .rule = a->rule->name,
	    .severity = a->rule->severity,
	    .is_firing = a->state == ALERT_FIRING,
	    .labels = labels,
	    .n_labels = a->rule->n_labels,
	    .title = a->title,
	    .body = a->body,
	    .record = a->record,
	    .starts_at = a->starts_at,
	    .ends_at = a->ends_at,
	    .reason = ""};
}

/* The group, its number and the time. */
static void
make_id(char id[SHA256_HEX], const struct group *g, uint64_t number)
{
	uint8_t digest[SHA256_SIZE];
	struct buf text = {0};

	buf_addf(&text, "%s %" PRIu64 " %" PRId64 " ", g->receiver->name,
	    number, timestamp_now());
	buf_add(&text, g->labels.data, g->labels.len);
	sha256(text.data, text.len, digest);
	sha256_hex(digest, id);
	buf_release(&text);
}

static void
write_event(struct buf *out, const struct notification *m,
    const struct alert *a, const struct buf *why)
{
	alert_begin_event(out, why ? "failed" : "notified", a, m->receiver);
	buf_addf(out, ",\"status\":\"%s\",\"notification\":\"%s\"",
	    alert_status(a), m->id);
	if (why) {
		buf_adds(out, ",\"error\":");
		jwrite_string(out, why->data, why->len);
	}
	buf_adds(out, "}\n");
}

static void
report(struct notifier *n, const struct notification *m, enum delivery outcome,
    const struct buf *why)
{
	if (n->status == 0)
		n->status = outcome == DELIVERY_TEMPORARY ? EX_TEMPFAIL
							  : EX_UNAVAILABLE;
	diag_error("%s: %.*s (%zu alert%s not delivered)", m->receiver,
	    (int)why->len, why->data, m->n, m->n == 1 ? "" : "s");
}

static void
send(struct notifier *n, const struct group *g, struct alert *const *alerts,
    struct notification *m, struct buf *out)
{
	struct attempt t = {0};
	enum delivery outcome;

	notification_finish(m);
	outcome =
	    g->receiver->channel->send(g->receiver->settings, &n->link, m, &t);
	if (outcome != DELIVERED)
		report(n, m, outcome, &t.why);
	for (size_t i = 0; i < m->n; i++)
		write_event(
		    out, m, alerts[i], outcome == DELIVERED ? NULL : &t.why);
	buf_release(&m->json);
	buf_release(&t.why);
	buf_release(&t.done);
}

/* Send at most NOTIFICATION_MAX alerts of the group. */
static void
send_some(struct notifier *n, const struct group *g,
    struct alert *const *alerts, size_t n_alerts, struct buf *out)
{
	struct notice *notices = xcalloc(n_alerts, sizeof(*notices));
	struct notice_label *labels;
	char id[SHA256_HEX];
	struct notification m = {.receiver = g->receiver->name,
	    .id = id,
	    .thread = id,
	    .is_first = true,
	    .group = g->labels.data,
	    .notices = notices,
	    .n = n_alerts,
	    .created_at = timestamp_now(),
	    .note = ""};
	size_t n_labels = 1;

	for (size_t i = 0; i < n_alerts; i++)
		n_labels += alerts[i]->rule->n_labels;
	labels = xcalloc(n_labels, sizeof(*labels));
	n_labels = 0;
	for (size_t i = 0; i < n_alerts; i++) {
		fill(&notices[i], labels + n_labels, alerts[i]);
		n_labels += notices[i].n_labels;
		alerts[i]->is_queued = false;
	}
	make_id(id, g, ++n->n_sent);
	send(n, g, alerts, &m, out);
	free(notices);
	free(labels);
}

static void
send_group(struct notifier *n, const struct group *g, struct buf *out)
{
	for (size_t at = 0; at < g->n; at += NOTIFICATION_MAX)
		send_some(n, g, g->alerts + at,
		    g->n - at < NOTIFICATION_MAX ? g->n - at : NOTIFICATION_MAX,
		    out);
}

/* Forget what waits. */
static void
clear(struct notifier *n)
{
	const struct map_entry *e;

	for (size_t i = 0; (e = map_next(&n->groups, &i)) != NULL;)
		group_free(e->value);
	map_release(&n->groups);
	n->n_waiting = 0;
}

void
notifier_send(struct notifier *n, struct buf *out)
{
	const struct map_entry *e;

	if (n->n_waiting == 0)
		return;
	for (size_t i = 0; (e = map_next(&n->groups, &i)) != NULL;)
		send_group(n, e->value, out);
	clear(n);
}

void
notifier_release(struct notifier *n)
{
	clear(n);
	channel_link_release(&n->link);
}
