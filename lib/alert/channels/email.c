/*
 * email - a mail in text and HTML, by SMTP.
 *
 * Each recipient has an outcome of its own: the next try is for those only
 * whom the server asked to come back for.
 */
#include <stdlib.h>
#include <string.h>

#include "alert/channel_settings.h"
#include "alert/mail.h"
#include "alert/mail_html.h"
#include "alert/recipients.h"
#include "alert/render.h"
#include "core/xmem.h"
#include "http/smtp.h"

#define SUBJECT_MAX 200 /* characters; what people see is less */
#define BODY_MAX 100000 /* bytes */

struct email {
	struct channel_base base;
	char *smtp, *from_text, *user, *password, *ca, *link; /* owned */
	char *from, *from_name; /* owned */
	const json_t *to;
	int tls;
};

enum { REQUIRED, NONE };

static const char *const tls_words[] = {"required", "none", NULL};

static const struct render_style subject_style = {
    text_plain, TEXT_CODE_POINTS, "", "", "\n"};

static void
release(void *settings)
{
	struct email *e = settings;

	free(e->from);
	free(e->from_name);
	channel_settings_free(e);
}

/* smtp://HOST or smtps://HOST, maybe with a port, nothing else. */
static bool
is_server(const char *s)
{
	size_t n;

	if (strncmp(s, "smtp://", 7) == 0)
		s += 7;
	else if (strncmp(s, "smtps://", 8) == 0)
		s += 8;
	else
		return false;
	if (*s == '[')
		n = strspn(s, "[0123456789abcdefABCDEF:.]");
	else
		n = strspn(s, "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
	if (n == 0)
		return false;
	s += n;
	return *s == '\0' || (*s == ':' && s[1] != '\0' &&
				 s[1 + strspn(s + 1, "0123456789")] == '\0');
}

/* Do the settings fit together?  An empty string is a secret not read. */
static bool
check(struct alerts *a, const struct doc_place *at, const json_t *v,
    struct email *e)
{
	bool good = recipients_check(
	    a, at, e->to, mail_is_address, "must be an address of mail");

	if (*e->from_text != '\0' &&
	    !mail_parse(e->from_text, &e->from_name, &e->from))
		good = channel_fault(a, at, "from",
		    "must be an address of mail, or Name <address>");
	if (*e->smtp != '\0' && !is_server(e->smtp))
		good = channel_fault(a, at, "smtp",
		    "must be smtp://HOST:PORT or smtps://HOST:PORT");
	if (!e->user != !e->password)
		good = channel_fault(a, at, e->user ? "user" : "password",
		    "user and password go together");
	if (e->tls == NONE && json_object_get(v, "password"))
		good = channel_fault(
		    a, at, "tls", "a password is not sent without TLS");
	if (e->tls == NONE && strncmp(e->smtp, "smtps:", 6) == 0)
		good = channel_fault(a, at, "tls", "smtps is TLS");
	return good;
}

static void *
load(struct alerts *a, const struct doc_place *at, const json_t *v,
    const struct channel *self)
{
	struct email *e = channel_load(a, at, v, self);

	if (!e || check(a, at, v, e))
		return e;
	release(e);
	return NULL;
}

/* The contents in text: the alerts, and the link. */
static void
write_text(struct buf *out, const struct email *e, const struct notification *n)
{
	render_title(out, n, &render_plain, BODY_MAX);
	buf_adds(out, "\n\n");
	render_body(out, n, &render_plain, BODY_MAX);
	buf_addc(out, '\n');
	if (e->link) {
		buf_addc(out, '\n');
		buf_adds(out, e->link);
		buf_addc(out, '\n');
	}
}

/* to: all recipients, ends with NULL. */
static void
compose(struct buf *out, const struct email *e, const char *const *to,
    const struct notification *n)
{
	struct buf subject = {0}, text = {0}, html = {0};
	const struct mail m = {.from = e->from,
	    .from_name = e->from_name,
	    .to = to,
	    .subject = &subject,
	    .date = n->created_at,
	    .id = n->id,
	    .thread = n->thread,
	    .text = &text,
	    .html = &html};

	render_title(&subject, n, &subject_style, SUBJECT_MAX);
	write_text(&text, e, n);
	mail_html(&html, n, e->link);
	mail_write(out, &m);
	buf_release(&subject);
	buf_release(&text);
	buf_release(&html);
}

static void
note(struct recipients *r, const char *to, const struct smtp_result *result)
{
	static const enum delivery outcomes[] = {
	    DELIVERED, DELIVERY_TEMPORARY, DELIVERY_PERMANENT};

	recipients_note(r, to, outcomes[result->class], result->why);
}

/* Send to those who are not done with; to: ends with NULL. */
static void
send_to(const struct email *e, const char *const *all,
    const struct notification *n, struct recipients *r)
{
	const char *to[RECIPIENTS_MAX];
	struct smtp_result results[RECIPIENTS_MAX];
	struct buf message = {0};
	struct smtp_request q = {.url = e->smtp,
	    .is_plain = e->tls == NONE,
	    .ca = e->ca,
	    .user = e->user,
	    .password = e->password,
	    .from = e->from,
	    .to = to,
	    .message = &message,
	    .timeout_ms = e->base.timeout_ms};

	for (size_t i = 0; all[i]; i++)
		if (!recipients_has(r, all[i]))
			to[q.n_to++] = all[i];
	if (q.n_to == 0)
		return;
	compose(&message, e, all, n);
	smtp_send(&q, results);
	for (size_t i = 0; i < q.n_to; i++)
		note(r, to[i], &results[i]);
	buf_release(&message);
}

static enum delivery
send(const void *settings, struct channel_link *link,
    const struct notification *n, struct attempt *t)
{
	const struct email *e = settings;
	const char *all[RECIPIENTS_MAX + 1] = {NULL};
	struct recipients r;

	(void)link;
	for (size_t i = 0; i < RECIPIENTS_MAX; i++)
		all[i] = recipients_get(e->to, i);
	recipients_begin(&r, t);
	send_to(e, all, n, &r);
	return recipients_end(&r);
}

static const struct channel_string strings[] = {
    {"smtp", CHANNEL_STRING, offsetof(struct email, smtp), true, NULL},
    {"from", CHANNEL_STRING, offsetof(struct email, from_text), true, NULL},
    {"user", CHANNEL_STRING, offsetof(struct email, user), false, NULL},
    {"password", CHANNEL_SECRET, offsetof(struct email, password), false, NULL},
    {"ca", CHANNEL_STRING, offsetof(struct email, ca), false, NULL},
    {"link", CHANNEL_URL, offsetof(struct email, link), false, NULL},
    {NULL, CHANNEL_SECRET, 0, false, NULL},
};

static const struct doc_member members[] = {
    {"to", DOC_STRINGS, offsetof(struct email, to), true, NULL},
    {"tls", DOC_WORD, offsetof(struct email, tls), false, tls_words},
    {NULL, DOC_VALUE, 0, false, NULL},
};

static const struct channel_shape shape = {
    .size = sizeof(struct email), .strings = strings, .members = members};

const struct channel channel_email = {.name = "email",
    .shape = &shape,
    .load = load,
    .free = release,
    .send = send,
    .limits = {TEXT_CODE_POINTS, SUBJECT_MAX, BODY_MAX, 0, false}};
