/* lib/http: what needs no server. */
#include <stdlib.h>
#include <sysexits.h>

#include "http/headers.h"
#include "http/http.h"
#include "http/redirect.h"
#include "http/retry.h"
#include "unit.h"

static void
test_backoff(void)
{
	struct http_policy p = HTTP_POLICY;
	uint64_t dice = 12345;
	int64_t most = 0;

	test("retry: waits are between base and base * 2^n, at most cap");
	ok(http_backoff_ms(&p, 1, 0) == 1000);
	ok(http_backoff_ms(&p, 1, 1000) == 2000);
	ok(http_backoff_ms(&p, 1, 1001) == 1000);
	ok(http_backoff_ms(&p, 3, 7000) == 8000);
	ok(http_backoff_ms(&p, 6, 59000) == 60000);
	ok(http_backoff_ms(&p, 1000000, 59000) == 60000);
	for (unsigned n = 1; n < 200; n++) {
		int64_t wait;

		dice =
		    dice * UINT64_C(6364136223846793005) + 1442695040888963407;
		wait = http_backoff_ms(&p, n, dice);
		ok(wait >= 1000 && wait <= 60000);
		most = wait > most ? wait : most;
	}
	ok(most > 50000);
	p.base_ms = 70000; /* above the cap: it is its own */
	ok(http_backoff_ms(&p, 5, 77) == 70000);
}

static void
test_retry_after(void)
{
	static const char date[] = "Sun, 06 Nov 1994 08:49:37 GMT";
	int64_t now = INT64_C(784111777000); /* the same */

	test("retry: Retry-After in seconds");
	ok(http_retry_after_ms("120", NULL, 0) == 120000);
	ok(http_retry_after_ms(" 0 ", NULL, 0) == 0);
	ok(http_retry_after_ms("99999999999999999999", NULL, 0) ==
	    INT64_C(366) * 86400000);
	ok(http_retry_after_ms("-5", NULL, now) == -1);
	ok(http_retry_after_ms("5x", NULL, now) == -1);
	ok(http_retry_after_ms("1.5", NULL, now) == -1);
	ok(http_retry_after_ms("", NULL, now) == -1);
	ok(http_retry_after_ms("soon", NULL, now) == -1);

	test("retry: Retry-After as a date, by the server's clock");
	ok(http_retry_after_ms("Sun, 06 Nov 1994 08:50:37 GMT", date, 0) ==
	    60000);
	ok(http_retry_after_ms("Sun, 06 Nov 1994 08:50:37 GMT", NULL, now) ==
	    60000);
	ok(http_retry_after_ms("Sun, 06 Nov 1994 08:50:37 GMT", "x", now) ==
	    60000);
	ok(http_retry_after_ms("Sunday, 06-Nov-94 08:49:37 GMT", date, 0) == 0);
	ok(http_retry_after_ms("Sun Nov  6 08:49:38 1994", date, 0) == 1000);
	ok(http_retry_after_ms("Sun, 06 Nov 1994 08:49:36 GMT", date, 0) == -1);
	ok(http_retry_after_ms("Fri, 01 Jan 9999 00:00:00 GMT", date, 0) ==
	    INT64_C(366) * 86400000);
}

static void
test_origins(void)
{
	test("redirect: what is the same origin");
	ok(redirect_is_same("http://a/x", "http://A:80/y?z"));
	ok(redirect_is_same("https://a.b/", "https://a.b:443"));
	ok(redirect_is_same("http://a/", "https://a/"));
	ok(!redirect_is_same("https://a/", "http://a/"));
	ok(!redirect_is_same("http://a:8080/", "https://a/"));
	ok(!redirect_is_same("http://a/", "http://a:81/"));
	ok(!redirect_is_same("http://a/", "http://a.b/"));
	ok(!redirect_is_same("http://a/", "http://a@b/"));
	ok(!redirect_is_same("http://a/", "file:///a"));
	ok(!redirect_is_same("http://a/", "http://"));
	ok(redirect_is_same("http://[::1]/", "http://[0:0:0:0:0:0:0:1]/"));
}

static size_t
count(const char *const *headers, bool is_elsewhere)
{
	const struct http_request q = {.headers = headers};
	struct curl_slist *list;
	size_t n = 0;

	if (headers_new(&list, &q, is_elsewhere))
		for (struct curl_slist *p = list; p; p = p->next)
			n++;
	curl_slist_free_all(list);
	return n;
}

static void
test_headers(void)
{
	static const char *const good[] = {"X-A: b", "accept: text/csv",
	    "Accept-Encoding-X: y", "User-Agent: me", "X-Empty:", NULL};
	static const char *const bad[][2] = {{"X-A: b\r\nX-B: c", NULL},
	    {"X-A: \x7f", NULL}, {": b", NULL}, {"X-A", NULL}, {"", NULL}};

	test("headers: all at home, only harmless ones elsewhere");
	ok(count(NULL, false) == 2);
	ok(count(good, false) == 7);
	ok(count(good, true) == 4);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ok(count(bad[i], false) == 0);
}

static void
test_refusals(void)
{
	static const char *const headers[] = {"X: a\nb", NULL};
	struct http *h = http_new();
	struct http_request q = {
	    .url = "http://127.0.0.1:1/", .headers = headers};
	struct http_result r;

	test("http: refused before anything is sent");
	ok(http_do(h, &q, &r) == HTTP_PERMANENT && r.exit == EX_USAGE);
	ok(strcmp(r.error, "malformed header") == 0);
	http_result_release(&r);
	q.headers = NULL;
	q.url = "http://me:pw@127.0.0.1:1/";
	ok(http_do(h, &q, &r) == HTTP_PERMANENT && r.exit == EX_USAGE);
	ok(!strstr(r.error, "pw"));
	http_result_release(&r);
	q.url = "file:///etc/passwd";
	ok(http_do(h, &q, &r) == HTTP_PERMANENT && r.exit == EX_USAGE);
	http_result_release(&r);
	q.url = "http://[::1";
	ok(http_do(h, &q, &r) == HTTP_PERMANENT && r.exit == EX_USAGE);
	http_result_release(&r);

	test("http: a connection that is refused may be tried with any method");
	q.url = "http://127.0.0.1:1/";
	q.method = "POST";
	q.body = "{}";
	q.body_len = 2;
	ok(http_do(h, &q, &r) == HTTP_TEMPORARY && r.exit == EX_TEMPFAIL);
	ok(r.again == HTTP_AGAIN && r.status == 0 && r.retry_after_ms == -1);
	http_result_release(&r);
	http_free(h);
	http_free(NULL);
}

int
main(void)
{
	test_backoff();
	test_retry_after();
	test_origins();
	test_headers();
	test_refusals();
	return done();
}
