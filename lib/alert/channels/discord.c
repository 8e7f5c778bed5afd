/*
 * discord - a message by a webhook of Discord: one embed.
 *
 * What may be markup in data is escaped, and no mention is parsed but those
 * of the settings (discord.com/developers, "Allowed Mentions").
 */
#include "alert/render.h"
#include "alert/web.h"
#include "json/write.h"

/* In characters, whichever; an embed has 6000 in all. */
#define TITLE_MAX 256
#define BODY_MAX 4096

#define RESOLVED 0x2ECC71 /* its color: green */

struct discord {
	struct channel_base base;
	char *url, *mention, *link; /* owned */
};

static const struct render_style style = {
    text_markdown, TEXT_UTF16, "**", "**", "\n"};

static void
compose(
    const void *settings, const struct notification *n, struct web_request *q)
{
	static const uint64_t colors[] = {
	    0x3498DB, 0xF1C40F, 0xE67E22, 0xE74C3C};
	const struct discord *d = settings;
	struct buf *json = &q->body;

	buf_adds(&q->url, d->url);
	buf_adds(json, "{\"allowed_mentions\":{\"parse\":[");
	if (d->mention) /* data is in the embed, which mentions nobody */
		buf_adds(json, "\"everyone\",\"roles\",\"users\"");
	buf_adds(json, "]}");
	if (d->mention)
		jwrite_text(json, ",\"content\":", d->mention);
	render_title_json(
	    json, ",\"embeds\":[{\"title\":", n, &style, TITLE_MAX);
	render_body_json(json, ",\"description\":", n, &style, BODY_MAX);
	if (d->link)
		jwrite_text(json, ",\"url\":", d->link);
	jwrite_count(
	    json, ",\"color\":", n->is_firing ? colors[n->severity] : RESOLVED);
	buf_adds(json, "}]}");
}

static const struct channel_string strings[] = {
    {"url", CHANNEL_URL, offsetof(struct discord, url), true, NULL},
    {"mention", CHANNEL_STRING, offsetof(struct discord, mention), false, NULL},
    {"link", CHANNEL_URL, offsetof(struct discord, link), false, NULL},
    {NULL, CHANNEL_SECRET, 0, false, NULL},
};

static const struct channel_shape shape = {
    .size = sizeof(struct discord), .strings = strings, .compose = compose};

const struct channel channel_discord = {.name = "discord",
    .shape = &shape,
    .load = channel_load,
    .free = channel_settings_free,
    .send = web_send,
    .limits = {TEXT_UTF16, TITLE_MAX, BODY_MAX, 30, false}};
