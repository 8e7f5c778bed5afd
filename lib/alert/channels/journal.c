/*
 * journal - an entry an alert in systemd's journal, by its native protocol
 * (systemd.io/JOURNAL_NATIVE_PROTOCOL).
 */
#include "alert/channel_settings.h"
#include "alert/datagram.h"
#include "alert/syslog.h"

struct journal {
	struct channel_base base;
	char *path; /* owned */
};

static const struct channel_shape shape = {sizeof(struct journal),
    (const struct channel_string[]){
	{"path", CHANNEL_STRING, offsetof(struct journal, path), false,
	    "/run/systemd/journal/socket"},
	{NULL, CHANNEL_SECRET, 0, false, NULL}},
    NULL};

static void *
load(struct alerts *a, const struct doc_place *at, const json_t *v)
{
	return channel_load(a, at, v, &shape);
}

static enum delivery
send(const void *settings, struct channel_link *link,
    const struct notification *n, struct attempt *t)
{
	const struct journal *j = settings;
	const struct datagrams d = {
	    j->path, j->base.timeout_ms, SYSLOG_DAEMON, journal_write};

	(void)link;
	return datagram_send(&d, n, t);
}

const struct channel channel_journal = {"journal", load, channel_settings_free,
    send, {TEXT_BYTES, 0, SYSLOG_TEXT_MAX, 0, false}};
