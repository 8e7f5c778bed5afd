#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "core/buf.h"
#include "core/num.h"
#include "http/outcome.h"

enum again {
	NEVER,
	UNSENT, /* nobody saw it: any method */
	UNSENT_ONCE,
	BROKEN, /* somebody may have: idempotent methods */
	BROKEN_ONCE
};

struct cause {
	int code; /* the CURLcode, or the status */
	enum http_class class;
	int exit;
	enum again again;
	const char *text;
};

/* The last one stands for all others. */
static const struct cause failures[] = {
    {CURLE_URL_MALFORMAT, HTTP_PERMANENT, EX_USAGE, NEVER, "malformed URL"},
    {CURLE_UNSUPPORTED_PROTOCOL, HTTP_PERMANENT, EX_USAGE, NEVER,
	"neither http nor https"},
    {CURLE_LOGIN_DENIED, HTTP_PERMANENT, EX_USAGE, NEVER,
	"credentials in a URL; they belong in a header"},
    {CURLE_COULDNT_RESOLVE_PROXY, HTTP_TEMPORARY, EX_UNAVAILABLE, UNSENT_ONCE,
	"proxy not found"},
    {CURLE_COULDNT_RESOLVE_HOST, HTTP_TEMPORARY, EX_UNAVAILABLE, UNSENT_ONCE,
	"host not found"},
    {CURLE_COULDNT_CONNECT, HTTP_TEMPORARY, EX_TEMPFAIL, UNSENT, "connect"},
    {CURLE_OPERATION_TIMEDOUT, HTTP_TEMPORARY, EX_TEMPFAIL, UNSENT,
	"connect: timed out"},
    {CURLE_SSL_CONNECT_ERROR, HTTP_TEMPORARY, EX_PROTOCOL, UNSENT,
	"TLS handshake failed"},
    {CURLE_PEER_FAILED_VERIFICATION, HTTP_PERMANENT, EX_PROTOCOL, NEVER,
	"certificate not trusted, or not of this host"},
    {CURLE_SSL_CERTPROBLEM, HTTP_PERMANENT, EX_CONFIG, NEVER,
	"client certificate unusable"},
    {CURLE_SSL_CACERT_BADFILE, HTTP_PERMANENT, EX_CONFIG, NEVER,
	"no certificates of authorities; install ca-certificates"},
    {CURLE_PARTIAL_FILE, HTTP_TEMPORARY, EX_TEMPFAIL, BROKEN, "body cut short"},
    {CURLE_GOT_NOTHING, HTTP_TEMPORARY, EX_TEMPFAIL, BROKEN, "no answer"},
    {CURLE_SEND_ERROR, HTTP_TEMPORARY, EX_TEMPFAIL, BROKEN,
	"connection lost while sending"},
    {CURLE_RECV_ERROR, HTTP_TEMPORARY, EX_TEMPFAIL, BROKEN, "connection lost"},
    {CURLE_HTTP2, HTTP_TEMPORARY, EX_TEMPFAIL, BROKEN, "HTTP/2 broke"},
    {CURLE_HTTP2_STREAM, HTTP_TEMPORARY, EX_TEMPFAIL, BROKEN,
	"HTTP/2 stream broke"},
    {CURLE_BAD_CONTENT_ENCODING, HTTP_PERMANENT, EX_PROTOCOL, NEVER,
	"body is not compressed as its header says"},
    {CURLE_WEIRD_SERVER_REPLY, HTTP_PERMANENT, EX_PROTOCOL, NEVER,
	"answer is not HTTP"},
    /* so says curl 7 when a header is too large for it */
    {CURLE_OUT_OF_MEMORY, HTTP_PERMANENT, EX_PROTOCOL, NEVER,
	"header too large, or out of memory"},
    {-1, HTTP_PERMANENT, EX_UNAVAILABLE, NEVER, NULL},
};

/* The same of files, before those. */
static const struct cause file_failures[] = {
    {CURLE_UNSUPPORTED_PROTOCOL, HTTP_PERMANENT, EX_USAGE, NEVER,
	"neither ftp nor sftp"},
    {CURLE_REMOTE_FILE_NOT_FOUND, HTTP_PERMANENT, EX_NOINPUT, NEVER,
	"no such file"},
    {CURLE_FTP_COULDNT_RETR_FILE, HTTP_PERMANENT, EX_NOINPUT, NEVER,
	"no such file, or not for us"},
    {CURLE_REMOTE_ACCESS_DENIED, HTTP_PERMANENT, EX_NOPERM, NEVER,
	"access denied"},
    {CURLE_PEER_FAILED_VERIFICATION, HTTP_PERMANENT, EX_PROTOCOL, NEVER,
	"certificate not trusted, or key of the host not in known_hosts"},
    {CURLE_SSH, HTTP_TEMPORARY, EX_TEMPFAIL, BROKEN, "SSH broke"},
    {-1, HTTP_PERMANENT, EX_UNAVAILABLE, NEVER, NULL},
};

static const struct cause statuses[] = {
    {401, HTTP_PERMANENT, EX_NOPERM, NEVER, NULL},
    {403, HTTP_PERMANENT, EX_NOPERM, NEVER, NULL},
    {404, HTTP_PERMANENT, EX_NOINPUT, NEVER, NULL},
    {407, HTTP_PERMANENT, EX_NOPERM, NEVER, NULL},
    {408, HTTP_TEMPORARY, EX_TEMPFAIL, UNSENT, NULL},
    {410, HTTP_PERMANENT, EX_NOINPUT, NEVER, NULL},
    {425, HTTP_TEMPORARY, EX_TEMPFAIL, BROKEN_ONCE, NULL},
    {429, HTTP_TEMPORARY, EX_TEMPFAIL, UNSENT, NULL},
    {500, HTTP_TEMPORARY, EX_TEMPFAIL, BROKEN, NULL},
    {501, HTTP_PERMANENT, EX_UNAVAILABLE, NEVER, NULL},
    {502, HTTP_TEMPORARY, EX_TEMPFAIL, BROKEN, NULL},
    {503, HTTP_TEMPORARY, EX_TEMPFAIL, BROKEN, NULL},
    {504, HTTP_TEMPORARY, EX_TEMPFAIL, BROKEN, NULL},
    {505, HTTP_PERMANENT, EX_UNAVAILABLE, NEVER, NULL},
    {520, HTTP_TEMPORARY, EX_TEMPFAIL, BROKEN, NULL},
    {521, HTTP_TEMPORARY, EX_TEMPFAIL, BROKEN, NULL},
    {522, HTTP_TEMPORARY, EX_TEMPFAIL, BROKEN, NULL},
    {523, HTTP_TEMPORARY, EX_TEMPFAIL, BROKEN, NULL},
    {524, HTTP_TEMPORARY, EX_TEMPFAIL, BROKEN, NULL},
    {-1, HTTP_PERMANENT, EX_UNAVAILABLE, NEVER, NULL},
};

static const struct cause *
find(const struct cause *c, int code)
{
	while (c->code >= 0 && c->code != code)
		c++;
	return c;
}

bool
http_is_idempotent(const struct http_request *q)
{
	return q->is_idempotent || !q->method ||
	       (strcmp(q->method, "POST") != 0 &&
		   strcmp(q->method, "PATCH") != 0);
}

static void
apply(
    struct http_result *r, const struct http_request *q, const struct cause *c)
{
	bool once = c->again == UNSENT_ONCE || c->again == BROKEN_ONCE;

	r->class = c->class;
	r->exit = c->exit;
	r->again = once ? HTTP_AGAIN_ONCE : HTTP_AGAIN;
	if (c->again == NEVER || (c->again >= BROKEN && !http_is_idempotent(q)))
		r->again = HTTP_AGAIN_NEVER;
}

static void
say(struct http_result *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->error, sizeof(r->error), fmt, ap);
	va_end(ap);
}

void
http_refuse(struct http_result *r, int exit, const char *fmt, ...)
{
	va_list ap;

	r->class = HTTP_PERMANENT;
	r->exit = exit;
	r->again = HTTP_AGAIN_NEVER;
	va_start(ap, fmt);
	vsnprintf(r->error, sizeof(r->error), fmt, ap);
	va_end(ap);
}

void
http_result_fail(struct http_result *r, int exit, const char *why)
{
	r->class = HTTP_TEMPORARY;
	r->exit = exit;
	r->again = HTTP_AGAIN;
	say(r, "%s", why);
}

static void
judge_timeout(struct http_result *r, const struct http_request *q,
    const struct http_facts *f)
{
	const struct cause slow = {0, HTTP_TEMPORARY, EX_TEMPFAIL,
	    f->was_sent ? BROKEN : UNSENT, NULL};
	struct buf b = {0};

	apply(r, q, &slow);
	r->is_timeout = true;
	num_add_duration(&b, f->timeout_ms);
	say(r,
	    f->end == HTTP_END_STALLED ? "no byte for %.*s"
				       : "timed out after %.*s",
	    (int)b.len, b.data);
	buf_release(&b);
}

static const struct cause login_denied = {
    0, HTTP_PERMANENT, EX_NOPERM, NEVER, "login refused"};

/* Are there credentials in the URL?  Then curl has not even asked. */
static bool
is_in_url(const struct http_request *q)
{
	const char *host = strstr(q->url, "://");

	host = host ? host + 3 : q->url;
	return memchr(host, '@', strcspn(host, "/?#")) != NULL;
}

/* curl ended the transfer. */
static void
judge_code(struct http_result *r, const struct http_request *q,
    const struct http_facts *f)
{
	const struct cause *c;
	CURLcode code = f->code;

	/* curl calls HTTP/0.9 that */
	if (code == CURLE_UNSUPPORTED_PROTOCOL && f->was_sent)
		code = CURLE_WEIRD_SERVER_REPLY;
	c = q->login ? find(file_failures, (int)code) : failures;
	if (c->code != (int)code)
		c = find(failures, (int)code);
	if (code == CURLE_LOGIN_DENIED && !is_in_url(q))
		c = &login_denied;
	apply(r, q, c);
	r->is_timeout = code == CURLE_OPERATION_TIMEDOUT;
	if (f->os_errno != 0 && code == CURLE_COULDNT_CONNECT)
		say(r, "%s: %s", c->text, strerror(f->os_errno));
	else
		say(r, "%s", c->text ? c->text : curl_easy_strerror(code));
}

static void
judge_status(struct http_result *r, const struct http_request *q)
{
	static const struct cause other_5xx = {
	    0, HTTP_TEMPORARY, EX_TEMPFAIL, NEVER, NULL};
	static const struct cause odd = {
	    0, HTTP_PERMANENT, EX_PROTOCOL, NEVER, NULL};
	const struct cause *c = find(statuses, r->status);

	if (c->code < 0 && r->status >= 500)
		c = &other_5xx;
	else if (c->code < 0 && r->status < 400)
		c = &odd;
	apply(r, q, c);
	say(r, "HTTP %d", r->status);
}

void
http_judge(struct http_result *r, const struct http_request *q,
    const struct http_facts *f)
{
	switch (f->end) {
	case HTTP_END_STOPPED:
		r->class = HTTP_STOPPED;
		say(r, "stopped");
		return;
	case HTTP_END_TIMEOUT:
	case HTTP_END_STALLED:
		judge_timeout(r, q, f);
		return;
	case HTTP_END_SIZE:
		http_refuse(r, EX_DATAERR, "body larger than %ju bytes",
		    (uintmax_t)f->max_size);
		return;
	case HTTP_END_RATIO:
		http_refuse(r, EX_DATAERR,
		    "body unpacks to more than %d times its size",
		    HTTP_MAX_RATIO);
		return;
	case HTTP_END_HEADERS:
		http_refuse(r, EX_PROTOCOL, "header too large");
		return;
	case HTTP_END_ENCODING:
		http_refuse(r, EX_PROTOCOL,
		    "body has an encoding that was not asked for");
		return;
	case HTTP_END_ADDRESS:
		http_refuse(r, EX_NOPERM,
		    "the URL comes from data and leads to an address that is "
		    "not public");
		return;
	case HTTP_END_NONE:
		break;
	}
	if (f->code != CURLE_OK)
		judge_code(r, q, f);
	else if (!f->is_accepted)
		judge_status(r, q);
}
