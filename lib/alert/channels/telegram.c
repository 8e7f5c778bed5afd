/*
 * telegram - a message by a bot of Telegram (core.telegram.org/bots/api,
 * sendMessage), in its HTML.
 */
#include <string.h>

#include "alert/render.h"
#include "alert/web.h"
#include "json/write.h"

#define TEXT_MAX 4096 /* UTF-16 units, counted with the escapes */
#define TITLE_MAX 512

struct telegram {
	struct channel_base base;
	char *url, *token, *chat, *link; /* owned */
	uint64_t topic; /* 0: none */
	bool silent;
};

static const struct render_style style = {
    text_telegram, TEXT_UTF16, "<b>", "</b>", "\n"};

/* A link of the settings, where an & may stand. */
static void
add_link(struct buf *text, const char *url)
{
	struct text t = {.out = text,
	    .escape = text_html,
	    .unit = TEXT_UTF16,
	    .max = TEXT_MAX};

	text_own(&t, "\n<a href=\"", false);
	text_adds(&t, url);
	text_own(&t, "\">", false);
	text_adds(&t, url);
	text_own(&t, "</a>", false);
}

static void
write_body(
    struct buf *json, const struct telegram *g, const struct notification *n)
{
	size_t left = TEXT_MAX - strlen("<b></b>\n");
	struct buf text = {0}, more = {0};

	if (g->link)
		add_link(&more, g->link);
	left -= more.len < left / 2 ? more.len : left / 2;
	buf_adds(&text, "<b>");
	render_title(&text, n, &style, TITLE_MAX);
	left -= text.len < left ? text.len : left; /* bytes: more than units */
	buf_adds(&text, "</b>\n");
	render_body(&text, n, &style, left);
	buf_add(&text, more.data, more.len);
	jwrite_text(json, "{\"chat_id\":", g->chat);
	buf_adds(json, ",\"text\":");
	jwrite_string(json, text.data, text.len);
	buf_adds(json, ",\"parse_mode\":\"HTML\","
		       "\"link_preview_options\":{\"is_disabled\":true}");
	if (g->topic > 0)
		jwrite_count(json, ",\"message_thread_id\":", g->topic);
	if (g->silent)
		buf_adds(json, ",\"disable_notification\":true");
	buf_addc(json, '}');
	buf_release(&text);
	buf_release(&more);
}

static void
compose(
    const void *settings, const struct notification *n, struct web_request *q)
{
	const struct telegram *g = settings;

	web_set_url(q, g->url, "/bot");
	buf_adds(&q->url, g->token);
	buf_adds(&q->url, "/sendMessage");
	write_body(&q->body, g, n);
}

static const struct channel_string strings[] = {
    {"url", CHANNEL_URL, offsetof(struct telegram, url), false,
	"https://api.telegram.org"},
    {"token", CHANNEL_SECRET, offsetof(struct telegram, token), true, NULL},
    {"chat", CHANNEL_STRING, offsetof(struct telegram, chat), true, NULL},
    {"link", CHANNEL_URL, offsetof(struct telegram, link), false, NULL},
    {NULL, CHANNEL_SECRET, 0, false, NULL},
};

static const struct doc_member members[] = {
    {"topic", DOC_COUNT, offsetof(struct telegram, topic), false, NULL},
    {"silent", DOC_BOOL, offsetof(struct telegram, silent), false, NULL},
    {NULL, DOC_VALUE, 0, false, NULL},
};

static const struct channel_shape shape = {.size = sizeof(struct telegram),
    .strings = strings,
    .members = members,
    .compose = compose};

const struct channel channel_telegram = {.name = "telegram",
    .shape = &shape,
    .load = channel_load,
    .free = channel_settings_free,
    .send = web_send,
    .limits = {TEXT_UTF16, TITLE_MAX, TEXT_MAX, 20, false}};
