#include <string.h>
#include <strings.h>

#include "core/sha256.h"
#include "http/cache_call.h"

#define HOST_MAX 200 /* bytes of it in a key */

static void
add_string(struct sha256 *h, const char *s)
{
	sha256_add(h, s, strlen(s) + 1);
}

static bool
is_of(const char *header, const char *name)
{
	size_t n = strlen(name);

	return strncasecmp(header, name, n) == 0 && header[n] == ':';
}

static bool
is_one_of(const char *header, const char *const *names)
{
	for (; *names; names++)
		if (is_of(header, *names))
			return true;
	return false;
}

/* Headers by which the same thing is asked for; if the server sees that
 * differently, it names them in Vary. */
static const char *const harmless[] = {"Accept", "Accept-Charset",
    "Accept-Encoding", "Accept-Language", "Cache-Control", "Pragma",
    "User-Agent", NULL};

/* By which a part is asked for, or who asks has a cache of his own. */
static const char *const foreign[] = {"If-Match", "If-Modified-Since",
    "If-None-Match", "If-Range", "If-Unmodified-Since", "Range", NULL};

static bool
is_readable(const struct http_request *q)
{
	return !q->method || strcmp(q->method, "GET") == 0 ||
	       strcmp(q->method, "HEAD") == 0;
}

bool
cache_is_for(const struct http_request *q)
{
	struct cache_control c = {0};

	if (!is_readable(q) || q->body)
		return false;
	for (const char *const *h = q->headers; h && *h; h++) {
		if (is_one_of(*h, foreign))
			return false;
		if (is_of(*h, "Cache-Control"))
			cache_control_read(&c, strchr(*h, ':') + 1);
		if (c.no_store)
			return false;
	}
	return true;
}

/* All that an answer depends on, as a digest: nobody reads a secret there. */
void
cache_add_key(struct buf *key, const struct http_request *q,
    const struct cache_policy *p, const char *method, const char *vary)
{
	const char *host = strstr(q->url, "://");
	size_t len = strcspn(q->url, "#"), host_len;
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX];
	struct sha256 h;
	struct buf name = {0};

	sha256_init(&h);
	add_string(&h, method);
	sha256_add(&h, q->url, len);
	add_string(&h, "");
	add_string(&h, p->profile ? p->profile : "");
	for (const char *const *x = q->headers; x && *x; x++)
		if (!is_one_of(*x, harmless))
			add_string(&h, *x);
	add_string(&h, "");
	if (vary)
		add_string(&h, vary);
	sha256_end(&h, digest);
	sha256_hex(digest, hex);
	host = host ? host + 3 : q->url;
	host_len = strcspn(host, "/?#");
	if (memchr(host, '@', host_len)) /* refused by http */
		host_len = 0;
	buf_addf(&name, "%.*s",
	    (int)(host_len < HOST_MAX ? host_len : HOST_MAX), host);
	buf_adds(key, "http");
	state_add_key(key, name.data);
	buf_addf(key, ":%s", hex);
	buf_release(&name);
}

struct freshness
cache_judge(const struct cache_policy *p, const struct kept *k, int64_t now)
{
	const struct freshness_answer a = {
	    .status = k->status,
	    .asked = k->asked,
	    .came = k->came,
	    .cache_control = answer_get(k->answer, "Cache-Control"),
	    .expires = answer_get(k->answer, "Expires"),
	    .date = answer_get(k->answer, "Date"),
	    .age = answer_get(k->answer, "Age"),
	    .last_modified = answer_get(k->answer, "Last-Modified"),
	    .vary = answer_get(k->answer, "Vary"),
	};
	struct freshness_wish w = {
	    .ttl = p->ttl_ms,
	    .stale_if_error = p->stale_if_error_ms,
	    .is_forced = p->is_forced,
	    .is_heuristic = p->is_heuristic,
	    .per_mille = k->per_mille,
	};

	if (k->status >= 400) { /* told by us alone */
		w.ttl = p->negative_ttl_ms;
		w.stale_if_error = 0;
	}
	return freshness_judge(&a, &w, now);
}
