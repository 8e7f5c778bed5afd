#define _DEFAULT_SOURCE /* explicit_bzero */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "core/base64.h"
#include "core/secret.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "http/oauth.h"
#include "http/oauth_file.h"
#include "http/outcome.h"
#include "http/sigv4.h"
#include "json/value.h"

#define LIFE_MS (INT64_C(5) * 60 * 1000) /* if nothing is said */
#define LIFE_MAX_MS (INT64_C(366) * 86400 * 1000)
#define MARGIN_MS 60000 /* not used at the very end of its life */

static bool
is_token(const char *s, size_t len)
{
	if (len == 0 || len > OAUTH_TOKEN_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (s[i] <= ' ' || s[i] > '~')
			return false;
	return true;
}

/* Seconds, a number or one in a string, as ms. */
static int64_t
read_life(struct jval v)
{
	double s = -1;
	size_t len;
	const char *text;
	char *end;

	if (jval_is_number(v)) {
		s = jval_double(v);
	} else if (jval_type(v) == J_STRING) {
		text = jval_string(v, &len);
		s = strtod(text, &end);
		if (len == 0 || end != text + len)
			s = -1;
	}
	if (!(s >= 0))
		return LIFE_MS;
	return s < (double)LIFE_MAX_MS / 1000 ? (int64_t)(s * 1000)
					      : LIFE_MAX_MS;
}

static const char *
fault(struct jval root, struct jval token, struct jval type)
{
	size_t len;
	const char *s;

	if (jval_type(root) != J_OBJECT)
		return "the answer is no object";
	if (jval_type(token) != J_STRING)
		return "the answer has no access_token";
	s = jval_string(token, &len);
	if (!is_token(s, len))
		return "the access_token is malformed";
	if (jval_type(type) == J_ABSENT)
		return NULL;
	s = jval_string(type, &len);
	if (len != 6 || strncasecmp(s, "bearer", 6) != 0)
		return "the token_type is not bearer";
	return NULL;
}

bool
oauth_read(
    const char *text, size_t len, char **token, int64_t *life, struct buf *why)
{
	struct buf padded = {0};
	struct jdoc d;
	const char *reason = "the answer is not JSON";
	size_t n;

	buf_add(&padded, text, len);
	buf_reserve(&padded, JDOC_PADDING);
	memset(padded.data + padded.len, 0, JDOC_PADDING);
	jdoc_init(&d);
	if (jdoc_parse(&d, padded.data, len) == JERR_NONE) {
		struct jval root = jval_root(&d);
		struct jval v = jval_get(root, "access_token", 12);

		reason = fault(root, v, jval_get(root, "token_type", 10));
		if (!reason) {
			const char *s = jval_string(v, &n);

			*token = xstrndup(s, n);
			*life = read_life(jval_get(root, "expires_in", 10));
		}
	}
	if (reason)
		buf_addf(why, "%s", reason);
	jdoc_release(&d);
	explicit_bzero(padded.data, padded.len);
	buf_release(&padded);
	return !reason;
}

static void
add_param(struct buf *b, const char *name, const char *value)
{
	if (!value)
		return;
	buf_addf(b, "&%s=", name);
	sigv4_encode(b, value, strlen(value), false);
}

/* id and secret as RFC 6749, 2.3.1 has them: encoded as in forms. */
static void
add_basic(struct buf *header, const struct oauth *o)
{
	struct buf both = {0};
	size_t start;

	sigv4_encode(&both, o->id, strlen(o->id), false);
	buf_addc(&both, ':');
	sigv4_encode(&both, o->secret, strlen(o->secret), false);
	buf_adds(header, "Authorization: Basic ");
	start = header->len;
	base64_add(header, both.data, both.len);
	secret_remember(header->data + start, header->len - start);
	buf_addc(header, '\0');
	explicit_bzero(both.data, both.len);
	buf_release(&both);
}

/* Ask for a token; the answer's body is appended. */
static enum http_class
ask(struct oauth *o, const struct http_layer *below, struct buf *answer,
    struct http_result *r)
{
	struct buf body = {0}, basic = {0};
	const char *headers[4] = {"Accept: application/json",
	    "Content-Type: application/x-www-form-urlencoded", NULL, NULL};
	struct http_request q = {.method = "POST",
	    .url = o->token_url,
	    .headers = headers,
	    .is_idempotent = true, /* a token more does no harm */
	    .redirects = HTTP_REDIRECTS_NONE,
	    .max_size = OAUTH_ANSWER_MAX};

	buf_adds(&body, "grant_type=client_credentials");
	add_param(&body, "scope", o->scope);
	add_param(&body, "audience", o->audience);
	if (o->is_in_body) {
		add_param(&body, "client_id", o->id);
		add_param(&body, "client_secret", o->secret);
	} else {
		add_basic(&basic, o);
		headers[2] = basic.data;
	}
	q.body = body.data;
	q.body_len = body.len;
	layer_get(below, &q, answer, r);
	explicit_bzero(body.data, body.len);
	if (basic.len > 0)
		explicit_bzero(basic.data, basic.len);
	buf_release(&body);
	buf_release(&basic);
	return r->class;
}

static void
set(struct oauth *o, char *token, int64_t got, int64_t expires)
{
	free(o->token);
	o->token = token;
	o->got = got;
	o->expires = expires;
	secret_remember(token, strlen(token));
}

/* Is there one in memory that will do? */
static bool
is_good(const struct oauth *o, const char * not )
{
	int64_t now = timestamp_now();
	int64_t margin = (o->expires - o->got) / 10;

	if (!o->token || (not &&strcmp(o->token, not ) == 0))
		return false;
	/* a clock that was set back knows nothing of its age */
	return now >= o->got &&
	       now < o->expires - (margin < MARGIN_MS ? margin : MARGIN_MS);
}

/* One that another process has got. */
static void
look_in_file(struct oauth *o)
{
	int64_t got, expires;
	char *token;

	if (o->path && oauth_file_read(o->path, &token, &got, &expires))
		set(o, token, got, expires);
}

/* Take what the server said. */
static void
take(struct oauth *o, const struct buf *answer, struct http_result *r)
{
	struct buf why = {0};
	char *token;
	int64_t life, now = timestamp_now();

	if (oauth_read(answer->data, answer->len, &token, &life, &why)) {
		set(o, token, now, now + life);
		if (o->path)
			oauth_file_write(o->path, token, now, now + life);
	} else {
		http_refuse(r, EX_PROTOCOL, "token: %s", why.data);
	}
	buf_release(&why);
}

enum http_class
oauth_get(struct oauth *o, const struct http_layer *below, const char * not,
    struct http_result *r)
{
	struct buf answer = {0};
	char error[HTTP_ERROR];

	*r = (struct http_result){
	    .retry_after_ms = -1, .latency_us = -1, .date_ms = -1};
	if (is_good(o, not ))
		return HTTP_OK;
	look_in_file(o);
	if (is_good(o, not ))
		return HTTP_OK;
	if (ask(o, below, &answer, r) == HTTP_OK) {
		take(o, &answer, r);
	} else if (r->class != HTTP_STOPPED) {
		snprintf(error, sizeof(error), "token: %.200s", r->error);
		memcpy(r->error, error, sizeof(error));
		if (r->status == 400) /* so says RFC 6749, 5.2 */
			r->exit = EX_NOPERM;
	}
	if (answer.len > 0)
		explicit_bzero(answer.data, answer.len);
	buf_release(&answer);
	return r->class;
}

void
oauth_release(struct oauth *o)
{
	if (o->token)
		explicit_bzero(o->token, strlen(o->token));
	free(o->token);
	free(o->path);
	o->token = NULL;
	o->path = NULL;
}
