#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "core/buf.h"
#include "core/xmem.h"
#include "http/outcome.h"
#include "http/redirect.h"

struct place {
	char *scheme, *host, *port; /* of curl; NULL if it is no URL */
};

static void
place_release(struct place *o)
{
	curl_free(o->scheme);
	curl_free(o->host);
	curl_free(o->port);
}

static void
place_read(struct place *o, const char *url)
{
	CURLU *u = curl_url();

	*o = (struct place){0};
	if (!u)
		xmem_fail();
	if (curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK) {
		curl_url_get(u, CURLUPART_SCHEME, &o->scheme, 0);
		curl_url_get(u, CURLUPART_HOST, &o->host, 0);
		curl_url_get(u, CURLUPART_PORT, &o->port, CURLU_DEFAULT_PORT);
	}
	curl_url_cleanup(u);
}

static bool
is_http(const struct place *o)
{
	return o->scheme && o->host && o->port &&
	       (strcmp(o->scheme, "http") == 0 ||
		   strcmp(o->scheme, "https") == 0);
}

static bool
is_file(const struct place *o)
{
	return o->scheme && o->host && o->port &&
	       (strcmp(o->scheme, "ftp") == 0 ||
		   strcmp(o->scheme, "ftps") == 0 ||
		   strcmp(o->scheme, "sftp") == 0);
}

static bool
is_same(const struct place *a, const struct place *b)
{
	if (!is_http(a) || !is_http(b) || strcasecmp(a->host, b->host) != 0)
		return false;
	if (strcmp(a->scheme, b->scheme) == 0)
		return strcmp(a->port, b->port) == 0;
	return strcmp(a->port, "80") == 0 && strcmp(b->port, "443") == 0 &&
	       strcmp(b->scheme, "https") == 0;
}

bool
redirect_is_same(const char *from, const char *to)
{
	struct place a, b;
	bool same;

	place_read(&a, from);
	place_read(&b, to);
	same = is_same(&a, &b);
	place_release(&a);
	place_release(&b);
	return same;
}

static bool
is_listed(const char *const *origins, const struct place *o)
{
	struct place listed;
	bool is = false;

	for (size_t i = 0; !is && origins && origins[i]; i++) {
		place_read(&listed, origins[i]);
		is = is_same(&listed, o);
		place_release(&listed);
	}
	return is;
}

char *
redirect_origin(const char *url)
{
	struct buf b = {0};
	struct place p;

	place_read(&p, url);
	if (is_http(&p) || is_file(&p)) {
		for (char *c = p.host; *c; c++)
			*c = (char)tolower((unsigned char)*c);
		buf_addf(&b, "%s://%s:%s", p.scheme, p.host, p.port);
	}
	place_release(&p);
	return b.data;
}

/* Why not to go from a to b, or NULL. */
static const char *
objection(
    const struct http_request *q, const struct place *a, const struct place *b)
{
	if (q->redirects == HTTP_REDIRECTS_NONE)
		return "redirects are not allowed";
	if (q->method && strcmp(q->method, "GET") != 0 &&
	    strcmp(q->method, "HEAD") != 0)
		return "only GET and HEAD follow redirects";
	if (!is_http(b))
		return "redirect to what is neither http nor https";
	if (strcmp(a->scheme, "https") == 0 && strcmp(b->scheme, "http") == 0)
		return "redirect from https to http";
	if (q->redirects == HTTP_REDIRECTS_SAME && !is_same(a, b) &&
	    !is_listed(q->origins, b))
		return "redirect to another origin";
	return NULL;
}

char *
redirect_target(CURL *easy, const struct http_request *q, struct http_result *r)
{
	char *from = NULL, *to = NULL, *target = NULL;
	struct place a, b;
	const char *why;

	if (r->status / 100 != 3 || r->status == 304)
		return NULL;
	curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &to);
	curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &from);
	if (!to || !from)
		return NULL;
	place_read(&a, from);
	place_read(&b, to);
	why = is_http(&a) ? objection(q, &a, &b) : "malformed URL";
	if (!why)
		target = xstrndup(to, strlen(to));
	else if (is_http(&b))
		http_refuse(r, EX_PROTOCOL, "HTTP %d: %s (%s://%s:%s)",
		    r->status, why, b.scheme, b.host, b.port);
	else
		http_refuse(r, EX_PROTOCOL, "HTTP %d: %s", r->status, why);
	place_release(&a);
	place_release(&b);
	return target;
}
