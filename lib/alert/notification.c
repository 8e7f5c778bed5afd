#include "alert/notification.h"
#include "core/timestamp.h"
#include "json/write.h"

const char *const notification_causes[] = {"new", "resolved", "repeat", "acked",
    "digest", "undelivered", "test", NULL};

const char *
notice_status(const struct notice *a)
{
	return a->is_firing ? "firing" : "resolved";
}

static void
write_time(struct buf *out, const char *before, int64_t ms)
{
	char text[TIMESTAMP_SIZE];

	timestamp_format(ms, text);
	jwrite_text(out, before, text);
}

static void
write_labels(struct buf *out, const struct notice *a)
{
	buf_adds(out, ",\"labels\":{");
	for (size_t i = 0; i < a->n_labels; i++) {
		jwrite_text(out, i > 0 ? "," : "", a->labels[i].name);
		buf_addc(out, ':');
		jwrite_string(out, a->labels[i].value, a->labels[i].len);
	}
	buf_addc(out, '}');
}

static void
write_notice(struct buf *out, const struct notice *a)
{
	jwrite_text(out, "{\"fingerprint\":", a->fingerprint);
	jwrite_text(out, ",\"rule\":", a->rule);
	jwrite_text(out, ",\"status\":", notice_status(a));
	jwrite_text(out, ",\"severity\":", alert_severities[a->severity]);
	write_labels(out, a);
	buf_adds(out, ",\"title\":");
	jwrite_string(out, a->title.data, a->title.len);
	buf_adds(out, ",\"body\":");
	if (a->body.len > 0)
		jwrite_string(out, a->body.data, a->body.len);
	else
		buf_adds(out, "null");
	write_time(out, ",\"starts_at\":", a->starts_at);
	if (a->is_firing)
		buf_adds(out, ",\"ends_at\":null");
	else
		write_time(out, ",\"ends_at\":", a->ends_at);
	if (a->reason[0] != '\0')
		jwrite_text(out, ",\"reason\":", a->reason);
	buf_adds(out, ",\"record\":");
	if (a->record.len > 0)
		buf_add(out, a->record.data, a->record.len);
	else
		buf_adds(out, "null");
	buf_addc(out, '}');
}

static void
write_json(struct buf *out, const struct notification *n)
{
	buf_adds(out, "{\"version\":1");
	jwrite_text(out, ",\"receiver\":", n->receiver);
	jwrite_text(out, ",\"status\":", n->is_firing ? "firing" : "resolved");
	jwrite_text(out, ",\"cause\":", notification_causes[n->cause]);
	jwrite_text(out, ",\"thread\":", n->thread);
	buf_adds(out, ",\"group\":");
	buf_adds(out, n->group);
	write_time(out, ",\"created_at\":", n->created_at);
	if (n->late_ms > 0)
		jwrite_count(out, ",\"late_ms\":", (uint64_t)n->late_ms);
	if (n->note[0] != '\0')
		jwrite_text(out, ",\"note\":", n->note);
	buf_adds(out, ",\"alerts\":[");
	for (size_t i = 0; i < n->n; i++) {
		if (i > 0)
			buf_addc(out, ',');
		write_notice(out, &n->notices[i]);
	}
	buf_addc(out, ']');
	if (n->n_left_out > 0)
		jwrite_count(out, ",\"left_out\":", n->n_left_out);
	buf_addc(out, '}');
}

void
notification_finish(struct notification *n)
{
	n->is_firing = false;
	n->severity = ALERT_INFO;
	for (size_t i = 0; i < n->n; i++)
		n->is_firing |= n->notices[i].is_firing;
	for (size_t i = 0; i < n->n; i++) {
		const struct notice *a = &n->notices[i];

		if (a->is_firing == n->is_firing && a->severity > n->severity)
			n->severity = a->severity;
	}
	n->json.len = 0;
	write_json(&n->json, n);
}
