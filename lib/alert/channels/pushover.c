/*
 * pushover - a message by Pushover (pushover.net/api), without its HTML.
 */
#include <stdio.h>
#include <string.h>

#include "alert/channel_settings.h"
#include "alert/render.h"
#include "alert/uri.h"

/* In characters, without the escapes of the form. */
#define TITLE_MAX 250
#define BODY_MAX 1024

struct pushover {
	struct channel_base base;
	char *url, *token, *user, *device, *link; /* owned */
};

static const struct channel_shape shape = {sizeof(struct pushover),
    (const struct channel_string[]){
	{"url", CHANNEL_URL, offsetof(struct pushover, url), false,
	    "https://api.pushover.net"},
	{"token", CHANNEL_SECRET, offsetof(struct pushover, token), true, NULL},
	{"user", CHANNEL_SECRET, offsetof(struct pushover, user), true, NULL},
	{"device", CHANNEL_STRING, offsetof(struct pushover, device), false,
	    NULL},
	{"link", CHANNEL_URL, offsetof(struct pushover, link), false, NULL},
	{NULL, CHANNEL_SECRET, 0, false, NULL}},
    NULL};

static const struct render_style style = {text_plain, TEXT_UTF16, "", "", "\n"};

static void *
load(struct alerts *a, const struct doc_place *at, const json_t *v)
{
	return channel_load(a, at, v, &shape);
}

/* A field of the form, if there is something. */
static void
add(struct buf *form, const char *name, const char *value)
{
	if (value)
		uri_add_field(form, name, value, strlen(value));
}

static void
add_text(struct buf *form, const char *name, struct buf *text)
{
	uri_add_field(form, name, text->data, text->len);
	buf_release(text);
}

static void
compose(
    struct buf *form, const struct pushover *p, const struct notification *n)
{
	static const char *const priorities[] = {"-1", "0", "0", "1"};
	struct buf title = {0}, body = {0};
	char seconds[32];

	add(form, "token", p->token);
	add(form, "user", p->user);
	add(form, "device", p->device);
	render_title(&title, n, &style, TITLE_MAX);
	add_text(form, "title", &title);
	render_body(&body, n, &style, BODY_MAX);
	add_text(form, "message", &body);
	add(form, "priority", n->is_firing ? priorities[n->severity] : "0");
	snprintf(seconds, sizeof(seconds), "%lld",
	    (long long)(n->created_at / 1000));
	add(form, "timestamp", seconds);
	add(form, "url", p->link);
}

static enum delivery
send(const void *settings, struct channel_link *link,
    const struct notification *n, struct attempt *t)
{
	const struct pushover *p = settings;
	struct buf form = {0}, url = {0};
	enum delivery outcome;

	compose(&form, p, n);
	uri_join(&url, p->url, "/1/messages.json");
	buf_addc(&url, '\0');
	outcome = channel_post(link,
	    &(struct channel_post){.url = url.data,
		.type = URI_FORM,
		.body = &form,
		.timeout_ms = p->base.timeout_ms},
	    t);
	buf_release(&form);
	buf_release(&url);
	return outcome;
}

const struct channel channel_pushover = {"pushover", load,
    channel_settings_free, send, {TEXT_UTF16, TITLE_MAX, BODY_MAX, 0, false}};
