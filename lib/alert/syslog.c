#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "alert/render.h"
#include "alert/syslog.h"
#include "core/timestamp.h"
#include "json/write.h"

#define VALUE_MAX 512 /* bytes of a parameter's value */
#define MESSAGE_ID "b1f5cf0c2a1b4b6bb4f1d2f0a7c4e9d3" /* of alerts, ours */

const char *const syslog_facilities[] = {"kern", "user", "mail", "daemon",
    "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
    "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4",
    "local5", "local6", "local7", NULL};

int
syslog_severity(const struct notice *a)
{
	static const int levels[] = {6, 4, 3, 2};

	return a->is_firing ? levels[a->severity] : 5;
}

/* "FIRING (error): Rio is hot", then the body, on one line. */
static void
add_message(struct buf *out, const struct notice *a)
{
	struct text t = {.out = out,
	    .escape = text_plain,
	    .max = SYSLOG_TEXT_MAX,
	    .is_line = true};
	char status[RENDER_STATUS];

	render_status(status, a);
	text_own(&t, status, false);
	text_own(&t, ": ", false);
	text_add(&t, a->title.data, a->title.len);
	if (a->body.len > 0)
		text_own(&t, ": ", false);
	text_add(&t, a->body.data, a->body.len);
}

static size_t
escape_value(uint32_t c, char *out)
{
	size_t n = 0;

	if (c == '"' || c == '\\' || c == ']')
		out[n++] = '\\';
	return n + text_plain(c, out + n);
}

void
syslog_add_value(struct buf *out, const char *s, size_t len)
{
	struct text t = {.out = out,
	    .escape = escape_value,
	    .max = VALUE_MAX,
	    .is_line = true};

	buf_addc(out, '"');
	text_add(&t, s, len);
	buf_addc(out, '"');
}

static void
add_param(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, " %s=", name);
	syslog_add_value(out, value, strlen(value));
}

/* A label; its name may be anything, so it is in the value. */
static void
add_label(struct buf *out, const struct notice_label *l)
{
	struct buf text = {0};

	buf_adds(&text, l->name);
	buf_addc(&text, '=');
	buf_add(&text, l->value, l->len);
	buf_adds(out, " label=");
	syslog_add_value(out, text.data, text.len);
	buf_release(&text);
}

static void
host_name(char *out, size_t size)
{
	if (gethostname(out, size) != 0 || *out == '\0')
		snprintf(out, size, "-");
	out[size - 1] = '\0';
}

void
syslog_write(struct buf *out, const struct notification *n,
    const struct notice *a, int facility)
{
	char time[TIMESTAMP_SIZE], host[256];

	timestamp_format(n->created_at, time);
	host_name(host, sizeof(host));
	/* 32473 is the number for who has none (RFC 5612) */
	buf_addf(out, "<%d>1 %s %s cdo-alert %ld %s [cdo@32473",
	    facility * 8 + syslog_severity(a), time, host, (long)getpid(),
	    notice_status(a));
	add_param(out, "fingerprint", a->fingerprint);
	add_param(out, "rule", a->rule);
	add_param(out, "severity", alert_severities[a->severity]);
	add_param(out, "notification", n->id);
	for (size_t i = 0; i < a->n_labels; i++)
		add_label(out, &a->labels[i]);
	buf_adds(out, "] \xEF\xBB\xBF");
	add_message(out, a);
}

void
syslog_write_local(struct buf *out, const struct notification *n,
    const struct notice *a, int facility)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t seconds = (time_t)(n->created_at / 1000);
	struct tm tm;

	localtime_r(&seconds, &tm);
	buf_addf(out, "<%d>%.3s %2d %02d:%02d:%02d cdo-alert[%ld]: ",
	    facility * 8 + syslog_severity(a), months + 3 * (tm.tm_mon % 12),
	    tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (long)getpid());
	add_message(out, a);
}

void
journal_add(struct buf *out, const char *name, const char *s, size_t len)
{
	buf_adds(out, name);
	if (len == 0 || !memchr(s, '\n', len)) {
		buf_addc(out, '=');
	} else {
		buf_addc(out, '\n');
		for (size_t i = 0; i < 8; i++)
			buf_addc(out, (char)((uint64_t)len >> 8 * i & 0xFF));
	}
	buf_add(out, s, len);
	buf_addc(out, '\n');
}

static void
add_text(struct buf *out, const char *name, const char *s)
{
	journal_add(out, name, s, strlen(s));
}

static void
add_labels(struct buf *out, const struct notice *a)
{
	struct buf json = {0};

	for (size_t i = 0; i < a->n_labels; i++) {
		jwrite_text(&json, i > 0 ? "," : "{", a->labels[i].name);
		buf_addc(&json, ':');
		jwrite_string(&json, a->labels[i].value, a->labels[i].len);
	}
	buf_adds(&json, a->n_labels > 0 ? "}" : "{}");
	journal_add(out, "CDO_LABELS", json.data, json.len);
	buf_release(&json);
}

void
journal_write(struct buf *out, const struct notification *n,
    const struct notice *a, int facility)
{
	char number[8];
	const char priority[] = {(char)('0' + syslog_severity(a)), '\0'};
	struct buf message = {0};

	add_message(&message, a);
	journal_add(out, "MESSAGE", message.data, message.len);
	buf_release(&message);
	add_text(out, "MESSAGE_ID", MESSAGE_ID);
	add_text(out, "PRIORITY", priority);
	snprintf(number, sizeof(number), "%d", facility);
	add_text(out, "SYSLOG_FACILITY", number);
	add_text(out, "SYSLOG_IDENTIFIER", "cdo-alert");
	add_text(out, "CDO_FINGERPRINT", a->fingerprint);
	add_text(out, "CDO_RULE", a->rule);
	add_text(out, "CDO_STATUS", notice_status(a));
	add_text(out, "CDO_SEVERITY", alert_severities[a->severity]);
	add_text(out, "CDO_NOTIFICATION", n->id);
	journal_add(out, "CDO_TITLE", a->title.data, a->title.len);
	if (a->body.len > 0)
		journal_add(out, "CDO_BODY", a->body.data, a->body.len);
	add_labels(out, a);
	if (a->record.len > 0)
		journal_add(out, "CDO_RECORD", a->record.data, a->record.len);
}
