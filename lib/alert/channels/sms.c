/*
 * sms - short messages by Twilio, or by who has the same API (twilio.com/docs,
 * Messages resource).
 */
#include <string.h>

#include "alert/channel_settings.h"
#include "alert/recipients.h"
#include "alert/render.h"
#include "alert/uri.h"
#include "core/base64.h"
#include "core/timestamp.h"

/* UTF-16 units, as an SMS counts what is not its own alphabet: 4 parts. */
#define TEXT_MAX 268

struct sms {
	struct channel_base base;
	char *url, *account, *key, *token, *from; /* owned */
	const json_t *to;
};

static const struct channel_shape shape = {sizeof(struct sms),
    (const struct channel_string[]){
	{"url", CHANNEL_URL, offsetof(struct sms, url), false,
	    "https://api.twilio.com"},
	{"account", CHANNEL_STRING, offsetof(struct sms, account), true, NULL},
	{"key", CHANNEL_STRING, offsetof(struct sms, key), false, NULL},
	{"token", CHANNEL_SECRET, offsetof(struct sms, token), true, NULL},
	{"from", CHANNEL_STRING, offsetof(struct sms, from), true, NULL},
	{NULL, CHANNEL_SECRET, 0, false, NULL}},
    (const struct doc_member[]){
	{"to", DOC_STRINGS, offsetof(struct sms, to), true, NULL},
	{NULL, DOC_VALUE, 0, false, NULL}}};

static const struct render_style style = {text_plain, TEXT_UTF16, "", "", "\n"};

/* E.164: + and up to 15 digits. */
static bool
is_number(const char *s)
{
	size_t n = strspn(s + (*s == '+'), "0123456789");

	return *s == '+' && n >= 3 && n <= 15 && s[n + 1] == '\0';
}

static void *
load(struct alerts *a, const struct doc_place *at, const json_t *v)
{
	struct sms *s = channel_load(a, at, v, &shape);

	if (!s || recipients_check(a, at, s->to, is_number,
		      "must be a number like +15551234567"))
		return s;
	channel_settings_free(s);
	return NULL;
}

static enum delivery
send_to(const struct sms *s, struct channel_link *link,
    const struct channel_post *p, const char *to, const struct buf *text,
    struct attempt *t)
{
	struct buf form = {0};
	struct channel_post one = *p;
	enum delivery outcome;

	uri_add_field(&form, "To", to, strlen(to));
	uri_add_field(&form, "From", s->from, strlen(s->from));
	uri_add_field(&form, "Body", text->data, text->len);
	one.body = &form;
	outcome = channel_post(link, &one, t);
	buf_release(&form);
	return outcome;
}

/* Send to each who has not got it; post: all but the body. */
static enum delivery
send_all(const struct sms *s, struct channel_link *link,
    const struct channel_post *p, const struct notification *n,
    struct attempt *t)
{
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
		outcome = send_to(s, link, p, to, &text, &one);
		buf_addc(&one.why, '\0');
		recipients_note(&r, to, outcome, one.why.data);
		if (one.wait_ms > t->wait_ms)
			t->wait_ms = one.wait_ms;
		buf_release(&one.why);
	}
	buf_release(&text);
	return recipients_end(&r);
}

static enum delivery
send(const void *settings, struct channel_link *link,
    const struct notification *n, struct attempt *t)
{
	const struct sms *s = settings;
	struct buf url = {0}, user = {0}, header = {0};
	enum delivery outcome;

	uri_join(&url, s->url, "/2010-04-01/Accounts/");
	buf_adds(&url, s->account);
	buf_adds(&url, "/Messages.json");
	buf_addc(&url, '\0');
	buf_adds(&user, s->key ? s->key : s->account);
	buf_addc(&user, ':');
	buf_adds(&user, s->token);
	buf_adds(&header, "Authorization: Basic ");
	base64_add(&header, user.data, user.len);
	buf_addc(&header, '\0');
	outcome = send_all(s, link,
	    &(struct channel_post){.url = url.data,
		.type = URI_FORM,
		.headers = (const char *[]){header.data, NULL},
		.timeout_ms = s->base.timeout_ms},
	    n, t);
	buf_release(&url);
	buf_release(&user);
	buf_release(&header);
	return outcome;
}

const struct channel channel_sms = {"sms", load, channel_settings_free, send,
    {TEXT_UTF16, TEXT_MAX, 0, 60, false}};
