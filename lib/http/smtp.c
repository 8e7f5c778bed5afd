#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "core/xmem.h"
#include "http/smtp.h"

#define CONNECT_TIMEOUT_MS 10000L

/* One of them is in libcurl's header. */
#if LIBCURL_VERSION_NUM >= 0x080200
#define ALLOW_FAILS CURLOPT_MAIL_RCPT_ALLOWFAILS
#else
#define ALLOW_FAILS CURLOPT_MAIL_RCPT_ALLLOWFAILS
#endif

struct transfer {
	const struct buf *message;
	size_t sent;
	struct smtp_talk talk;
};

static size_t
on_read(char *out, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	size_t left = t->message->len - t->sent;

	n *= size;
	if (n > left)
		n = left;
	if (n > 0)
		memcpy(out, t->message->data + t->sent, n);
	t->sent += n;
	return n;
}

/* curl says what became of a single recipient to nobody else. */
static int
on_talk(CURL *easy, curl_infotype type, char *data, size_t len, void *arg)
{
	struct transfer *t = arg;

	(void)easy;
	if (type == CURLINFO_HEADER_OUT)
		smtp_talk_command(&t->talk, data, len);
	else if (type == CURLINFO_HEADER_IN)
		smtp_talk_answer(&t->talk, data, len);
	return 0;
}

static void
set_up(CURL *easy, const struct smtp_request *q, struct transfer *t,
    struct curl_slist *to)
{
	const char *ca = q->ca ? q->ca : getenv("SSL_CERT_FILE");

	curl_easy_setopt(easy, CURLOPT_URL, q->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_USE_SSL,
	    q->is_plain ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
	curl_easy_setopt(
	    easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (ca && *ca != '\0')
		curl_easy_setopt(easy, CURLOPT_CAINFO, ca);
	if (q->user) {
		curl_easy_setopt(easy, CURLOPT_USERNAME, q->user);
		curl_easy_setopt(easy, CURLOPT_PASSWORD, q->password);
	}
	curl_easy_setopt(easy, CURLOPT_MAIL_FROM, q->from);
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(easy, ALLOW_FAILS, 1L);
	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(easy, CURLOPT_READDATA, t);
	curl_easy_setopt(
	    easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)q->message->len);
	curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_talk);
	curl_easy_setopt(easy, CURLOPT_DEBUGDATA, t);
	curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)q->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
}

static bool
is_permanent(CURLcode code)
{
	return code == CURLE_PEER_FAILED_VERIFICATION ||
	       code == CURLE_SSL_CERTPROBLEM ||
	       code == CURLE_SSL_CACERT_BADFILE ||
	       code == CURLE_URL_MALFORMAT || code == CURLE_USE_SSL_FAILED ||
	       code == CURLE_UNSUPPORTED_PROTOCOL;
}

/* What failed for all whom the server had not refused one by one. */
static void
judge(const struct smtp_request *q, const struct transfer *t, CURLcode code,
    struct smtp_result *results)
{
	const struct smtp_talk *talk = &t->talk;
	struct smtp_result all = {.class = SMTP_TEMPORARY};

	if (talk->code >= 400)
		memcpy(all.why, talk->text, sizeof(all.why));
	else
		snprintf(all.why, sizeof(all.why), "%s",
		    code == CURLE_USE_SSL_FAILED ? "the server has no TLS"
						 : curl_easy_strerror(code));
	if (is_permanent(code) || talk->code / 100 == 5)
		all.class = SMTP_PERMANENT;
	for (size_t i = 0; i < q->n_to; i++)
		if (i >= talk->n_asked || results[i].class == SMTP_TAKEN ||
		    results[i].why[0] == '\0')
			results[i] = all;
}

void
smtp_send(const struct smtp_request *q, struct smtp_result *results)
{
	struct transfer t = {.message = q->message,
	    .talk = {.results = results, .n_to = q->n_to}};
	struct curl_slist *to = NULL, *more;
	CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
	CURL *easy;

	signal(SIGPIPE, SIG_IGN);
	memset(results, 0, q->n_to * sizeof(*results));
	easy = code == CURLE_OK ? curl_easy_init() : NULL;
	if (!easy)
		xmem_fail();
	for (size_t i = 0; i < q->n_to; i++) {
		more = curl_slist_append(to, q->to[i]);
		if (!more)
			xmem_fail();
		to = more;
	}
	set_up(easy, q, &t, to);
	code = curl_easy_perform(easy);
	if (code != CURLE_OK)
		judge(q, &t, code, results);
	curl_easy_cleanup(easy);
	curl_slist_free_all(to);
	curl_global_cleanup();
}
