/* The lists of silences and of jobs that are expected. */
#include <string.h>

#include "alert/columns.h"
#include "alert/verbs.h"
#include "core/timestamp.h"
#include "json/write.h"

static void
add_silence(struct columns *c, const struct silence *s, int64_t now)
{
	struct buf *out = &c->lines, text = {0};

	jwrite_text(out, "{\"id\":", s->id);
	jwrite_text(out, ",\"state\":", silence_state(s, now));
	buf_adds(out, ",\"matchers\":");
	buf_add(out, s->matchers.data, s->matchers.len);
	if (s->window.len > 0) {
		buf_adds(out, ",\"window\":");
		buf_add(out, s->window.data, s->window.len);
	}
	columns_time(out, ",\"starts_at\":", s->starts_at);
	columns_time(out, ",\"ends_at\":", s->ends_at);
	jwrite_text(out, ",\"by\":", s->by);
	buf_adds(out, ",\"comment\":");
	buf_add(out, s->comment.data, s->comment.len);
	buf_adds(out, "}\n");
	columns_text(c, s->id);
	columns_text(c, silence_state(s, now));
	columns_age(c, s->ends_at, now);
	for (size_t i = 0; i < s->parsed.n; i++) {
		buf_adds(&text, i > 0 ? " " : "");
		matcher_write(&text, &s->parsed.v[i]);
	}
	columns_cell(c, text.data, text.len);
	text.len = 0;
	labels_unquote(&text, &s->window);
	columns_cell(c, text.data, text.len);
	columns_text(c, s->by);
	text.len = 0;
	labels_unquote(&text, &s->comment);
	columns_cell(c, text.data, text.len);
	buf_release(&text);
}

static void
add_beat(struct columns *c, const struct heartbeat *h, int64_t now)
{
	struct buf *out = &c->lines;
	int64_t due = heartbeat_due(h);

	jwrite_text(out, "{\"name\":", h->name);
	jwrite_text(out, ",\"state\":", heartbeat_states[h->state]);
	jwrite_count(out, ",\"every_ms\":", (uint64_t)h->every_ms);
	jwrite_count(out, ",\"grace_ms\":", (uint64_t)h->grace_ms);
	jwrite_text(out, ",\"severity\":", alert_severities[h->severity]);
	columns_time(out, ",\"pinged_at\":", h->pinged_at);
	columns_time(out, ",\"started_at\":", h->started_at);
	columns_time(out, ",\"due_at\":", due == STORE_NEVER ? 0 : due);
	if (h->took_ms >= 0)
		jwrite_count(out, ",\"took_ms\":", (uint64_t)h->took_ms);
	if (h->exit >= 0)
		jwrite_count(out, ",\"exit\":", (uint64_t)h->exit);
	buf_adds(out, "}\n");
	columns_text(c, h->name);
	columns_text(c, heartbeat_states[h->state]);
	columns_age(c, h->pinged_at, now);
	columns_age(c, due == STORE_NEVER || due <= now ? 0 : due, now);
}

static int
list(struct alert_options *o, enum book_kind kind, struct columns *c)
{
	struct buf out = {0};
	void *thing;
	int status = alert_open(o, false);

	if (status == 0)
		status = teller_load(&o->teller);
	for (size_t k = 0;
	     (thing = book_next(&o->teller.book, kind, &k, NULL));) {
		if (kind == BOOK_SILENCES)
			add_silence(c, thing, timestamp_now());
		else
			add_beat(c, thing, timestamp_now());
	}
	columns_write(c, &out);
	alert_print(&out);
	alert_close(o, status);
	return status;
}

int
alert_silences(struct alert_options *o)
{
	static const char *const names[] = {
	    "ID", "STATE", "ENDS", "MATCHERS", "HOURS", "BY", "COMMENT", NULL};
	struct columns c = {.is_table = alert_is_table(o), .names = names};

	return list(o, BOOK_SILENCES, &c);
}

int
alert_beats(struct alert_options *o)
{
	static const char *const names[] = {
	    "NAME", "STATE", "REPORTED", "DUE", NULL};
	struct columns c = {.is_table = alert_is_table(o), .names = names};

	return list(o, BOOK_BEATS, &c);
}
