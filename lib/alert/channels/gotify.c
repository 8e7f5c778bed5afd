/*
 * gotify - a message to an application of Gotify (gotify.net, POST /message).
 */
#include "alert/channel_settings.h"
#include "alert/render.h"
#include "alert/uri.h"
#include "json/write.h"

/* Gotify has no limits; these are for who reads it. */
#define TITLE_MAX 250
#define BODY_MAX 16000

struct gotify {
	struct channel_base base;
	char *url, *token, *link; /* owned */
};

static const struct channel_shape shape = {sizeof(struct gotify),
    (const struct channel_string[]){
	{"url", CHANNEL_URL, offsetof(struct gotify, url), true, NULL},
	{"token", CHANNEL_SECRET, offsetof(struct gotify, token), true, NULL},
	{"link", CHANNEL_URL, offsetof(struct gotify, link), false, NULL},
	{NULL, CHANNEL_SECRET, 0, false, NULL}},
    NULL};

static void *
load(struct alerts *a, const struct doc_place *at, const json_t *v)
{
	return channel_load(a, at, v, &shape);
}

static void
compose(struct buf *json, const struct gotify *g, const struct notification *n)
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

static enum delivery
send(const void *settings, struct channel_link *link,
    const struct notification *n, struct attempt *t)
{
	const struct gotify *g = settings;
	struct buf json = {0}, url = {0}, token = {0};
	enum delivery outcome;

	compose(&json, g, n);
	uri_join(&url, g->url, "/message");
	buf_addc(&url, '\0');
	buf_adds(&token, "X-Gotify-Key: ");
	buf_adds(&token, g->token);
	buf_addc(&token, '\0');
	outcome = channel_post(link,
	    &(struct channel_post){.url = url.data,
		.headers = (const char *[]){token.data, NULL},
		.body = &json,
		.timeout_ms = g->base.timeout_ms},
	    t);
	buf_release(&json);
	buf_release(&url);
	buf_release(&token);
	return outcome;
}

const struct channel channel_gotify = {"gotify", load, channel_settings_free,
    send, {TEXT_BYTES, TITLE_MAX, BODY_MAX, 0, false}};
