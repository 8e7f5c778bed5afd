#include "alert/event.h"
#include "alert/alerts.h"
#include "core/timestamp.h"
#include "json/write.h"

void
event_begin(struct buf *out, const char *event, const struct instance *i,
    const char *receiver, int64_t at)
{
	char time[TIMESTAMP_SIZE];

	timestamp_format(at, time);
	jwrite_text(out, "{\"event\":", event);
	jwrite_text(out, ",\"fingerprint\":", i->fingerprint);
	jwrite_text(out, ",\"rule\":", i->rule);
	if (receiver)
		jwrite_text(out, ",\"receiver\":", receiver);
	jwrite_text(out, ",\"at\":", time);
}

void
event_write(struct buf *out, const char *event, const struct instance *i,
    const char *by, const char *comment, int64_t at)
{
	event_begin(out, event, i, NULL, at);
	jwrite_text(out, ",\"severity\":", alert_severities[i->severity]);
	buf_adds(out, ",\"labels\":");
	buf_add(out, i->labels.data, i->labels.len);
	buf_adds(out, ",\"title\":");
	buf_add(out, i->title.data, i->title.len);
	if (i->cause != INSTANCE_RECORD)
		jwrite_text(out, ",\"reason\":", instance_causes[i->cause]);
	if (by)
		jwrite_text(out, ",\"by\":", by);
	if (comment)
		jwrite_text(out, ",\"comment\":", comment);
	buf_adds(out, "}\n");
}

void
event_tell(struct buf *out, const struct instance *i, unsigned what, int64_t at)
{
	if (what & (INSTANCE_FIRED | INSTANCE_ROSE))
		event_write(out, "firing", i, NULL, NULL, at);
	if (what & INSTANCE_ENDED)
		event_write(out, "resolved", i, NULL, NULL, at);
}
