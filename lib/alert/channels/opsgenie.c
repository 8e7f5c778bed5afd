/*
 * opsgenie - an alert in Opsgenie, or in Jira Service Management by the same
 * API (docs.opsgenie.com, Alert API): created, acknowledged, closed.
 *
 * The alias is the thread: the same from the first alert of the group until
 * all are resolved.
 */
#include "alert/channel_settings.h"
#include "alert/render.h"
#include "alert/uri.h"
#include "json/write.h"

/* In characters. */
#define MESSAGE_MAX 130
#define DESCRIPTION_MAX 15000

struct opsgenie {
	struct channel_base base;
	char *url, *key, *link; /* owned */
};

static const struct channel_shape shape = {sizeof(struct opsgenie),
    (const struct channel_string[]){
	{"url", CHANNEL_URL, offsetof(struct opsgenie, url), false,
	    "https://api.opsgenie.com"},
	{"key", CHANNEL_SECRET, offsetof(struct opsgenie, key), true, NULL},
	{"link", CHANNEL_URL, offsetof(struct opsgenie, link), false, NULL},
	{NULL, CHANNEL_SECRET, 0, false, NULL}},
    NULL};

static const struct render_style style = {text_plain, TEXT_UTF16, "", "", "\n"};

static void *
load(struct alerts *a, const struct doc_place *at, const json_t *v)
{
	return channel_load(a, at, v, &shape);
}

static bool
is_created(const struct notification *n)
{
	return n->is_firing && n->cause != NOTIFICATION_ACKED;
}

static void
compose(
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

static enum delivery
send(const void *settings, struct channel_link *link,
    const struct notification *n, struct attempt *t)
{
	const struct opsgenie *o = settings;
	struct buf json = {0}, url = {0}, key = {0};
	enum delivery outcome;

	compose(&json, o, n);
	uri_join(&url, o->url, "/v2/alerts");
	if (!is_created(n))
		buf_addf(&url, "/%s/%s?identifierType=alias", n->thread,
		    n->is_firing ? "acknowledge" : "close");
	buf_addc(&url, '\0');
	buf_adds(&key, "Authorization: GenieKey ");
	buf_adds(&key, o->key);
	buf_addc(&key, '\0');
	outcome = channel_post(link,
	    &(struct channel_post){.url = url.data,
		.headers = (const char *[]){key.data, NULL},
		.body = &json,
		.timeout_ms = o->base.timeout_ms},
	    t);
	buf_release(&json);
	buf_release(&url);
	buf_release(&key);
	return outcome;
}

const struct channel channel_opsgenie = {"opsgenie", load,
    channel_settings_free, send,
    {TEXT_UTF16, MESSAGE_MAX, DESCRIPTION_MAX, 0, true}};
