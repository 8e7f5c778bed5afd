/* The verbs that look: lists for people and programs. */
#include <inttypes.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "alert/batch.h"
#include "alert/columns.h"
#include "alert/route.h"
#include "alert/verbs.h"
#include "core/diag.h"
#include "core/timestamp.h"
#include "json/write.h"

/* Append the alert as an object, its brace left open. */
static void
begin_alert(struct buf *out, const struct instance *i)
{
	jwrite_text(out, "{\"fingerprint\":", i->fingerprint);
	jwrite_text(out, ",\"rule\":", i->rule);
	jwrite_text(out, ",\"state\":", instance_states[i->state]);
	jwrite_text(out, ",\"severity\":", alert_severities[i->severity]);
	buf_adds(out, ",\"labels\":");
	buf_add(out, i->labels.data, i->labels.len);
	buf_adds(out, ",\"title\":");
	if (i->title.len > 0)
		buf_add(out, i->title.data, i->title.len);
	else
		buf_adds(out, "null");
	columns_time(out, ",\"starts_at\":", i->starts_at);
	columns_time(out, ",\"ends_at\":", i->ends_at);
	columns_time(out, ",\"seen_at\":", i->seen_at);
	if (i->cause != INSTANCE_RECORD)
		jwrite_text(out, ",\"reason\":", instance_causes[i->cause]);
	if (instance_is_acked(i)) {
		jwrite_text(out, ",\"acked_by\":", i->ack_by);
		buf_adds(out, ",\"comment\":");
		buf_add(out, i->ack_comment.data, i->ack_comment.len);
		columns_time(out, ",\"acked_until\":", i->ack_until);
	}
	if (i->is_silenced)
		buf_adds(out, ",\"silenced\":true");
}

/* What a person wants to know first. */
static const char *
describe(const struct instance *i)
{
	if (i->state == INSTANCE_FIRING && instance_is_acked(i))
		return "acked";
	if (i->state == INSTANCE_FIRING && i->is_silenced)
		return "silenced";
	return instance_states[i->state];
}

static void
add_labels(struct columns *c, const struct instance *i)
{
	struct buf text = {0};

	for (size_t k = 0; k < i->parsed.n; k++) {
		buf_adds(&text, k > 0 ? "," : "");
		buf_adds(&text, i->parsed.v[k].name);
		buf_addc(&text, '=');
		buf_add(
		    &text, i->parsed.v[k].value.data, i->parsed.v[k].value.len);
	}
	columns_cell(c, text.data, text.len);
	buf_release(&text);
}

static void
add_alert(struct columns *c, const struct instance *i, int64_t now)
{
	struct buf title = {0};

	begin_alert(&c->lines, i);
	buf_adds(&c->lines, "}\n");
	labels_unquote(&title, &i->title);
	columns_cell(c, i->fingerprint, 12);
	columns_text(c, describe(i));
	columns_text(c, alert_severities[i->severity]);
	columns_age(c,
	    i->state == INSTANCE_PENDING ? i->pending_at : i->starts_at, now);
	columns_text(c, i->rule);
	add_labels(c, i);
	columns_cell(c, title.data, title.len);
	buf_release(&title);
}

static int
parse_matchers(struct matchers *m, char **operands)
{
	struct buf why = {0};
	int status = 0;

	for (; status == 0 && *operands; operands++)
		if (!matchers_parse(m, *operands, &why)) {
			diag_error("%.*s", (int)why.len, why.data);
			status = EX_USAGE;
		}
	buf_release(&why);
	return status;
}

static void
list_alerts(
    struct columns *c, const struct alert_options *o, const struct matchers *m)
{
	const struct instance *i;

	for (size_t k = 0;
	     (i = book_next(&o->teller.book, BOOK_INSTANCES, &k, NULL));)
		if ((o->all || i->state == INSTANCE_FIRING ||
			i->state == INSTANCE_PENDING) &&
		    route_matches(m, i))
			add_alert(c, i, timestamp_now());
}

int
alert_list(struct alert_options *o, char **operands)
{
	static const char *const names[] = {"FINGERPRINT", "STATE", "SEVERITY",
	    "SINCE", "RULE", "LABELS", "TITLE", NULL};
	struct columns c = {.is_table = alert_is_table(o), .names = names};
	struct matchers m = {0};
	struct buf out = {0};
	int status = parse_matchers(&m, operands);

	if (status == 0)
		status = alert_open(o, false);
	if (status == 0)
		status = teller_load(&o->teller);
	if (status == 0)
		list_alerts(&c, o, &m);
	columns_write(&c, &out);
	alert_print(&out);
	matchers_release(&m);
	alert_close(o, status);
	return status;
}

/* Append the groups in which the receivers know the alert. */
static void
add_receivers(struct buf *out, const struct book *b, const struct instance *i)
{
	const struct group *g;
	const char *comma = "";

	buf_adds(out, ",\"receivers\":[");
	for (size_t k = 0; (g = book_next(b, BOOK_GROUPS, &k, NULL));) {
		if (!group_knows(g, instance_hash(i)))
			continue;
		buf_adds(out, comma);
		jwrite_text(out, "{\"receiver\":", g->receiver);
		buf_adds(out, ",\"group\":");
		buf_add(out, g->labels.data, g->labels.len);
		columns_time(out, ",\"told_at\":", g->told_at);
		buf_addc(out, '}');
		comma = ",";
	}
	buf_addc(out, ']');
}

static int
show(const struct alert_options *o, const char *prefix)
{
	struct buf out = {0}, why = {0};
	const struct book *b = &o->teller.book;
	const struct instance *i = alert_find(b, prefix, &why);

	if (!i) {
		diag_error("%.*s", (int)why.len, why.data);
		buf_release(&why);
		return EX_USAGE;
	}
	begin_alert(&out, i);
	buf_adds(&out, ",\"body\":");
	if (i->body.len > 0)
		buf_add(&out, i->body.data, i->body.len);
	else
		buf_adds(&out, "null");
	columns_time(&out, ",\"pending_at\":", i->pending_at);
	columns_time(&out, ",\"clear_at\":", i->clear_at);
	jwrite_count(&out, ",\"count\":", (uint64_t)i->count);
	jwrite_count(&out, ",\"changes\":", i->changes.n);
	add_receivers(&out, b, i);
	buf_adds(&out, ",\"record\":");
	if (i->record.len > 0)
		buf_add(&out, i->record.data, i->record.len);
	else
		buf_adds(&out, "null");
	buf_adds(&out, "}\n");
	alert_print(&out);
	return 0;
}

int
alert_show(struct alert_options *o, char **operands)
{
	int status = alert_open(o, false);

	if (status == 0)
		status = teller_load(&o->teller);
	for (; status == 0 && *operands; operands++)
		status = show(o, *operands);
	alert_close(o, status);
	return status;
}

struct history {
	const char *name, *prefix;
	struct buf lines;
	size_t n;
};

static void
add_event(void *arg, const char *line, size_t len)
{
	static const char member[] = "\"fingerprint\":\"";
	struct history *h = arg;
	struct buf text = {0};
	const char *at;

	buf_add(&text, line, len);
	buf_addc(&text, '\0');
	at = strstr(text.data, member);
	if (!h->prefix || (at && strncmp(at + sizeof(member) - 1, h->prefix,
				     strlen(h->prefix)) == 0)) {
		buf_add(&h->lines, line, len);
		buf_addc(&h->lines, '\n');
		h->n++;
	}
	buf_release(&text);
}

static int
read_history(struct store_txn *t, void *arg)
{
	struct history *h = arg;

	h->lines.len = 0;
	h->n = 0;
	return book_history(t, h->name, add_event, h);
}

int
alert_history(struct alert_options *o, char **operands)
{
	struct history h = {.prefix = operands[0]};
	int status = alert_open(o, false);
	size_t skip = 0;

	h.name = o->alerts.name;
	if (status == 0) {
		status =
		    store_do(o->store, STORE_STATE, NULL, read_history, &h);
		if (status != 0)
			diag_error("%s", store_why(o->store));
	}
	if (o->limit > 0) /* the latest of them */
		for (size_t n = h.n; n > o->limit; n--)
			skip = (size_t)((char *)memchr(h.lines.data + skip,
					    '\n', h.lines.len - skip) -
					h.lines.data) +
			       1;
	if (status == 0 && h.lines.len > skip) {
		struct buf out = {0};

		buf_add(&out, h.lines.data + skip, h.lines.len - skip);
		alert_print(&out);
	}
	buf_release(&h.lines);
	alert_close(o, status);
	return status;
}

int
alert_stats(struct alert_options *o, char **operands)
{
	static const char *const counts[] = {",\"fired\":", ",\"resolved\":",
	    ",\"notified\":", ",\"failed\":", ",\"dead\":", ",\"expired\":"};
	size_t states[INSTANCE_RESOLVED + 1] = {0}, waiting = 0, dead = 0;
	const struct book *b = &o->teller.book;
	const struct instance *i;
	const struct letter *e;
	struct buf out = {0};
	int status = alert_open(o, false);

	(void)operands;
	if (status == 0)
		status = teller_load(&o->teller);
	for (size_t k = 0; (i = book_next(b, BOOK_INSTANCES, &k, NULL));)
		states[i->state]++;
	for (size_t k = 0; (e = book_next(b, BOOK_ENTRIES, &k, NULL));)
		*(e->state == OUTBOX_DEAD ? &dead : &waiting) += 1;
	if (status == 0) {
		jwrite_text(&out, "{\"alerts\":", b->name);
		jwrite_count(&out, ",\"firing\":", states[INSTANCE_FIRING]);
		jwrite_count(&out, ",\"pending\":", states[INSTANCE_PENDING]);
		jwrite_count(&out, ",\"waiting\":", waiting);
		jwrite_count(&out, ",\"dead_letters\":", dead);
		buf_adds(&out, ",\"ever\":{\"events\":");
		jwrite_int(&out, b->head.n_events);
		for (int k = 0; k < BOOK_COUNTS; k++)
			jwrite_count(
			    &out, counts[k], (uint64_t)b->head.counts[k]);
		columns_time(&out, "},\"visited_at\":", b->head.visited_at);
		jwrite_count(
		    &out, ",\"visit_ms\":", (uint64_t)b->head.visit_ms);
		buf_adds(&out, "}\n");
		alert_print(&out);
	}
	alert_close(o, status);
	return status;
}

static void
add_letter(struct columns *c, const struct letter *e, int64_t now)
{
	struct buf *out = &c->lines, why = {0};
	const char *state = "waiting";

	if (e->state == OUTBOX_DEAD)
		state = "dead";
	else if (e->holder[0] != '\0')
		state = "sending";
	jwrite_text(out, "{\"id\":", e->id);
	jwrite_text(out, ",\"state\":", state);
	jwrite_text(out, ",\"receiver\":", e->receiver);
	buf_adds(out, ",\"group\":");
	buf_add(out, e->labels.data, e->labels.len);
	jwrite_text(out, ",\"cause\":", notification_causes[e->cause]);
	jwrite_count(out, ",\"alerts\":", e->n);
	jwrite_count(out, ",\"attempts\":", (uint64_t)e->attempts);
	columns_time(out, ",\"created_at\":", e->created_at);
	columns_time(out, ",\"not_before\":", e->not_before);
	columns_time(out, ",\"expires_at\":", e->expires_at);
	if (e->why.len > 0) {
		buf_adds(out, ",\"error\":");
		buf_add(out, e->why.data, e->why.len);
	}
	buf_adds(out, "}\n");
	labels_unquote(&why, &e->why);
	columns_cell(c, e->id, 12);
	columns_text(c, state);
	columns_text(c, e->receiver);
	columns_text(c, notification_causes[e->cause]);
	columns_age(c, e->created_at, now);
	columns_age(c, e->not_before > now ? e->not_before : 0, now);
	columns_cell(c, why.data, why.len);
	buf_release(&why);
}

int
alert_outbox(struct alert_options *o, char **operands)
{
	static const char *const names[] = {
	    "ID", "STATE", "RECEIVER", "CAUSE", "AGE", "NEXT", "ERROR", NULL};
	struct columns c = {.is_table = alert_is_table(o), .names = names};
	const struct letter *e;
	struct buf out = {0};
	int status = alert_open(o, false);

	(void)operands;
	if (status == 0)
		status = teller_load(&o->teller);
	for (size_t k = 0;
	     (e = book_next(&o->teller.book, BOOK_ENTRIES, &k, NULL));)
		if (o->dead == (e->state == OUTBOX_DEAD))
			add_letter(&c, e, timestamp_now());
	columns_write(&c, &out);
	alert_print(&out);
	alert_close(o, status);
	return status;
}
