/*
 * teams - an adaptive card for a workflow of Microsoft Teams ("when a Teams
 * webhook request is received").
 *
 * Data stands in text runs, which know no Markdown, unlike text blocks; no
 * entity is declared, so <at> mentions nobody.
 */
#include "alert/channel_settings.h"
#include "alert/render.h"
#include "json/write.h"

/* A message has 28 KB, and JSON may double a byte. */
#define TITLE_MAX 500
#define BODY_MAX 10000

struct teams {
	struct channel_base base;
	char *url, *link; /* owned */
};

static const struct channel_shape shape = {sizeof(struct teams),
    (const struct channel_string[]){
	{"url", CHANNEL_URL, offsetof(struct teams, url), true, NULL},
	{"link", CHANNEL_URL, offsetof(struct teams, link), false, NULL},
	{NULL, CHANNEL_SECRET, 0, false, NULL}},
    NULL};

static void *
load(struct alerts *a, const struct doc_place *at, const json_t *v)
{
	return channel_load(a, at, v, &shape);
}

static void
compose(struct buf *json, const struct teams *s, const struct notification *n)
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

static enum delivery
send(const void *settings, struct channel_link *link,
    const struct notification *n, struct attempt *t)
{
	const struct teams *s = settings;
	struct buf json = {0};
	enum delivery outcome;

	compose(&json, s, n);
	outcome = channel_post(link,
	    &(struct channel_post){
		.url = s->url, .body = &json, .timeout_ms = s->base.timeout_ms},
	    t);
	buf_release(&json);
	return outcome;
}

const struct channel channel_teams = {"teams", load, channel_settings_free,
    send, {TEXT_BYTES, TITLE_MAX, BODY_MAX, 240, false}};
