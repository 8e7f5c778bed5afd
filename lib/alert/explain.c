/* Why an alert was told or not, and when it will be next. */
#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#include "alert/batch.h"
#include "alert/route.h"
#include "alert/settle.h"
#include "alert/verbs.h"
#include "core/diag.h"
#include "core/num.h"
#include "core/timestamp.h"
#include "json/write.h"

/* Findings, one a line: for people "receiver: text", or objects. */
struct findings {
	struct buf out;
	bool is_text;
	const char *fingerprint;
	int64_t now;
};

static void find(struct findings *f, const char *receiver, int64_t due,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void
find(
    struct findings *f, const char *receiver, int64_t due, const char *fmt, ...)
{
	struct buf text = {0};
	char time[TIMESTAMP_SIZE];
	va_list ap;

	va_start(ap, fmt);
	buf_addv(&text, fmt, ap);
	va_end(ap);
	timestamp_format(due, time);
	if (f->is_text) {
		if (receiver)
			buf_addf(&f->out, "%s: ", receiver);
		buf_add(&f->out, text.data, text.len);
		if (due != STORE_NEVER) {
			buf_addf(&f->out, " (%s, in ", time);
			num_add_duration(
			    &f->out, due > f->now ? due - f->now : 0);
			buf_addc(&f->out, ')');
		}
		buf_addc(&f->out, '\n');
	} else {
		jwrite_text(&f->out, "{\"fingerprint\":", f->fingerprint);
		if (receiver)
			jwrite_text(&f->out, ",\"receiver\":", receiver);
		buf_adds(&f->out, ",\"finding\":");
		jwrite_string(&f->out, text.data, text.len);
		if (due != STORE_NEVER)
			jwrite_text(&f->out, ",\"due\":", time);
		buf_adds(&f->out, "}\n");
	}
	buf_release(&text);
}

/* What is to be said of the alert itself. */
static void
explain_alert(
    struct findings *f, const struct alert_options *o, const struct instance *i)
{
	const struct instance_rule *life = batch_life(&o->alerts, i);
	const struct book *b = &o->teller.book;
	const struct silence *s = settle_silence(b, i, f->now);
	const struct instance *source = settle_inhibitor(b, &o->alerts, i);
	const char *cause = instance_causes[i->cause];

	find(f, NULL, instance_due(i, life), "it is %s%s%s%s",
	    instance_states[i->state], *cause ? " (" : "", cause,
	    *cause ? ")" : "");
	if (i->state == INSTANCE_PENDING)
		find(f, NULL,
		    life->for_ms > 0 ? i->pending_at + life->for_ms
				     : STORE_NEVER,
		    "the rule held for %" PRId64 " of %" PRId64
		    " records in a row; the next one that it holds for counts",
		    i->count, life->for_count);
	if (i->state == INSTANCE_FIRING && i->clear_at > 0)
		find(f, NULL, i->clear_at + life->keep_firing_ms,
		    "the rule no longer holds; keep_firing runs");
	if (s)
		find(f, NULL, silence_due(s, f->now),
		    "silence %s by %s keeps it from being told", s->id, s->by);
	if (source)
		find(f, NULL, STORE_NEVER, "%s (%.12s) fires and inhibits it",
		    source->rule, source->fingerprint);
	if (instance_is_acked(i))
		find(f, NULL, i->ack_until,
		    "%s has taken it on: it is not repeated", i->ack_by);
	if (instance_is_flapping(i, life, f->now))
		find(f, NULL,
		    i->changes.v[i->changes.n - 1] + life->flap.within_ms / 2,
		    "it is flapping: it counts as firing until it is calm");
}

static bool
has(const struct settle_group *g, const struct instance *i)
{
	for (size_t k = 0; k < g->n; k++)
		if (g->alerts[k] == i)
			return true;
	return false;
}

/* What is to be said of a receiver. */
static void
explain_group(struct findings *f, const struct book *b,
    const struct settle_group *g, const struct instance *i)
{
	const char *name = g->route->receiver->name;
	const struct group *kept = book_get(b, BOOK_GROUPS, g->key);
	const struct letter *e = book_get(b, BOOK_ENTRIES, g->key);
	char time[TIMESTAMP_SIZE];

	if (g->is_mute)
		find(f, name, route_mute_due(g->route, f->now),
		    "its route is mute at these hours");
	timestamp_format(kept->told_at, time);
	if (group_knows(kept, instance_hash(i)))
		find(f, name, STORE_NEVER, "it knows, since %s at the latest",
		    time);
	else
		find(f, name, STORE_NEVER, "it does not know that it fires");
	if (e && e->attempts > 0)
		find(f, name, e->not_before,
		    "a notification waits in the outbox after %" PRId64
		    " tries: %.*s",
		    e->attempts, (int)e->why.len,
		    e->why.data ? e->why.data : "");
	if (g->decision == GROUP_WAIT)
		find(f, name, g->due, "the group is told again then");
	else if (g->decision != GROUP_NOTHING)
		find(f, name, f->now, "the next tick tells it: %s",
		    group_decisions[g->decision]);
	else if (!e)
		find(
		    f, name, STORE_NEVER, "%s", group_decisions[GROUP_NOTHING]);
}

static int
explain(struct alert_options *o, const char *prefix)
{
	struct settling s = {.book = &o->teller.book,
	    .alerts = &o->alerts,
	    .now = timestamp_now()};
	struct findings f = {.is_text = alert_is_table(o), .now = s.now};
	const struct map_entry *entry;
	char fingerprint[SHA256_HEX];
	struct buf why = {0};
	const struct instance *i = alert_find(s.book, prefix, &why);

	if (!i) {
		diag_error("%.*s", (int)why.len, why.data);
		buf_release(&why);
		return EX_USAGE;
	}
	memcpy(fingerprint, i->fingerprint, sizeof(fingerprint));
	f.fingerprint = fingerprint;
	explain_alert(&f, o, i);
	settle(&s); /* in memory only */
	i = book_get(s.book, BOOK_INSTANCES, fingerprint);
	for (size_t k = 0; i && (entry = map_next(&s.groups, &k));)
		if (has(entry->value, i))
			explain_group(&f, s.book, entry->value, i);
	settle_release(&s);
	alert_print(&f.out);
	return 0;
}

int
alert_explain(struct alert_options *o, char **operands)
{
	int status = alert_open(o, false);

	for (; status == 0 && *operands; operands++) {
		status = teller_load(&o->teller);
		if (status == 0)
			status = explain(o, *operands);
	}
	alert_close(o, status);
	return status;
}
