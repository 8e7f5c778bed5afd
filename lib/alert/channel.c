#include <stdlib.h>
#include <string.h>

#include "alert/channel.h"
#include "core/xmem.h"
#include "http/retry.h"

const struct channel *const channels[] = {
    &channel_exec, &channel_slack, &channel_webhook, NULL};

void
channel_link_release(struct channel_link *link)
{
	http_free(link->http);
	link->http = NULL;
}

enum delivery
channel_post(
    struct channel_link *link, const struct channel_post *p, struct attempt *t)
{
	const struct http_policy policy = {.attempts = 3,
	    .base_ms = 500,
	    .cap_ms = 5000,
	    .max_wait_ms = 10000,
	    .deadline_ms = 2 * p->timeout_ms};
	const char *headers[CHANNEL_HEADERS + 2] = {
	    "Content-Type: application/json"};
	struct http_request q = {.method = "POST",
	    .url = p->url,
	    .headers = headers,
	    .body = p->json->data,
	    .body_len = p->json->len,
	    .is_idempotent = true, /* twice is better than never */
	    .finishes = true,
	    .redirects = HTTP_REDIRECTS_NONE,
	    .timeout_ms = p->timeout_ms};
	struct http_result r;
	enum http_class class;

	for (size_t i = 0; p->headers && p->headers[i]; i++)
		headers[i + 1] = p->headers[i];
	if (!link->http)
		link->http = http_new();
	class = http_retry(link->http, &q, &policy, NULL, NULL, &r);
	buf_adds(&t->why, r.error);
	if (r.retry_after_ms > 0)
		t->wait_ms = r.retry_after_ms;
	http_result_release(&r);
	if (class == HTTP_OK)
		return DELIVERED;
	return class == HTTP_PERMANENT ? DELIVERY_PERMANENT
				       : DELIVERY_TEMPORARY;
}

struct reference {
	const char *secret, *prefix;
};

/* Is it the form of a reference to a secret, which is not read? */
static bool
is_reference(struct alerts *a, const struct doc_place *at, const json_t *v)
{
	static const struct doc_member members[] = {
	    {"secret", DOC_STRING, offsetof(struct reference, secret), true,
		NULL},
	    {"prefix", DOC_STRING, offsetof(struct reference, prefix), false,
		NULL},
	    {NULL, DOC_VALUE, 0, false, NULL}};
	static const char *const kinds[] = {"env:", "file:", "cred:", NULL};
	struct doc_place place = {.up = at, .key = "secret"};
	struct reference r = {0};

	if (!doc_read(&a->doc, at, v, members, &r))
		return false;
	for (size_t i = 0; kinds[i]; i++)
		if (strncmp(r.secret, kinds[i], strlen(kinds[i])) == 0)
			return true;
	doc_fault(&a->doc, &place, "must be env:NAME, file:PATH or cred:NAME");
	return false;
}

char *
channel_secret(
    struct alerts *a, const struct doc_place *at, const json_t *v, bool plain)
{
	if (json_is_string(v) && !plain) {
		doc_fault(&a->doc, at,
		    "must say where the secret is, not what it is: "
		    "{\"secret\":\"env:NAME\"}");
		return NULL;
	}
	if (a->with_secrets || json_is_string(v))
		return doc_secret(&a->doc, at, v);
	return is_reference(a, at, v) ? xstrndup("", 0) : NULL;
}

static bool
is_url(const char *s)
{
	const char *host = strstr(s, "://");
	size_t len = host ? (size_t)(host - s) : 0;

	if (!((len == 4 && memcmp(s, "http", 4) == 0) ||
		(len == 5 && memcmp(s, "https", 5) == 0)))
		return false;
	for (const char *p = s; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7F)
			return false;
	host += 3;
	len = strcspn(host, "/?#");
	return len > 0 && !memchr(host, '@', len);
}

char *
channel_url(struct alerts *a, const struct doc_place *at, const json_t *v)
{
	char *url = channel_secret(a, at, v, true);

	if (!url || is_url(url) || (!a->with_secrets && *url == '\0'))
		return url;
	doc_fault(
	    &a->doc, at, "must be a URL of http or https, without a password");
	free(url);
	return NULL;
}

bool
channel_timeout(struct alerts *a, const struct doc_place *at, int64_t ms)
{
	struct doc_place place = {.up = at, .key = "timeout"};

	if (ms > 0 && ms <= CHANNEL_TIMEOUT_MAX_MS)
		return true;
	doc_fault(&a->doc, &place, "must be above 0 and at most 10m");
	return false;
}
