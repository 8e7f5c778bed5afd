/*
 * webhook - POST the notification as it is.
 *
 * The receiver knows it again by Idempotency-Key and, with "hmac", that it
 * comes from us: X-Cdo-Signature is the HMAC-SHA256 of the body.
 */
#include <string.h>

#include "alert/web.h"
#include "core/sha256.h"

struct webhook {
	struct channel_base base;
	char *url, *hmac; /* owned; hmac may be NULL */
};

static void
compose(
    const void *settings, const struct notification *n, struct web_request *q)
{
	const struct webhook *w = settings;
	char signature[SHA256_HEX];
	uint8_t digest[SHA256_SIZE];

	buf_adds(&q->url, w->url);
	buf_add(&q->body, n->json.data, n->json.len);
	web_add_header(q, "Idempotency-Key: ", n->id);
	if (!w->hmac)
		return;
	sha256_hmac(
	    w->hmac, strlen(w->hmac), n->json.data, n->json.len, digest);
	sha256_hex(digest, signature);
	web_add_header(q, "X-Cdo-Signature: sha256=", signature);
}

static const struct channel_string strings[] = {
    {"url", CHANNEL_URL, offsetof(struct webhook, url), true, NULL},
    {"hmac", CHANNEL_SECRET, offsetof(struct webhook, hmac), false, NULL},
    {NULL, CHANNEL_SECRET, 0, false, NULL},
};

static const struct channel_shape shape = {
    .size = sizeof(struct webhook), .strings = strings, .compose = compose};

const struct channel channel_webhook = {.name = "webhook",
    .shape = &shape,
    .load = channel_load,
    .free = channel_settings_free,
    .send = web_send,
    .limits = {TEXT_BYTES, 0, 0, 0, false}};
