/*
 * opsgenie - an alert in Opsgenie, or in Jira Service Management by the same
 * API (docs.opsgenie.com, Alert API): created, acknowledged, closed.
 *
 * The alias is the thread: the same from the first alert of the group until
 * all are resolved.
 */
#include "alert/render.h"
#include "alert/web.h"
#include "json/write.h"

/* In characters. */
#define MESSAGE_MAX 130
#define DESCRIPTION_MAX 15000

struct opsgenie {
	struct channel_base base;
	char *url, *key, *link; /* owned */
};

static const struct render_style style = {text_plain, TEXT_UTF16, "", "", "\n"};

static bool
is_created(const struct notification *n)
{
	return n->is_firing && n->cause != NOTIFICATION_ACKED;
}

static void
write_body(
    struct buf *json, const struct opsgenie *o, const struct notification *n)
{
	static const char *const priorities[] = {"P5", "P4", "P3", "P1"};

	buf_adds(json, "{\"source\":\"cdo-alert\"");
	if (!is_created(n)) {
		render_body_json(
		    json, ",\"note\":", n, &style, DESCRIPTION_MAX);
		buf_addc(json, '}');
		return;
	}
	render_title_json(json, ",\"message\":", n, &style, MESSAGE_MAX);
	jwrite_text(json, ",\"alias\":", n->thread);
	render_body_json(json, ",\"description\":", n, &style, DESCRIPTION_MAX);
	jwrite_text(json, ",\"priority\":", priorities[n->severity]);
	if (o->link) {
		jwrite_text(json, ",\"details\":{\"link\":", o->link);
		buf_addc(json, '}');
	}
	buf_addc(json, '}');
}

static void
compose(
    const void *settings, const struct notification *n, struct web_request *q)
{
	const struct opsgenie *o = settings;

	web_set_url(q, o->url, "/v2/alerts");
	if (!is_created(n))
		buf_addf(&q->url, "/%s/%s?identifierType=alias", n->thread,
		    n->is_firing ? "acknowledge" : "close");
	web_add_header(q, "Authorization: GenieKey ", o->key);
	write_body(&q->body, o, n);
}

static const struct channel_string strings[] = {
    {"url", CHANNEL_URL, offsetof(struct opsgenie, url), false,
	"https://api.opsgenie.com"},
    {"key", CHANNEL_SECRET, offsetof(struct opsgenie, key), true, NULL},
    {"link", CHANNEL_URL, offsetof(struct opsgenie, link), false, NULL},
    {NULL, CHANNEL_SECRET, 0, false, NULL},
};

static const struct channel_shape shape = {
    .size = sizeof(struct opsgenie), .strings = strings, .compose = compose};

const struct channel channel_opsgenie = {.name = "opsgenie",
    .shape = &shape,
    .load = channel_load,
    .free = channel_settings_free,
    .send = web_send,
    .limits = {TEXT_UTF16, MESSAGE_MAX, DESCRIPTION_MAX, 0, true}};
