/*
 * sns - publish to a topic of Amazon SNS (API of 2010-03-31, Publish).
 */
#include <string.h>

#include "alert/render.h"
#include "alert/web.h"
#include "core/sha256.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "http/sigv4.h"

#define SUBJECT_MAX 100 /* ASCII */
#define BODY_MAX 60000 /* bytes; 256 KB, of which the form makes more */

struct sns {
	struct channel_base base;
	char *url, *topic, *id, *secret, *session; /* owned */
	char *region; /* owned: from the topic */
};

static const struct render_style ascii = {text_ascii, TEXT_BYTES, "", "", "\n"};

static void
release(void *settings)
{
	struct sns *s = settings;

	free(s->region);
	channel_settings_free(s);
}

/* The region in arn:aws:sns:REGION:ACCOUNT:NAME, owned, or NULL. */
static char *
region_of(const char *topic)
{
	static const char *const starts[] = {
	    "arn:aws:sns:", "arn:aws-cn:sns:", "arn:aws-us-gov:sns:", NULL};

	for (size_t i = 0; starts[i]; i++) {
		size_t len = strlen(starts[i]), n;

		if (strncmp(topic, starts[i], len) != 0)
			continue;
		n = strspn(
		    topic + len, "abcdefghijklmnopqrstuvwxyz-0123456789");
		if (n > 0 && topic[len + n] == ':')
			return xstrndup(topic + len, n);
	}
	return NULL;
}

static void *
load(struct alerts *a, const struct doc_place *at, const json_t *v,
    const struct channel *self)
{
	struct sns *s = channel_load(a, at, v, self);

	if (!s)
		return NULL;
	s->region = region_of(s->topic);
	if (s->region || (!a->with_secrets && *s->topic == '\0'))
		return s;
	channel_fault(a, at, "topic",
	    "must be an ARN like arn:aws:sns:eu-west-1:123456789012:alerts");
	release(s);
	return NULL;
}

static void
add(struct buf *form, const char *name, const char *value)
{
	web_add_field(form, name, value, strlen(value));
}

static void
compose(struct buf *form, const struct sns *s, const struct notification *n)
{
	const char *suffix = strrchr(s->topic, '.');
	struct buf subject = {0}, body = {0};

	add(form, "Action", "Publish");
	add(form, "Version", "2010-03-31");
	add(form, "TopicArn", s->topic);
	render_title(&subject, n, &ascii, SUBJECT_MAX);
	web_add_field(form, "Subject", subject.data, subject.len);
	render_title(&body, n, &render_plain, BODY_MAX);
	buf_addc(&body, '\n');
	render_body(&body, n, &render_plain, BODY_MAX);
	web_add_field(form, "Message", body.data, body.len);
	if (suffix && strcmp(suffix, ".fifo") == 0) {
		add(form, "MessageGroupId", n->thread);
		add(form, "MessageDeduplicationId", n->id);
	}
	buf_release(&subject);
	buf_release(&body);
}

static bool
sign(const struct sns *s, const char *url, const struct buf *form,
    struct sigv4_signed *out)
{
	const struct sigv4_key key = {.id = s->id,
	    .secret = s->secret,
	    .token = s->session,
	    .region = s->region,
	    .service = "sns"};
	const char *headers[] = {WEB_FORM, NULL};
	uint8_t digest[SHA256_SIZE];
	char payload[SHA256_HEX];
	const struct sigv4_request q = {.method = "POST",
	    .url = url,
	    .headers = headers,
	    .payload = payload,
	    .path = SIGV4_TWICE};

	sha256(form->data, form->len, digest);
	sha256_hex(digest, payload);
	return sigv4_sign(&key, &q, timestamp_now(), out);
}

static enum delivery
send(const void *settings, struct channel_link *link,
    const struct notification *n, struct attempt *t)
{
	const struct sns *s = settings;
	struct sigv4_signed q = {0};
	struct buf form = {0}, url = {0};
	enum delivery outcome = DELIVERY_PERMANENT;
	bool in_china = strncmp(s->region, "cn-", 3) == 0;

	compose(&form, s, n);
	if (s->url)
		buf_adds(&url, s->url);
	else
		buf_addf(&url, "https://sns.%s.amazonaws.com%s/", s->region,
		    in_china ? ".cn" : "");
	buf_addc(&url, '\0');
	if (sign(s, url.data, &form, &q))
		outcome = channel_post(link,
		    &(struct channel_post){.url = q.url.data,
			.type = WEB_FORM,
			.headers = (const char *const *)q.headers,
			.body = &form,
			.timeout_ms = s->base.timeout_ms},
		    t);
	else
		buf_adds(&t->why, "malformed URL");
	sigv4_release(&q);
	buf_release(&form);
	buf_release(&url);
	return outcome;
}

static const struct channel_string strings[] = {
    {"url", CHANNEL_URL, offsetof(struct sns, url), false, NULL},
    {"topic", CHANNEL_STRING, offsetof(struct sns, topic), true, NULL},
    {"access_key_id", CHANNEL_STRING, offsetof(struct sns, id), true, NULL},
    {"secret_access_key", CHANNEL_SECRET, offsetof(struct sns, secret), true,
	NULL},
    {"session_token", CHANNEL_SECRET, offsetof(struct sns, session), false,
	NULL},
    {NULL, CHANNEL_SECRET, 0, false, NULL},
};

static const struct channel_shape shape = {
    .size = sizeof(struct sns), .strings = strings};

const struct channel channel_sns = {.name = "sns",
    .shape = &shape,
    .load = load,
    .free = release,
    .send = send,
    .limits = {TEXT_BYTES, SUBJECT_MAX, BODY_MAX, 0, false}};
