/*
 * webhook - POST the notification as it is.
 *
 * The receiver knows it again by Idempotency-Key and, with "hmac", that it
 * comes from us: X-Cdo-Signature is the HMAC-SHA256 of the body.
 */
#include <stdlib.h>
#include <string.h>

#include "alert/channel.h"
#include "core/sha256.h"
#include "core/xmem.h"

struct webhook {
	const json_t *url_value, *hmac_value;
	int64_t timeout_ms;
	char *url, *hmac; /* owned; hmac may be NULL */
};

static void
release(void *settings)
{
	struct webhook *w = settings;

	free(w->url);
	free(w->hmac);
	free(w);
}

static void *
load(struct alerts *a, const struct doc_place *at, const json_t *v)
{
	static const struct doc_member members[] = {
	    {"url", DOC_VALUE, offsetof(struct webhook, url_value), true, NULL},
	    {"hmac", DOC_VALUE, offsetof(struct webhook, hmac_value), false,
		NULL},
	    {"timeout", DOC_DURATION, offsetof(struct webhook, timeout_ms),
		false, NULL},
	    {NULL, DOC_VALUE, 0, false, NULL}};
	struct doc_place url = {.up = at, .key = "url"};
	struct doc_place hmac = {.up = at, .key = "hmac"};
	struct webhook *w = xcalloc(1, sizeof(*w));
	bool good;

	w->timeout_ms = CHANNEL_TIMEOUT_MS;
	good = doc_read(&a->doc, at, v, members, w) &&
	       channel_timeout(a, at, w->timeout_ms);
	if (w->url_value)
		w->url = channel_url(a, &url, w->url_value);
	if (w->hmac_value)
		w->hmac = channel_secret(a, &hmac, w->hmac_value, false);
	if (good && w->url && (w->hmac || !w->hmac_value))
		return w;
	release(w);
	return NULL;
}

static enum delivery
send(const void *settings, struct channel_link *link,
    const struct notification *n, struct attempt *t)
{
	const struct webhook *w = settings;
	char key[32 + SHA256_HEX] = "Idempotency-Key: ";
	char signature[32 + SHA256_HEX] = "X-Cdo-Signature: sha256=";
	const char *headers[] = {key, w->hmac ? signature : NULL, NULL};
	uint8_t digest[SHA256_SIZE];

	memcpy(key + strlen(key), n->id, SHA256_HEX);
	if (w->hmac) {
		sha256_hmac(w->hmac, strlen(w->hmac), n->json.data, n->json.len,
		    digest);
		sha256_hex(digest, signature + strlen(signature));
	}
	return channel_post(link,
	    &(struct channel_post){w->url, headers, &n->json, w->timeout_ms},
	    t);
}

const struct channel channel_webhook = {"webhook", load, release, send};
