#include <string.h>

#include "config.h"
#include "http/outcome.h"
#include "http/request.h"

#define READ_SIZE 262144L /* bytes curl reads at once */

static void
set_method(CURL *easy, const struct http_request *q)
{
	const char *method = q->method ? q->method : "GET";

	if (q->body || strcmp(method, "POST") == 0) {
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)(q->body ? q->body_len : 0));
		curl_easy_setopt(
		    easy, CURLOPT_POSTFIELDS, q->body ? q->body : "");
	}
	if (strcmp(method, "HEAD") == 0)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
}

void
request_set_up(CURL *easy, const struct http_request *q, const char *url,
    const struct curl_slist *headers)
{
	int64_t connect_ms = q->connect_timeout_ms;

	curl_easy_reset(easy);
	set_method(easy, q);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	/* over one that was kept curl would send it again by itself, if it
	 * was closed meanwhile */
	curl_easy_setopt(
	    easy, CURLOPT_FRESH_CONNECT, (long)!http_is_idempotent(q));
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* rather wait for a connection of HTTP/2 than make one more */
	curl_easy_setopt(
	    easy, CURLOPT_PIPEWAIT, (long)(strncmp(url, "https:", 6) == 0));
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "cdo/" CDO_VERSION);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
	curl_easy_setopt(
	    easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, READ_SIZE);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)(connect_ms ? connect_ms : HTTP_CONNECT_TIMEOUT_MS));
}
