#define _DEFAULT_SOURCE /* explicit_bzero */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/base64.h"
#include "core/secret.h"
#include "core/sha256.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "http/auth_private.h"
#include "http/outcome.h"
#include "http/sigv4.h"

#define SKEW_MS (INT64_C(5) * 60 * 1000) /* less is no reason to refuse */

/* A request with credentials. */
struct request {
	struct http_request q;
	struct buf url; /* if it is another one */
	const char **headers; /* owned; the first are the caller's, lent */
	size_t n_lent;
	char *token; /* owned: the one that it has; or NULL */
	struct http_login login; /* user and password are owned */
};

static void
wipe(char *s)
{
	if (s)
		explicit_bzero(s, strlen(s));
	free(s);
}

/* Have room for n headers behind the caller's. */
static void
request_init(struct request *m, const struct http_request *q, size_t n)
{
	*m = (struct request){.q = *q};
	while (q->headers && q->headers[m->n_lent])
		m->n_lent++;
	m->headers = xcalloc(m->n_lent + n + 1, sizeof(*m->headers));
	if (m->n_lent > 0)
		memcpy(m->headers, q->headers, m->n_lent * sizeof(*m->headers));
	m->q.headers = m->headers;
}

static void
request_release(struct request *m)
{
	for (size_t i = m->n_lent; m->headers && m->headers[i]; i++)
		wipe((char *)m->headers[i]);
	free(m->headers);
	if (m->url.len > 0)
		explicit_bzero(m->url.data, m->url.len);
	buf_release(&m->url);
	wipe(m->token);
	wipe((char *)m->login.user);
	wipe((char *)m->login.password);
}

static void
add_header(struct request *m, const char *name, const char *value)
{
	struct buf b = {0};
	size_t n = m->n_lent;

	while (m->headers[n])
		n++;
	buf_addf(&b, "%s: %s", name, value);
	m->headers[n] = b.data;
}

static void
add_query(struct request *m, const char *name, const char *value)
{
	const char *url = m->q.url;
	size_t n = strcspn(url, "#");
	bool has_query = memchr(url, '?', n) != NULL;

	buf_add(&m->url, url, n);
	buf_addc(&m->url, has_query ? '&' : '?');
	sigv4_encode(&m->url, name, strlen(name), false);
	buf_addc(&m->url, '=');
	sigv4_encode(&m->url, value, strlen(value), false);
	buf_addc(&m->url, '\0');
	m->q.url = m->url.data;
}

static void
add_basic(struct request *m, const char *user, const char *password)
{
	struct buf both = {0}, value = {0};

	buf_addf(&both, "%s:%s", user, password);
	buf_adds(&value, "Basic ");
	base64_add(&value, both.data, both.len);
	buf_addc(&value, '\0');
	add_header(m, "Authorization", value.data);
	explicit_bzero(both.data, both.len);
	explicit_bzero(value.data, value.len);
	buf_release(&both);
	buf_release(&value);
}

/* Log in with them where files are.  Returns false if they are of no use
 * there. */
static bool
add_login(const struct auth *a, struct request *m)
{
	const char *user = a->text[AUTH_USER].value;
	const char *password = a->text[AUTH_SECRET].value;

	if (a->kind != AUTH_BASIC && a->kind != AUTH_KEY)
		return false;
	m->login.known_hosts = m->q.login->known_hosts;
	m->login.user = xstrndup(user, strlen(user));
	if (a->kind == AUTH_KEY)
		m->login.key_file = a->name;
	else
		m->login.password = xstrndup(password, strlen(password));
	m->q.login = &m->login;
	return true;
}

void
auth_remember(const struct auth *a)
{
	const char *secret = a->text[AUTH_SECRET].value;
	struct buf plain = {0}, sent = {0};

	if (a->kind == AUTH_QUERY) {
		sigv4_encode(&sent, secret, strlen(secret), false);
	} else if (a->kind == AUTH_BASIC) {
		buf_addf(&plain, "%s:%s", a->text[AUTH_USER].value, secret);
		base64_add(&sent, plain.data, plain.len);
		explicit_bzero(plain.data, plain.len);
	}
	if (sent.len > 0)
		secret_remember(sent.data, sent.len);
	buf_release(&plain);
	buf_release(&sent);
}

static void
add_bearer(struct request *m, const char *token)
{
	struct buf value = {0};

	buf_addf(&value, "Bearer %s", token);
	add_header(m, "Authorization", value.data);
	explicit_bzero(value.data, value.len);
	buf_release(&value);
}

/* Sign it, by what we take for the server's clock. */
static bool
add_signature(const struct auth *a, struct request *m)
{
	bool is_s3 = strcmp(a->service, "s3") == 0;
	const struct auth_text *t = a->text;
	struct sigv4_key k = {
	    .id = t[AUTH_USER].value ? t[AUTH_USER].value : a->keys.id,
	    .secret =
		t[AUTH_SECRET].value ? t[AUTH_SECRET].value : a->keys.secret,
	    .token = t[AUTH_USER].value ? t[AUTH_SESSION].value : a->keys.token,
	    .region = a->region ? a->region : aws_region(),
	    .service = a->service};
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX];
	struct sigv4_request q = {.method = m->q.method ? m->q.method : "GET",
	    .url = m->q.url,
	    .headers = m->q.headers,
	    .payload = hex,
	    .path = is_s3 ? SIGV4_PLAIN : SIGV4_TWICE,
	    .tells_payload = is_s3};
	struct sigv4_signed s;
	bool is_good;

	sha256(
	    m->q.body ? m->q.body : "", m->q.body ? m->q.body_len : 0, digest);
	sha256_hex(digest, hex);
	is_good = sigv4_sign(&k, &q, timestamp_now() + a->skew_ms, &s);
	for (size_t i = 0; is_good && i < SIGV4_HEADERS; i++) {
		m->headers[m->n_lent + i] = s.headers[i]; /* ours now */
		s.headers[i] = NULL;
	}
	if (is_good) {
		buf_add(&m->url, s.url.data, s.url.len + 1);
		m->q.url = m->url.data;
	}
	sigv4_release(&s);
	return is_good;
}

/* Put the credentials in; not: a token that was refused.  Returns HTTP_OK, or
 * what went wrong, in r. */
static enum http_class
apply(struct auth *a, struct request *m, const struct http_layer *below,
    const char * not, struct http_result *r)
{
	const struct auth_text *t = a->text;

	if (m->q.login ? !add_login(a, m) : a->kind == AUTH_KEY) {
		http_refuse(r, EX_CONFIG, "auth of the kind %s is not for %s",
		    auth_kinds[a->kind], m->q.login ? "files" : "http");
		return r->class;
	}
	if (m->q.login)
		return HTTP_OK;
	switch (a->kind) {
	case AUTH_QUERY:
		add_query(m, a->name, t[AUTH_SECRET].value);
		break;
	case AUTH_HEADER:
		add_header(m, a->name, t[AUTH_SECRET].value);
		break;
	case AUTH_BASIC:
		add_basic(m, t[AUTH_USER].value, t[AUTH_SECRET].value);
		break;
	case AUTH_BEARER:
		add_bearer(m, t[AUTH_SECRET].value);
		break;
	case AUTH_OAUTH2:
		a->oauth.id = t[AUTH_USER].value;
		a->oauth.secret = t[AUTH_SECRET].value;
		if (oauth_get(&a->oauth, below, not, r) != HTTP_OK)
			return r->class;
		http_result_release(r);
		m->token = xstrndup(a->oauth.token, strlen(a->oauth.token));
		add_bearer(m, m->token);
		break;
	case AUTH_SIGV4:
		if (!add_signature(a, m)) {
			http_refuse(r, EX_USAGE, "malformed URL");
			return r->class;
		}
		break;
	case AUTH_KEY:
		break;
	}
	return HTTP_OK;
}

/* Was it refused because our clock is not the server's?  Then go by that. */
static bool
corrects_clock(struct auth *a, const struct http_result *r)
{
	int64_t skew = r->date_ms - timestamp_now();
	int64_t off = skew - a->skew_ms;

	if ((r->status != 400 && r->status != 401 && r->status != 403) ||
	    r->date_ms < 0 || (off < SKEW_MS && off > -SKEW_MS))
		return false;
	a->skew_ms = skew;
	return true;
}

/* Is it worth the same once more, with other credentials? */
static bool
refresh(struct auth *a, const struct http_result *r)
{
	bool is_new = false;

	if (a->kind == AUTH_SIGV4 && corrects_clock(a, r))
		return true;
	if (r->status != 401)
		return false;
	if (a->kind == AUTH_OAUTH2)
		return true;
	/* a file may have been written anew */
	for (size_t i = 0; i < AUTH_TEXTS; i++)
		is_new |= auth_reread(&a->text[i]);
	if (is_new)
		auth_remember(a);
	return is_new;
}

/* Where the answer came from, without the key that is in the query. */
static void
hide_key(const struct request *m, const char *url, struct http_result *r)
{
	const char *key =
	    m->url.len > 0 ? m->url.data + strcspn(url, "#") + 1 : NULL;

	if (!key || !r->url || !strstr(r->url, key))
		return;
	wipe(r->url);
	r->url = xstrndup(url, strlen(url));
}

enum http_class
auth_do(struct auth *a, const struct http_request *q,
    const struct http_layer *below, http_on_retry *on_retry,
    struct http_result *r)
{
	struct request m;
	char *refused = NULL;
	enum http_class class;
	bool is_again = false, once_more = true;

	*r = (struct http_result){
	    .retry_after_ms = -1, .latency_us = -1, .date_ms = -1};
	while (once_more) {
		request_init(&m, q, SIGV4_HEADERS);
		pthread_mutex_lock(&a->lock);
		class = apply(a, &m, below, refused, r);
		pthread_mutex_unlock(&a->lock);
		once_more = false;
		if (class == HTTP_OK) {
			below->fetch(below->arg, &m.q, on_retry, r);
			if (a->kind == AUTH_QUERY)
				hide_key(&m, q->url, r);
			pthread_mutex_lock(&a->lock);
			once_more = !is_again && refresh(a, r);
			pthread_mutex_unlock(&a->lock);
		}
		is_again = true;
		wipe(refused);
		refused = m.token;
		m.token = NULL;
		request_release(&m);
		if (once_more)
			http_result_release(r);
	}
	wipe(refused);
	return r->class;
}

enum http_class
auth_fetch(void *arg, const struct http_request *q, http_on_retry *on_retry,
    struct http_result *r)
{
	const struct auth_layer *l = arg;

	return auth_do(l->auth, q, l->below, on_retry, r);
}
