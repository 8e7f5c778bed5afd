#include <stdlib.h>

#include "alert/channel.h"
#include "http/retry.h"

const struct channel *const channels[] = {&channel_discord, &channel_email,
    &channel_exec, &channel_gotify, &channel_journal, &channel_matrix,
    &channel_ntfy, &channel_opsgenie, &channel_pagerduty, &channel_pushover,
    &channel_slack, &channel_sms, &channel_sns, &channel_syslog, &channel_teams,
    &channel_telegram, &channel_webhook, NULL};

void
channel_link_release(struct channel_link *link)
{
	http_free(link->http);
	link->http = NULL;
}

static enum delivery
judge(const struct http_result *r, struct attempt *t)
{
	if (r->class == HTTP_OK)
		return DELIVERED;
	buf_adds(&t->why, r->error);
	if (r->retry_after_ms > 0)
		t->wait_ms = r->retry_after_ms;
	/* all of 5xx: another request may well be taken later */
	if (r->class == HTTP_PERMANENT && r->status / 100 != 5)
		return DELIVERY_PERMANENT;
	return DELIVERY_TEMPORARY;
}

enum delivery
channel_post(
    struct channel_link *link, const struct channel_post *p, struct attempt *t)
{
	const struct http_policy policy = {.attempts = 2,
	    .base_ms = 500,
	    .cap_ms = 2000,
	    .max_wait_ms = 5000,
	    .deadline_ms = p->timeout_ms > CHANNEL_MAX_MS ? p->timeout_ms
							  : CHANNEL_MAX_MS};
	const char *headers[CHANNEL_HEADERS + 2] = {
	    p->type ? p->type : "Content-Type: application/json"};
	struct http_request q = {.method = p->method ? p->method : "POST",
	    .url = p->url,
	    .headers = headers,
	    .body = p->body->data,
	    .body_len = p->body->len,
	    .is_idempotent = true, /* twice is better than never */
	    .finishes = true,
	    .redirects = HTTP_REDIRECTS_NONE,
	    .timeout_ms = p->timeout_ms};
	struct http_result r;
	enum delivery outcome;

	for (size_t i = 0; p->headers && p->headers[i]; i++)
		headers[i + 1] = p->headers[i];
	if (!link->http)
		link->http = http_new();
	http_retry(link->http, &q, &policy, NULL, NULL, &r);
	outcome = judge(&r, t);
	http_result_release(&r);
	return outcome;
}
