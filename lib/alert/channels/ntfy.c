/*
 * ntfy - publish to a topic of ntfy (docs.ntfy.sh, "Publish as JSON").
 *
 * By JSON: nothing of the data becomes a header.
 */
#include "alert/render.h"
#include "alert/web.h"
#include "json/write.h"

/* In bytes; a longer message becomes an attachment. */
#define TITLE_MAX 250
#define BODY_MAX 4000

struct ntfy {
	struct channel_base base;
	char *url, *topic, *token, *link; /* owned */
};

static void
write_body(struct buf *json, const struct ntfy *s, const struct notification *n)
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

static void
compose(
    const void *settings, const struct notification *n, struct web_request *q)
{
	const struct ntfy *s = settings;

	buf_adds(&q->url, s->url);
	if (s->token)
		web_add_header(q, "Authorization: Bearer ", s->token);
	write_body(&q->body, s, n);
}

static const struct channel_string strings[] = {
    {"url", CHANNEL_URL, offsetof(struct ntfy, url), false, "https://ntfy.sh"},
    {"topic", CHANNEL_STRING, offsetof(struct ntfy, topic), true, NULL},
    {"token", CHANNEL_SECRET, offsetof(struct ntfy, token), false, NULL},
    {"link", CHANNEL_URL, offsetof(struct ntfy, link), false, NULL},
    {NULL, CHANNEL_SECRET, 0, false, NULL},
};

static const struct channel_shape shape = {
    .size = sizeof(struct ntfy), .strings = strings, .compose = compose};

const struct channel channel_ntfy = {.name = "ntfy",
    .shape = &shape,
    .load = channel_load,
    .free = channel_settings_free,
    .send = web_send,
    .limits = {TEXT_BYTES, TITLE_MAX, BODY_MAX, 12, false}};
