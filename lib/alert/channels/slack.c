/*
 * slack - a message by an incoming webhook of Slack.
 *
 * One paragraph an alert, without markup: & < > are escaped, so that data
 * makes no mentions or links (docs.slack.dev, "Formatting message text").
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alert/instance.h"
#include "alert/channel.h"
#include "core/xmem.h"
#include "json/write.h"

/* Slack cuts texts of more than 40000 characters. */
#define TEXT_MAX 40000
/* What an alert takes at most: all of it escaped, and the words around it. */
#define ALERT_MAX (5 * (ALERT_TITLE_MAX + ALERT_BODY_MAX) + 256)

struct slack {
	const json_t *url_value;
	int64_t timeout_ms;
	char *url; /* owned */
};

static void
release(void *settings)
{
	struct slack *s = settings;

	free(s->url);
	free(s);
}

static void *
load(struct alerts *a, const struct doc_place *at, const json_t *v)
{
	static const struct doc_member members[] = {
	    {"url", DOC_VALUE, offsetof(struct slack, url_value), true, NULL},
	    {"timeout", DOC_DURATION, offsetof(struct slack, timeout_ms), false,
		NULL},
	    {NULL, DOC_VALUE, 0, false, NULL}};
	struct doc_place url = {.up = at, .key = "url"};
	struct slack *s = xcalloc(1, sizeof(*s));
	bool good;

	s->timeout_ms = CHANNEL_TIMEOUT_MS;
	good = doc_read(&a->doc, at, v, members, s) &&
	       channel_timeout(a, at, s->timeout_ms);
	if (s->url_value)
		s->url = channel_url(a, &url, s->url_value);
	if (good && s->url)
		return s;
	release(s);
	return NULL;
}

static void
add_escaped(struct buf *out, const struct buf *text)
{
	for (size_t i = 0; i < text->len; i++) {
		if (text->data[i] == '&')
			buf_adds(out, "&amp;");
		else if (text->data[i] == '<')
			buf_adds(out, "&lt;");
		else if (text->data[i] == '>')
			buf_adds(out, "&gt;");
		else
			buf_addc(out, text->data[i]);
	}
}

static void
add_alert(struct buf *out, const struct notice *a)
{
	if (!a->is_firing)
		buf_adds(out, "RESOLVED: ");
	else
		buf_addf(out, "FIRING (%s): ", alert_severities[a->severity]);
	add_escaped(out, &a->title);
	if (a->body.len > 0)
		buf_addc(out, '\n');
	add_escaped(out, &a->body);
	buf_addc(out, '\n');
}

static enum delivery
send(const void *settings, struct channel_link *link,
    const struct notification *n, struct attempt *t)
{
	const struct slack *s = settings;
	struct buf text = {0}, json = {0};
	enum delivery outcome;
	size_t i;

	for (i = 0; i < n->n && text.len + ALERT_MAX < TEXT_MAX; i++)
		add_alert(&text, &n->notices[i]);
	if (i < n->n || n->n_left_out > 0)
		buf_addf(
		    &text, "and %" PRIu64 " more\n", n->n - i + n->n_left_out);
	buf_adds(&json, "{\"text\":");
	jwrite_string(&json, text.data, text.len);
	buf_adds(&json, ",\"mrkdwn\":false}");
	outcome = channel_post(link,
	    &(struct channel_post){s->url, NULL, &json, s->timeout_ms}, t);
	buf_release(&text);
	buf_release(&json);
	return outcome;
}

const struct channel channel_slack = {"slack", load, release, send};
