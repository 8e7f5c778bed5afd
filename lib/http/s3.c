#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/map.h"
#include "core/percent.h"
#include "core/xmem.h"
#include "http/auth_private.h"
#include "http/aws.h"
#include "http/outcome.h"
#include "http/s3.h"
#include "http/s3_list.h"
#include "http/sigv4.h"

#define BUCKET_MIN 3
#define BUCKET_MAX 255 /* the oldest ones */
#define BUCKET_HOST 63 /* as part of a host's name */
#define OBJECTS_MAX 1000000
#define PAGE_MAX ((uint64_t)32 << 20) /* bytes of a page of a list */

struct s3 {
	char *endpoint; /* owned, without a slash at its end; NULL: Amazon */
	struct auth *auth; /* owned; NULL: nothing is signed */
};

struct s3 *
s3_new(struct buf *why)
{
	const char *endpoint = aws_s3_endpoint();
	struct aws_keys keys;
	struct s3 *s;
	size_t n;

	if (endpoint && strncmp(endpoint, "http://", 7) != 0 &&
	    strncmp(endpoint, "https://", 8) != 0) {
		buf_addf(why, "AWS_ENDPOINT_URL: no http or https URL");
		return NULL;
	}
	if (aws_find(&keys, why) != 0) {
		aws_release(&keys);
		return NULL;
	}
	s = xcalloc(1, sizeof(*s));
	if (endpoint) {
		n = strlen(endpoint);
		while (n > 0 && endpoint[n - 1] == '/')
			n--;
		s->endpoint = xstrndup(endpoint, n);
	}
	if (keys.id)
		s->auth = auth_new_aws(&keys, "s3");
	aws_release(&keys);
	return s;
}

void
s3_free(struct s3 *s)
{
	if (!s)
		return;
	auth_free(s->auth);
	free(s->endpoint);
	free(s);
}

const char *
s3_profile(const struct s3 *s)
{
	return s->auth ? auth_profile(s->auth) : "anonymous";
}

static bool
is_bucket(const char *s, size_t len)
{
	if (len < BUCKET_MIN || len > BUCKET_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)s[i]) && !strchr("-._", s[i]))
			return false;
	return isalnum((unsigned char)s[0]) != 0;
}

bool
s3_parse(const char *url, struct buf *bucket, struct buf *key, struct buf *why)
{
	const char *p = strncmp(url, "s3://", 5) == 0 ? url + 5 : "";
	size_t n = strcspn(p, "/");

	if (!is_bucket(p, n)) {
		buf_addf(why, "no bucket; write s3://bucket/prefix");
		return false;
	}
	buf_addf(bucket, "%.*s", (int)n, p);
	p += n + (p[n] == '/');
	percent_decode(key, p, strlen(p), false);
	if (key->len > 0 && memchr(key->data, '\0', key->len)) {
		buf_addf(why, "a NUL in a key");
		return false;
	}
	buf_addc(key, '\0');
	key->len--;
	return true;
}

/* Can a host be called so, below one whose certificate is for *.HOST? */
static bool
is_host(const char *bucket)
{
	size_t n = strlen(bucket);

	for (size_t i = 0; i < n; i++)
		if (isupper((unsigned char)bucket[i]) || bucket[i] == '.' ||
		    bucket[i] == '_')
			return false;
	return n <= BUCKET_HOST && bucket[n - 1] != '-';
}

/* "https://bucket.s3.eu-west-1.amazonaws.com" or "http://host/bucket" */
static void
add_bucket(struct buf *url, const struct s3 *s, const char *bucket)
{
	if (s->endpoint)
		buf_addf(url, "%s/%s", s->endpoint, bucket);
	else if (is_host(bucket))
		buf_addf(url, "https://%s.s3.%s.amazonaws.com", bucket,
		    aws_region());
	else
		buf_addf(url, "https://s3.%s.amazonaws.com/%s", aws_region(),
		    bucket);
}

/* Does it have a segment that the rules of URLs would take away? */
static bool
has_dots(const char *key)
{
	for (const char *p = key; p; p = strchr(p, '/')) {
		size_t n;

		p += *p == '/';
		n = strcspn(p, "/");
		if ((n == 1 && p[0] == '.') ||
		    (n == 2 && p[0] == '.' && p[1] == '.'))
			return true;
	}
	return false;
}

bool
s3_url(const struct s3 *s, const char *bucket, const char *key, struct buf *url,
    struct buf *why)
{
	if (!is_bucket(bucket, strlen(bucket)) || *key == '\0' ||
	    strlen(key) > S3_KEY_MAX) {
		buf_addf(why,
		    "no bucket, or a key that is empty or longer "
		    "than %d bytes",
		    S3_KEY_MAX);
		return false;
	}
	if (has_dots(key)) {
		buf_addf(why, "a key with a segment of . or .. has no URL");
		return false;
	}
	add_bucket(url, s, bucket);
	buf_addc(url, '/');
	sigv4_encode(url, key, strlen(key), true);
	buf_addc(url, '\0');
	return true;
}

enum http_class
s3_fetch(void *arg, const struct http_request *q, http_on_retry *on_retry,
    struct http_result *r)
{
	const struct s3_layer *l = arg;

	if (!l->s3->auth)
		return l->below->fetch(l->below->arg, q, on_retry, r);
	return auth_do(l->s3->auth, q, l->below, on_retry, r);
}

/* A list, page by page. */
struct listing {
	const struct s3_layer *layer;
	struct buf base; /* the URL, without a token; a string */
	uint64_t n, max;
	bool (*each)(void *arg, const struct s3_object *o);
	void *arg;
	struct map tokens; /* that were sent */
};

static bool
count(void *arg, const struct s3_object *o)
{
	struct listing *l = arg;

	return l->n++ < l->max && l->each(l->arg, o);
}

/* Ask for a page, and take it.  Returns whether there is to be another. */
static bool
take_page(struct listing *l, struct s3_page *page, struct http_result *r)
{
	struct buf url = {0}, body = {0}, why = {0};
	struct http_request q = {.max_size = PAGE_MAX};
	struct http_layer self = {s3_fetch, (void *)l->layer};

	buf_addf(&url, "%s", l->base.data);
	if (page->token) {
		buf_adds(&url, "&continuation-token=");
		sigv4_encode(&url, page->token, strlen(page->token), false);
	}
	buf_addc(&url, '\0');
	q.url = url.data;
	s3_page_release(page);
	*page = (struct s3_page){0};
	if (layer_get(&self, &q, &body, r) == HTTP_OK &&
	    !s3_page_read(
		body.data ? body.data : "", body.len, count, l, page, &why))
		http_refuse(r, EX_PROTOCOL, "%s", why.data);
	buf_release(&url);
	buf_release(&body);
	buf_release(&why);
	return r->class == HTTP_OK && page->is_truncated && !page->is_stopped;
}

enum http_class
s3_list(const struct s3_layer *layer, const char *bucket, const char *prefix,
    uint64_t max, bool (*each)(void *arg, const struct s3_object *o), void *arg,
    struct http_result *r)
{
	struct listing l = {.layer = layer,
	    .max = max ? max : OBJECTS_MAX,
	    .each = each,
	    .arg = arg};
	struct s3_page page = {0};
	void **seen;

	*r = (struct http_result){.retry_after_ms = -1};
	add_bucket(&l.base, layer->s3, bucket);
	buf_adds(&l.base, "/?encoding-type=url&list-type=2");
	if (layer->page > 0)
		buf_addf(&l.base, "&max-keys=%u", layer->page);
	buf_adds(&l.base, "&prefix=");
	sigv4_encode(&l.base, prefix, strlen(prefix), false);
	buf_addc(&l.base, '\0');
	while (take_page(&l, &page, r)) {
		seen = map_put(&l.tokens, page.token, strlen(page.token));
		if (*seen) {
			http_refuse(r, EX_PROTOCOL,
			    "list of the bucket: the same page again");
			break;
		}
		*seen = &l;
		http_result_release(r);
	}
	if (r->class == HTTP_OK && l.n > l.max)
		http_refuse(
		    r, EX_DATAERR, "more than %ju objects", (uintmax_t)l.max);
	s3_page_release(&page);
	map_release(&l.tokens);
	buf_release(&l.base);
	return r->class;
}

enum http_class
s3_put(const struct s3_layer *layer, const char *bucket, const char *key,
    const char *type, const void *data, size_t len, struct http_result *r)
{
	struct buf url = {0}, why = {0}, header = {0};
	const char *headers[2] = {NULL, NULL};
	struct http_request q = {.method = "PUT",
	    .headers = headers,
	    .body = data ? data : "",
	    .body_len = len,
	    .redirects = HTTP_REDIRECTS_NONE};

	*r = (struct http_result){.retry_after_ms = -1};
	buf_addf(&header, "Content-Type: %s",
	    type ? type : "application/octet-stream");
	headers[0] = header.data;
	if (len > S3_PUT_MAX) {
		http_refuse(r, EX_DATAERR, "more than 5 GiB in one put");
	} else if (!s3_url(layer->s3, bucket, key, &url, &why)) {
		http_refuse(r, EX_USAGE, "%s", why.data);
	} else {
		q.url = url.data;
		s3_fetch((void *)layer, &q, NULL, r);
	}
	buf_release(&url);
	buf_release(&why);
	buf_release(&header);
	return r->class;
}
