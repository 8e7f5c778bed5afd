/*
 * matrix - a message to a room of Matrix (client-server API v1.7 and later,
 * PUT .../send/m.room.message/{txnId}).
 *
 * The transaction is the notification's id: the server drops a second try.
 * m.mentions is empty: data mentions nobody.
 */
#include <string.h>

#include "alert/render.h"
#include "alert/web.h"
#include "http/sigv4.h"
#include "json/write.h"

/* Of an event's 65536 bytes, where JSON may double what we count. */
#define TEXT_MAX 8000
#define HTML_MAX 16000
#define TITLE_MAX 500

struct matrix {
	struct channel_base base;
	char *url, *room, *token, *link; /* owned */
};

static const struct render_style html = {
    text_html_lines, TEXT_BYTES, "<strong>", "</strong>", "<br>\n"};

static void
write_body(
    struct buf *json, const struct matrix *m, const struct notification *n)
{
	struct buf text = {0}, rich = {0};
	struct text t = {.out = &rich, .escape = text_html, .max = HTML_MAX};

	render_title(&text, n, &render_plain, TITLE_MAX);
	buf_addc(&text, '\n');
	render_body(&text, n, &render_plain, TEXT_MAX);
	buf_adds(&rich, "<strong>");
	render_title(&rich, n, &html, TITLE_MAX);
	buf_adds(&rich, "</strong><br>\n");
	render_body(&rich, n, &html, HTML_MAX);
	if (m->link) {
		buf_addc(&text, '\n');
		buf_adds(&text, m->link);
		text_own(&t, "<br>\n<a href=\"", false);
		text_adds(&t, m->link);
		text_own(&t, "\">", false);
		text_adds(&t, m->link);
		text_own(&t, "</a>", true);
	}
	buf_adds(json, "{\"msgtype\":\"m.text\",\"m.mentions\":{},\"body\":");
	jwrite_string(json, text.data, text.len);
	buf_adds(json, ",\"format\":\"org.matrix.custom.html\","
		       "\"formatted_body\":");
	jwrite_string(json, rich.data, rich.len);
	buf_addc(json, '}');
	buf_release(&text);
	buf_release(&rich);
}

static void
compose(
    const void *settings, const struct notification *n, struct web_request *q)
{
	const struct matrix *m = settings;

	q->method = "PUT";
	web_set_url(q, m->url, "/_matrix/client/v3/rooms/");
	sigv4_encode(&q->url, m->room, strlen(m->room), false);
	buf_adds(&q->url, "/send/m.room.message/");
	buf_adds(&q->url, n->id);
	web_add_header(q, "Authorization: Bearer ", m->token);
	write_body(&q->body, m, n);
}

static const struct channel_string strings[] = {
    {"url", CHANNEL_URL, offsetof(struct matrix, url), true, NULL},
    {"room", CHANNEL_STRING, offsetof(struct matrix, room), true, NULL},
    {"token", CHANNEL_SECRET, offsetof(struct matrix, token), true, NULL},
    {"link", CHANNEL_URL, offsetof(struct matrix, link), false, NULL},
    {NULL, CHANNEL_SECRET, 0, false, NULL},
};

static const struct channel_shape shape = {
    .size = sizeof(struct matrix), .strings = strings, .compose = compose};

const struct channel channel_matrix = {.name = "matrix",
    .shape = &shape,
    .load = channel_load,
    .free = channel_settings_free,
    .send = web_send,
    .limits = {TEXT_BYTES, TITLE_MAX, TEXT_MAX, 12, false}};
