/*
 * gotify - a message to an application of Gotify (gotify.net, POST /message).
 */
#include "alert/render.h"
#include "alert/web.h"
#include "json/write.h"

/* Gotify has no limits; these are for who reads it. */
#define TITLE_MAX 250
#define BODY_MAX 16000

struct gotify {
	struct channel_base base;
	char *url, *token, *link; /* owned */
};

static void
write_body(
    struct buf *json, const struct gotify *g, const struct notification *n)
{
	static const uint64_t priorities[] = {2, 4, 6, 9};

	render_title_json(json, "{\"title\":", n, &render_plain, TITLE_MAX);
	render_body_json(json, ",\"message\":", n, &render_plain, BODY_MAX);
	jwrite_count(
	    json, ",\"priority\":", n->is_firing ? priorities[n->severity] : 4);
	buf_adds(json, ",\"extras\":{\"client::display\":{"
		       "\"contentType\":\"text/plain\"}");
	if (g->link) {
		jwrite_text(json,
		    ",\"client::notification\":{\"click\":{\"url\":", g->link);
		buf_adds(json, "}}");
	}
	buf_adds(json, "}}");
}

static void
compose(
    const void *settings, const struct notification *n, struct web_request *q)
{
	const struct gotify *g = settings;

	web_set_url(q, g->url, "/message");
	web_add_header(q, "X-Gotify-Key: ", g->token);
	write_body(&q->body, g, n);
}

static const struct channel_string strings[] = {
    {"url", CHANNEL_URL, offsetof(struct gotify, url), true, NULL},
    {"token", CHANNEL_SECRET, offsetof(struct gotify, token), true, NULL},
    {"link", CHANNEL_URL, offsetof(struct gotify, link), false, NULL},
    {NULL, CHANNEL_SECRET, 0, false, NULL},
};

static const struct channel_shape shape = {
    .size = sizeof(struct gotify), .strings = strings, .compose = compose};

const struct channel channel_gotify = {.name = "gotify",
    .shape = &shape,
    .load = channel_load,
    .free = channel_settings_free,
    .send = web_send,
    .limits = {TEXT_BYTES, TITLE_MAX, BODY_MAX, 0, false}};
