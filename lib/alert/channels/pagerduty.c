/*
 * pagerduty - an event for Events API v2 of PagerDuty.
 *
 * One incident a thread: dedup_key is the same from the first alert of the
 * group until all are resolved, so later events change the incident.
 */
#include "alert/render.h"
#include "alert/web.h"
#include "core/timestamp.h"
#include "json/write.h"

/* Characters of a summary; bytes of the details, where an event has 512 KB. */
#define SUMMARY_MAX 1024
#define DETAILS_MAX 100000

struct pagerduty {
	struct channel_base base;
	char *url, *key, *source, *link; /* owned */
};

static const struct render_style summary = {
    text_plain, TEXT_CODE_POINTS, "", "", "\n"};

static const char *
action_of(const struct notification *n)
{
	if (n->cause == NOTIFICATION_ACKED)
		return "acknowledge";
	return n->is_firing ? "trigger" : "resolve";
}

static void
add_payload(
    struct buf *json, const struct pagerduty *p, const struct notification *n)
{
	char time[TIMESTAMP_SIZE];

	timestamp_format(n->created_at, time);
	render_title_json(
	    json, ",\"payload\":{\"summary\":", n, &summary, SUMMARY_MAX);
	jwrite_text(json, ",\"source\":", p->source);
	jwrite_text(json, ",\"severity\":", alert_severities[n->severity]);
	jwrite_text(json, ",\"timestamp\":", time);
	jwrite_text(json, ",\"class\":", n->notices[0].rule);
	buf_adds(json, ",\"custom_details\":{\"group\":");
	buf_adds(json, n->group);
	render_body_json(json, ",\"alerts\":", n, &render_plain, DETAILS_MAX);
	buf_adds(json, "}}");
}

static void
compose(
    const void *settings, const struct notification *n, struct web_request *q)
{
	const struct pagerduty *p = settings;
	struct buf *json = &q->body;

	buf_adds(&q->url, p->url);
	jwrite_text(json, "{\"routing_key\":", p->key);
	jwrite_text(json, ",\"event_action\":", action_of(n));
	jwrite_text(json, ",\"dedup_key\":", n->thread);
	add_payload(json, p, n);
	if (p->link) {
		jwrite_text(json, ",\"links\":[{\"href\":", p->link);
		buf_adds(json, "}]");
	}
	buf_adds(json, ",\"client\":\"cdo-alert\"}");
}

static const struct channel_string strings[] = {
    {"url", CHANNEL_URL, offsetof(struct pagerduty, url), false,
	"https://events.pagerduty.com/v2/enqueue"},
    {"key", CHANNEL_SECRET, offsetof(struct pagerduty, key), true, NULL},
    {"source", CHANNEL_STRING, offsetof(struct pagerduty, source), false,
	"cdo"},
    {"link", CHANNEL_URL, offsetof(struct pagerduty, link), false, NULL},
    {NULL, CHANNEL_SECRET, 0, false, NULL},
};

static const struct channel_shape shape = {
    .size = sizeof(struct pagerduty), .strings = strings, .compose = compose};

const struct channel channel_pagerduty = {.name = "pagerduty",
    .shape = &shape,
    .load = channel_load,
    .free = channel_settings_free,
    .send = web_send,
    .limits = {TEXT_CODE_POINTS, SUMMARY_MAX, DETAILS_MAX, 120, true}};
