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

static const struct channel_string strings[] = {
    {"path", CHANNEL_STRING, offsetof(struct journal, path), false,
	"/run/systemd/journal/socket"},
    {NULL, CHANNEL_SECRET, 0, false, NULL},
};

static const struct channel_shape shape = {
    .size = sizeof(struct journal), .strings = strings};

const struct channel channel_journal = {.name = "journal",
    .shape = &shape,
    .load = channel_load,
    .free = channel_settings_free,
    .send = send,
    .limits = {TEXT_BYTES, 0, SYSLOG_TEXT_MAX, 0, false}};
