#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "alert/notifier.h"
#include "alert/route.h"
#include "core/diag.h"
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

/* Append the notification as cdo-alerts.5 has it. */
static void
write_json(struct buf *out, const struct notification *m)
{
	buf_adds(out, "{\"version\":1,\"receiver\":");
	jwrite_string(out, m->receiver, strlen(m->receiver));
	buf_addf(
	    out, ",\"status\":\"%s\"", m->is_firing ? "firing" : "resolved");
	buf_addf(out, ",\"group\":");
	buf_adds(out, m->group);
	buf_adds(out, ",\"alerts\":[");
	for (size_t i = 0; i < m->n; i++) {
		if (i > 0)
			buf_addc(out, ',');
		alert_write(out, m->alerts[i]);
	}
	buf_adds(out, "]}");
}

/* The text, its number and so, with the times in it, its run. */
static void
make_id(struct notification *m, uint64_t number)
{
	uint8_t digest[SHA256_SIZE];
	struct buf text = {0};

	jwrite_uint(&text, number);
	buf_add(&text, m->json.data, m->json.len);
	sha256(text.data, text.len, digest);
	sha256_hex(digest, m->id);
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
send(struct notifier *n, const struct receiver *receiver,
    struct notification *m, struct buf *out)
{
	struct buf why = {0};
	enum delivery outcome;

	write_json(&m->json, m);
	make_id(m, ++n->n_sent);
	outcome =
	    receiver->channel->send(receiver->settings, &n->link, m, &why);
	if (outcome != DELIVERED)
		report(n, m, outcome, &why);
	for (size_t i = 0; i < m->n; i++)
		write_event(
		    out, m, m->alerts[i], outcome == DELIVERED ? NULL : &why);
	buf_release(&m->json);
	buf_release(&why);
}

static void
send_group(struct notifier *n, const struct group *g, struct buf *out)
{
	for (size_t at = 0; at < g->n; at += NOTIFICATION_MAX) {
		struct notification m = {.receiver = g->receiver->name,
		    .group = g->labels.data,
		    .alerts = g->alerts + at};

		for (; m.n < NOTIFICATION_MAX && at + m.n < g->n; m.n++) {
			struct alert *a = g->alerts[at + m.n];

			a->is_queued = false;
			m.is_firing |= a->state == ALERT_FIRING;
		}
		send(n, g->receiver, &m, out);
	}
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
