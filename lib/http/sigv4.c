#define _DEFAULT_SOURCE /* explicit_bzero */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/sha256.h"
#include "core/xmem.h"
#include "http/sigv4.h"
#include "http/sigv4_parts.h"

#define SCOPE_END "aws4_request"

/* The moment as "20150830T123600Z"; its first 8 characters are the day. */
static void
format_time(int64_t now, char out[17])
{
	time_t s = (time_t)(now / 1000);
	struct tm tm = {0};

	gmtime_r(&s, &tm);
	strftime(out, 17, "%Y%m%dT%H%M%SZ", &tm);
}

static char *
header(const char *name, const char *value)
{
	struct buf b = {0};

	buf_addf(&b, "%s: %s", name, value);
	return b.data;
}

/* The key that is good for a day, a region and a service. */
static void
derive(const struct sigv4_key *k, const char *day, uint8_t out[SHA256_SIZE])
{
	struct buf secret = {0};

	buf_addf(&secret, "AWS4%s", k->secret);
	sha256_hmac(secret.data, secret.len, day, 8, out);
	sha256_hmac(out, SHA256_SIZE, k->region, strlen(k->region), out);
	sha256_hmac(out, SHA256_SIZE, k->service, strlen(k->service), out);
	sha256_hmac(out, SHA256_SIZE, SCOPE_END, strlen(SCOPE_END), out);
	explicit_bzero(secret.data, secret.len);
	buf_release(&secret);
}

/* The signature of what has that canonical form. */
static void
sign(const struct sigv4_key *k, const char *moment, const char *scope,
    const struct buf *canonical, char out[SHA256_HEX])
{
	uint8_t digest[SHA256_SIZE], key[SHA256_SIZE];
	char hex[SHA256_HEX];
	struct buf text = {0};

	sha256(canonical->data, canonical->len, digest);
	sha256_hex(digest, hex);
	buf_addf(&text, "AWS4-HMAC-SHA256\n%s\n%s\n%s", moment, scope, hex);
	derive(k, moment, key);
	sha256_hmac(key, sizeof(key), text.data, text.len, digest);
	explicit_bzero(key, sizeof(key));
	sha256_hex(digest, out);
	buf_release(&text);
}

/* The headers that are signed with the rest. */
static void
add_headers(struct sigv4_signed *s, const struct sigv4_key *k,
    const struct sigv4_request *q, const char *moment)
{
	size_t n = 0;

	s->headers[n++] = header("x-amz-date", moment);
	if (k->token)
		s->headers[n++] = header("x-amz-security-token", k->token);
	if (q->tells_payload)
		s->headers[n] = header("x-amz-content-sha256", q->payload);
}

static void
add_authorization(struct sigv4_signed *s, const struct sigv4_key *k,
    const char *moment, const struct buf *names)
{
	char signature[SHA256_HEX];
	struct buf scope = {0}, value = {0};
	size_t n = 0;

	buf_addf(
	    &scope, "%.8s/%s/%s/" SCOPE_END, moment, k->region, k->service);
	sign(k, moment, scope.data, &s->canonical, signature);
	buf_addf(&value,
	    "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%.*s, "
	    "Signature=%s",
	    k->id, scope.data, (int)names->len, names->data, signature);
	while (s->headers[n])
		n++;
	s->headers[n] = header("Authorization", value.data);
	buf_release(&scope);
	buf_release(&value);
}

bool
sigv4_sign(const struct sigv4_key *k, const struct sigv4_request *q,
    int64_t now, struct sigv4_signed *s)
{
	char moment[17];
	struct sigv4_url url;
	struct buf names = {0};
	bool is_good = sigv4_url_read(&url, q->url);

	*s = (struct sigv4_signed){0};
	format_time(now, moment);
	add_headers(s, k, q, moment);
	if (is_good) {
		buf_addf(&s->canonical, "%s\n", q->method);
		sigv4_add_path(&s->canonical, &url, q->path);
		buf_addc(&s->canonical, '\n');
		sigv4_add_query(&s->canonical, &url);
		buf_addc(&s->canonical, '\n');
		sigv4_add_headers(&s->canonical, &names, &url, q->headers,
		    (const char *const *)s->headers);
		buf_addf(&s->canonical, "\n%.*s\n%s", (int)names.len,
		    names.data, q->payload);
		add_authorization(s, k, moment, &names);
		sigv4_url_write(&s->url, &url, q->path);
	}
	buf_release(&names);
	return is_good;
}

void
sigv4_release(struct sigv4_signed *s)
{
	for (size_t i = 0; s->headers[i]; i++) {
		free(s->headers[i]);
		s->headers[i] = NULL;
	}
	buf_release(&s->url);
	buf_release(&s->canonical);
}
