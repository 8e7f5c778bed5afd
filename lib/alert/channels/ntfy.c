/*
 * ntfy - publish to a topic of ntfy (docs.ntfy.sh, "Publish as JSON").
 *
 * By JSON: nothing of the data becomes a header.
 */
#include "alert/channel_settings.h"
#include "alert/render.h"
#include "json/write.h"

/* In bytes; a longer message becomes an attachment. */
#define TITLE_MAX 250
#define BODY_MAX 4000

struct ntfy {
	struct channel_base base;
	char *url, *topic, *token, *link; /* owned */
};

static const struct channel_shape shape = {sizeof(struct ntfy),
    (const struct channel_string[]){
	{"url", CHANNEL_URL, offsetof(struct ntfy, url), false,
	    "https://ntfy.sh"},
	{"topic", CHANNEL_STRING, offsetof(struct ntfy, topic), true, NULL},
	{"token", CHANNEL_SECRET, offsetof(struct ntfy, token), false, NULL},
	{"link", CHANNEL_URL, offsetof(struct ntfy, link), false, NULL},
	{NULL, CHANNEL_SECRET, 0, false, NULL}},
    NULL};

static void *
load(struct alerts *a, const struct doc_place *at, const json_t *v)
{
	return channel_load(a, at, v, &shape);
}

static void
compose(struct buf *json, const struct ntfy *s, const struct notification *n)
{
	static const uint64_t priorities[] = {2, 3, 4, 5};

	jwrite_text(json, "{\"topic\":", s->topic);
	render_title_json(json, ",\"title\":", n, &render_plain, TITLE_MAX);
	render_body_json(json, ",\"message\":", n, &render_plain, BODY_MAX);
	jwrite_count(
	    json, ",\"priority\":", n->is_firing ? priorities[n->severity] : 3);
	buf_adds(json, n->is_firing ? ",\"tags\":[\"rotating_light\"]"
				    : ",\"tags\":[\"white_check_mark\"]");
	if (s->link)
		jwrite_text(json, ",\"click\":", s->link);
	buf_addc(json, '}');
}

static enum delivery
send(const void *settings, struct channel_link *link,
    const struct notification *n, struct attempt *t)
{
	const struct ntfy *s = settings;
	struct buf json = {0}, token = {0};
	const char *headers[] = {NULL, NULL};
	enum delivery outcome;

	compose(&json, s, n);
	if (s->token) {
		buf_adds(&token, "Authorization: Bearer ");
		buf_adds(&token, s->token);
		buf_addc(&token, '\0');
		headers[0] = token.data;
	}
	outcome = channel_post(link,
	    &(struct channel_post){.url = s->url,
		.headers = headers,
		.body = &json,
		.timeout_ms = s->base.timeout_ms},
	    t);
	buf_release(&json);
	buf_release(&token);
	return outcome;
}

const struct channel channel_ntfy = {"ntfy", load, channel_settings_free, send,
    {TEXT_BYTES, TITLE_MAX, BODY_MAX, 12, false}};
