/*
 * slack - a message by an incoming webhook of Slack: a header, and a block an
 * alert.
 *
 * All data is plain_text with & < > escaped, so that it makes no mentions or
 * links (docs.slack.dev, "Formatting message text"); a mention or a link of
 * the settings has a block of its own.
 */
#include "alert/render.h"
#include "alert/web.h"
#include "json/write.h"

/* Slack's own limits, in characters; and of blocks, 50. */
#define HEADER_MAX 150
#define SECTION_MAX 3000
#define TEXT_MAX 4000
#define BLOCKS 40
#define TAIL_MAX 400 /* room for what ends a section */

struct slack {
	struct channel_base base;
	char *url, *mention, *link; /* owned */
};

static const struct render_style style = {text_slack, TEXT_UTF16, "", "", "\n"};

/* A block with text, which may be none. */
static void
add_section(struct buf *json, const struct buf *text)
{
	if (text->len == 0)
		return;
	buf_adds(json, ",{\"type\":\"section\",\"text\":{"
		       "\"type\":\"plain_text\",\"emoji\":false,\"text\":");
	jwrite_string(json, text->data, text->len);
	buf_adds(json, "}}");
}

/* A block of the settings' own markup. */
static void
add_markup(struct buf *json, const struct buf *text)
{
	buf_adds(json, ",{\"type\":\"section\",\"text\":{"
		       "\"type\":\"mrkdwn\",\"text\":");
	jwrite_string(json, text->data, text->len);
	buf_adds(json, "}}");
}

/* What the settings want to be shown besides. */
static void
add_settings(struct buf *json, const struct slack *s)
{
	struct buf text = {0};
	struct text t = {
	    .out = &text, .escape = text_slack, .max = SECTION_MAX};

	if (s->mention) {
		buf_adds(&text, s->mention);
		add_markup(json, &text);
	}
	text.len = 0;
	if (s->link) {
		text_own(&t, "<", false);
		text_adds(&t, s->link);
		text_own(&t, ">", true);
		add_markup(json, &text);
	}
	buf_release(&text);
}

static void
add_alerts(struct buf *json, const struct notification *n)
{
	struct text t = {
	    .escape = style.escape, .unit = style.unit, .max = SECTION_MAX};
	struct buf section = {0};
	size_t i;

	t.out = &section;
	for (i = 0; i < n->n && i < BLOCKS; i++) {
		t.used = section.len = 0;
		t.is_cut = false;
		t.max = SECTION_MAX - TAIL_MAX;
		render_notice(
		    &t, &n->notices[i], &style, n->n + n->n_left_out > 1);
		add_section(json, &section);
	}
	t.used = section.len = 0;
	t.is_cut = false;
	render_tail(&t, n, &style, n->n - i + n->n_left_out);
	add_section(json, &section);
	buf_release(&section);
}

static void
add_digest(struct buf *json, const struct notification *n)
{
	struct buf text = {0};

	render_body(&text, n, &style, SECTION_MAX);
	add_section(json, &text);
	buf_release(&text);
}

static void
compose(
    const void *settings, const struct notification *n, struct web_request *q)
{
	const struct slack *s = settings;
	struct buf *json = &q->body;

	buf_adds(&q->url, s->url);
	render_title_json(json, "{\"text\":", n, &style, TEXT_MAX);
	buf_adds(json, ",\"unfurl_links\":false,\"unfurl_media\":false,"
		       "\"blocks\":[{\"type\":\"header\",\"text\":{"
		       "\"type\":\"plain_text\",\"emoji\":false");
	render_title_json(json, ",\"text\":", n, &style, HEADER_MAX);
	buf_adds(json, "}}");
	if (n->cause == NOTIFICATION_DIGEST)
		add_digest(json, n);
	else
		add_alerts(json, n);
	add_settings(json, s);
	buf_adds(json, "]}");
}

static const struct channel_string strings[] = {
    {"url", CHANNEL_URL, offsetof(struct slack, url), true, NULL},
    {"mention", CHANNEL_STRING, offsetof(struct slack, mention), false, NULL},
    {"link", CHANNEL_URL, offsetof(struct slack, link), false, NULL},
    {NULL, CHANNEL_SECRET, 0, false, NULL},
};

static const struct channel_shape shape = {
    .size = sizeof(struct slack), .strings = strings, .compose = compose};

const struct channel channel_slack = {.name = "slack",
    .shape = &shape,
    .load = channel_load,
    .free = channel_settings_free,
    .send = web_send,
    .limits = {TEXT_UTF16, HEADER_MAX, SECTION_MAX, 60, false}};
