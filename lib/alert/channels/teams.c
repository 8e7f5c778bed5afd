/*
 * teams - an adaptive card for a workflow of Microsoft Teams ("when a Teams
 * webhook request is received").
 *
 * Data stands in text runs, which know no Markdown, unlike text blocks; no
 * entity is declared, so <at> mentions nobody.
 */
#include "alert/render.h"
#include "alert/web.h"
#include "json/write.h"

/* A message has 28 KB, and JSON may double a byte. */
#define TITLE_MAX 500
#define BODY_MAX 10000

struct teams {
	struct channel_base base;
	char *url, *link; /* owned */
};

static void
write_body(
    struct buf *json, const struct teams *s, const struct notification *n)
{
	static const char *const styles[] = {
	    "accent", "warning", "warning", "attention"};

	buf_adds(json,
	    "{\"type\":\"message\",\"attachments\":[{\"contentType\":"
	    "\"application/vnd.microsoft.card.adaptive\",\"content\":{"
	    "\"$schema\":"
	    "\"http://adaptivecards.io/schemas/adaptive-card.json\","
	    "\"type\":\"AdaptiveCard\",\"version\":\"1.4\","
	    "\"msteams\":{\"width\":\"Full\"},\"body\":[{\"type\":"
	    "\"Container\",\"bleed\":true");
	jwrite_text(
	    json, ",\"style\":", n->is_firing ? styles[n->severity] : "good");
	render_title_json(json,
	    ",\"items\":[{\"type\":\"RichTextBlock\",\"inlines\":[{\"type\":"
	    "\"TextRun\",\"weight\":\"bolder\",\"size\":\"medium\",\"text\":",
	    n, &render_plain, TITLE_MAX);
	render_body_json(json,
	    "}]}]},{\"type\":\"RichTextBlock\",\"inlines\":[{\"type\":"
	    "\"TextRun\",\"text\":",
	    n, &render_plain, BODY_MAX);
	buf_adds(json, "}]}]");
	if (s->link) {
		jwrite_text(json,
		    ",\"actions\":[{\"type\":\"Action.OpenUrl\","
		    "\"title\":\"Open\",\"url\":",
		    s->link);
		buf_adds(json, "}]");
	}
	buf_adds(json, "}}]}");
}

static void
compose(
    const void *settings, const struct notification *n, struct web_request *q)
{
	const struct teams *s = settings;

	buf_adds(&q->url, s->url);
	write_body(&q->body, s, n);
}

static const struct channel_string strings[] = {
    {"url", CHANNEL_URL, offsetof(struct teams, url), true, NULL},
    {"link", CHANNEL_URL, offsetof(struct teams, link), false, NULL},
    {NULL, CHANNEL_SECRET, 0, false, NULL},
};

static const struct channel_shape shape = {
    .size = sizeof(struct teams), .strings = strings, .compose = compose};

const struct channel channel_teams = {.name = "teams",
    .shape = &shape,
    .load = channel_load,
    .free = channel_settings_free,
    .send = web_send,
    .limits = {TEXT_BYTES, TITLE_MAX, BODY_MAX, 240, false}};
