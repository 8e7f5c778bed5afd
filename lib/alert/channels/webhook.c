/*
 * webhook - POST the notification as it is.
 *
 * The receiver knows it again by Idempotency-Key and, with "hmac", that it
 * comes from us: X-Cdo-Signature is the HMAC-SHA256 of the body.
 */
#include <string.h>

#include "alert/channel_settings.h"
#include "core/sha256.h"

struct webhook {
	struct channel_base base;
	char *url, *hmac; /* owned; hmac may be NULL */
};

static const struct channel_shape shape = {sizeof(struct webhook),
    (const struct channel_string[]){
	{"url", CHANNEL_URL, offsetof(struct webhook, url), true, NULL},
	{"hmac", CHANNEL_SECRET, offsetof(struct webhook, hmac), false, NULL},
	{NULL, CHANNEL_SECRET, 0, false, NULL}},
    NULL};

static void *
load(struct alerts *a, const struct doc_place *at, const json_t *v)
{
	return channel_load(a, at, v, &shape);
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
	    &(struct channel_post){.url = w->url,
		.headers = headers,
		.body = &n->json,
		.timeout_ms = w->base.timeout_ms},
	    t);
}

const struct channel channel_webhook = {
    "webhook", load, channel_settings_free, send, {TEXT_BYTES, 0, 0, 0, false}};
