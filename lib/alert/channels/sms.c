/*
 * sms - short messages by Twilio, or by who has the same API (twilio.com/docs,
 * Messages resource).
 */
#include <string.h>

#include "alert/recipients.h"
#include "alert/render.h"
#include "alert/web.h"
#include "core/base64.h"
#include "core/timestamp.h"

/* UTF-16 units, as an SMS counts what is not its own alphabet: 4 parts. */
#define TEXT_MAX 268

struct sms {
	struct channel_base base;
	char *url, *account, *key, *token, *from; /* owned */
	const json_t *to;
};

static const struct render_style style = {text_plain, TEXT_UTF16, "", "", "\n"};

/* E.164: + and up to 15 digits. */
static bool
is_number(const char *s)
{
	size_t n = strspn(s + (*s == '+'), "0123456789");

	return *s == '+' && n >= 3 && n <= 15 && s[n + 1] == '\0';
}

static void *
load(struct alerts *a, const struct doc_place *at, const json_t *v,
    const struct channel *self)
{
	struct sms *s = channel_load(a, at, v, self);

	if (!s || recipients_check(a, at, s->to, is_number,
		      "must be a number like +15551234567"))
		return s;
	channel_settings_free(s);
	return NULL;
}

static enum delivery
send_to(const struct sms *s, struct channel_link *link, const char *to,
    const struct buf *text, struct attempt *t)
{
	struct web_request q = {.type = WEB_FORM};
	struct buf user = {0}, login = {0};

	web_set_url(&q, s->url, "/2010-04-01/Accounts/");
	buf_adds(&q.url, s->account);
	buf_adds(&q.url, "/Messages.json");
	buf_adds(&user, s->key ? s->key : s->account);
	buf_addc(&user, ':');
	buf_adds(&user, s->token);
	base64_add(&login, user.data, user.len);
	buf_addc(&login, '\0');
	web_add_header(&q, "Authorization: Basic ", login.data);
	web_add_field(&q.body, "To", to, strlen(to));
	web_add_field(&q.body, "From", s->from, strlen(s->from));
	web_add_field(&q.body, "Body", text->data, text->len);
	buf_release(&user);
	buf_release(&login);
	return web_post(&q, link, s->base.timeout_ms, t);
}

/* To each who has not got it. */
static enum delivery
send(const void *settings, struct channel_link *link,
    const struct notification *n, struct attempt *t)
{
	const struct sms *s = settings;
	struct recipients r;
	struct buf text = {0};
	int64_t end = timestamp_monotonic() + CHANNEL_MAX_MS;
	const char *to;

	recipients_begin(&r, t);
	render_title(&text, n, &style, TEXT_MAX);
	for (size_t i = 0; (to = recipients_get(s->to, i)) != NULL; i++) {
		struct attempt one = {0};
		enum delivery outcome;

		if (recipients_has(&r, to))
			continue;
		if (timestamp_monotonic() >= end) {
			recipients_note(
			    &r, to, DELIVERY_TEMPORARY, "no time left");
			continue;
		}
		outcome = send_to(s, link, to, &text, &one);
		buf_addc(&one.why, '\0');
		recipients_note(&r, to, outcome, one.why.data);
		if (one.wait_ms > t->wait_ms)
			t->wait_ms = one.wait_ms;
		buf_release(&one.why);
	}
	buf_release(&text);
	return recipients_end(&r);
}

static const struct channel_string strings[] = {
    {"url", CHANNEL_URL, offsetof(struct sms, url), false,
	"https://api.twilio.com"},
    {"account", CHANNEL_STRING, offsetof(struct sms, account), true, NULL},
    {"key", CHANNEL_STRING, offsetof(struct sms, key), false, NULL},
    {"token", CHANNEL_SECRET, offsetof(struct sms, token), true, NULL},
    {"from", CHANNEL_STRING, offsetof(struct sms, from), true, NULL},
    {NULL, CHANNEL_SECRET, 0, false, NULL},
};

static const struct doc_member members[] = {
    {"to", DOC_STRINGS, offsetof(struct sms, to), true, NULL},
    {NULL, DOC_VALUE, 0, false, NULL},
};

static const struct channel_shape shape = {
    .size = sizeof(struct sms), .strings = strings, .members = members};

const struct channel channel_sms = {.name = "sms",
    .shape = &shape,
    .load = load,
    .free = channel_settings_free,
    .send = send,
    .limits = {TEXT_UTF16, TEXT_MAX, 0, 60, false}};
