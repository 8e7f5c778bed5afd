/*
 * pushover - a message by Pushover (pushover.net/api), without its HTML.
 */
#include <stdio.h>
#include <string.h>

#include "alert/render.h"
#include "alert/web.h"

/* In characters, without the escapes of the form. */
#define TITLE_MAX 250
#define BODY_MAX 1024

struct pushover {
	struct channel_base base;
	char *url, *token, *user, *device, *link; /* owned */
};

static const struct render_style style = {text_plain, TEXT_UTF16, "", "", "\n"};

/* A field of the form, if there is something. */
static void
add(struct buf *form, const char *name, const char *value)
{
	if (value)
		web_add_field(form, name, value, strlen(value));
}

static void
add_text(struct buf *form, const char *name, struct buf *text)
{
	web_add_field(form, name, text->data, text->len);
	buf_release(text);
}

static void
write_body(
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

static void
compose(
    const void *settings, const struct notification *n, struct web_request *q)
{
	const struct pushover *p = settings;

	web_set_url(q, p->url, "/1/messages.json");
	q->type = WEB_FORM;
	write_body(&q->body, p, n);
}

static const struct channel_string strings[] = {
    {"url", CHANNEL_URL, offsetof(struct pushover, url), false,
	"https://api.pushover.net"},
    {"token", CHANNEL_SECRET, offsetof(struct pushover, token), true, NULL},
    {"user", CHANNEL_SECRET, offsetof(struct pushover, user), true, NULL},
    {"device", CHANNEL_STRING, offsetof(struct pushover, device), false, NULL},
    {"link", CHANNEL_URL, offsetof(struct pushover, link), false, NULL},
    {NULL, CHANNEL_SECRET, 0, false, NULL},
};

static const struct channel_shape shape = {
    .size = sizeof(struct pushover), .strings = strings, .compose = compose};

const struct channel channel_pushover = {.name = "pushover",
    .shape = &shape,
    .load = channel_load,
    .free = channel_settings_free,
    .send = web_send,
    .limits = {TEXT_UTF16, TITLE_MAX, BODY_MAX, 0, false}};
