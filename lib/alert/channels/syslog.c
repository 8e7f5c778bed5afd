/*
 * syslog - a message an alert to the local syslog, as its socket has it by
 * custom or as RFC 5424 has it.
 */
#include "alert/syslog.h"
#include "alert/channel_settings.h"
#include "alert/datagram.h"

struct syslog {
	struct channel_base base;
	char *path; /* owned */
	int facility, format;
};

enum { CUSTOMARY, RFC5424 };

static const char *const formats[] = {"local", "rfc5424", NULL};

static void *
load(struct alerts *a, const struct doc_place *at, const json_t *v,
    const struct channel *self)
{
	struct syslog *s = channel_load(a, at, v, self);

	if (s && !json_object_get(v, "facility"))
		s->facility = SYSLOG_DAEMON;
	return s;
}

static enum delivery
send(const void *settings, struct channel_link *link,
    const struct notification *n, struct attempt *t)
{
	const struct syslog *s = settings;
	const struct datagrams d = {s->path, s->base.timeout_ms, s->facility,
	    s->format == RFC5424 ? syslog_write : syslog_write_local};

	(void)link;
	return datagram_send(&d, n, t);
}

static const struct channel_string strings[] = {
    {"path", CHANNEL_STRING, offsetof(struct syslog, path), false, "/dev/log"},
    {NULL, CHANNEL_SECRET, 0, false, NULL},
};

static const struct doc_member members[] = {
    {"facility", DOC_WORD, offsetof(struct syslog, facility), false,
	syslog_facilities},
    {"format", DOC_WORD, offsetof(struct syslog, format), false, formats},
    {NULL, DOC_VALUE, 0, false, NULL},
};

static const struct channel_shape shape = {
    .size = sizeof(struct syslog), .strings = strings, .members = members};

const struct channel channel_syslog = {.name = "syslog",
    .shape = &shape,
    .load = load,
    .free = channel_settings_free,
    .send = send,
    .limits = {TEXT_BYTES, 0, SYSLOG_TEXT_MAX, 0, false}};
