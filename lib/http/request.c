#include <stdbool.h>
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

static void
set_login(CURL *easy, const struct http_login *l, const char *url)
{
	long auth = CURLSSH_AUTH_AGENT;
	bool is_folder = *url && url[strlen(url) - 1] == '/';

	curl_easy_setopt(easy, CURLOPT_DIRLISTONLY, (long)is_folder);
	if (l->user)
		curl_easy_setopt(easy, CURLOPT_USERNAME, l->user);
	if (l->password)
		curl_easy_setopt(easy, CURLOPT_PASSWORD, l->password);
	curl_easy_setopt(easy, CURLOPT_SSH_KNOWNHOSTS, l->known_hosts);
	if (l->key_file) {
		auth = CURLSSH_AUTH_PUBLICKEY;
		curl_easy_setopt(
		    easy, CURLOPT_SSH_PRIVATE_KEYFILE, l->key_file);
	} else if (l->password) {
		auth = CURLSSH_AUTH_PASSWORD;
	}
	curl_easy_setopt(easy, CURLOPT_SSH_AUTH_TYPES, auth);
}

void
request_set_up(CURL *easy, const struct http_request *q, const char *url,
    const struct curl_slist *headers)
{
	int64_t connect_ms = q->connect_timeout_ms;

	curl_easy_reset(easy);
	if (q->login)
		set_login(easy, q->login, url);
	else
		set_method(easy, q);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	/* over one that was kept curl would send it again by itself, if it
	 * was closed meanwhile */
	curl_easy_setopt(
	    easy, CURLOPT_FRESH_CONNECT, (long)!http_is_idempotent(q));
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
	    q->login ? "ftp,ftps,sftp" : "http,https");
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
