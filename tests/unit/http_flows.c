/* lib/http against a server, by a client of one thread and one of many. */
#include <poll.h>
#include <sysexits.h>

#include "core/buf.h"
#include "core/timestamp.h"
#include "core/xmem.h"
#include "http/http.h"
#include "http_peer.h"
#include "stream/flows.h"
#include "unit.h"

#define BIG ((size_t)24 << 20)

static char dir[] = "/tmp/cdo-flows-XXXXXX";
static struct http *http;

/* What came of a transfer. */
struct got {
	struct buf body;
	size_t most; /* bytes at once */
	size_t stop_at; /* of the body; 0: never */
	int pause_ms; /* at the first piece */
	bool is_ended;
};

static bool
on_data(void *arg, const struct http_result *r, const char *data, size_t len)
{
	struct got *g = arg;

	if (r->status == 0 || !r->answer)
		return false;
	if (g->body.len == 0 && g->pause_ms > 0)
		poll(NULL, 0, g->pause_ms);
	buf_add(&g->body, data, len);
	g->most = len > g->most ? len : g->most;
	return g->stop_at == 0 || g->body.len < g->stop_at;
}

static void
on_end(void *arg, struct http_result *r)
{
	struct got *g = arg;

	(void)r;
	g->is_ended = true;
}

/* Ask for a path, or a whole URL, with q's other members; *r is to be
 * released. */
static enum http_class
get(const char *path, struct http_request q, struct got *g,
    struct http_result *r)
{
	char url[512];

	snprintf(url, sizeof(url), "%s%s", *path == '/' ? peer_url : "", path);
	g->body.len = 0;
	g->is_ended = false;
	q.url = url;
	q.on_data = on_data;
	q.on_end = on_end;
	q.arg = g;
	return http_do(http, &q, r);
}

static const struct http_request plain;

/* How many requests there were for a path. */
static unsigned long
count(const char *path)
{
	struct got g = {0};
	struct http_result r;
	char url[128];
	unsigned long n;

	snprintf(url, sizeof(url), "/count?path=%s", path);
	ok(get(url, plain, &g, &r) == HTTP_OK);
	buf_addc(&g.body, '\0');
	n = strtoul(g.body.data, NULL, 10);
	http_result_release(&r);
	buf_release(&g.body);
	return n;
}

static void
test_answer(void)
{
	static const char *const known[] = {"If-None-Match: \"e\"", NULL};
	static const int accepted[] = {304, 404, 0};
	struct http_request q = plain;
	struct got g = {0};
	struct http_result r;

	test("http: the answer's headers, its date, where it came from");
	ok(get("/x?redirect=/a?header=X-A:1%26header=x-a:2", plain, &g, &r) ==
	    HTTP_OK);
	ok(is(g.body.data, g.body.len, "{\"a\":1}\n") && g.is_ended);
	ok(strcmp(http_result_header(&r, "x-A"), "1, 2") == 0);
	ok(!http_result_header(&r, "Location"));
	ok(strstr(http_result_url(&r), "/a?header=X-A:1"));
	ok(r.date_ms > INT64_C(1700000000000));
	ok(r.latency_us >= 0 && r.wire_size > 8 && r.size == 8);
	http_result_release(&r);
	http_result_release(&r);

	test("http: a status that is accepted is an answer");
	q.headers = known;
	ok(get("/a?etag=%22e%22", q, &g, &r) == HTTP_PERMANENT);
	ok(strcmp(r.error, "HTTP 304") == 0 && !g.is_ended);
	http_result_release(&r);
	q.accepted = accepted;
	ok(get("/a?etag=%22e%22", q, &g, &r) == HTTP_OK);
	ok(r.status == 304 && r.size == 0 && g.is_ended);
	ok(strcmp(http_result_header(&r, "etag"), "\"e\"") == 0);
	http_result_release(&r);
	ok(get("/none", q, &g, &r) == HTTP_OK && r.status == 404);
	ok(is(g.body.data, g.body.len, "not found\n"));
	http_result_release(&r);
	buf_release(&g.body);
}

static void
test_from_data(void)
{
	struct http_request q = {.is_from_data = true};
	const char *port = strrchr(peer_url, ':') + 1;
	static const char *const hosts[] = {"127.0.0.1", "localhost",
	    "[::ffff:127.0.0.1]", "127.1", "0x7f000001", "0.0.0.0"};
	unsigned long before = count("/a");
	struct got g = {0};
	struct http_result r;
	char url[128];

	test("http: what comes from data reaches no private address, even over "
	     "a connection that is there");
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
		snprintf(url, sizeof(url), "http://%s:%s/a", hosts[i], port);
		ok(get(url, q, &g, &r) == HTTP_PERMANENT);
		ok(r.exit == EX_NOPERM && g.body.len == 0);
		http_result_release(&r);
	}
	ok(count("/a") == before);
	buf_release(&g.body);
}

static void
test_carried(void)
{
	static const char *const headers[] = {"X-Secret: 1", "X-Page: 2", NULL};
	static const char *const carried[] = {"x-page", NULL};
	char other[64], path[128];
	const char *const origins[] = {other, NULL};
	struct http_request q = {.headers = headers, .carried = carried};
	struct got g = {0};
	struct http_result r;

	test(
	    "http: redirects to origins that are named, with headers that are");
	snprintf(
	    other, sizeof(other), "http://localhost%s", strrchr(peer_url, ':'));
	snprintf(path, sizeof(path), "/x?redirect=%s/echo", other);
	ok(get(path, q, &g, &r) == HTTP_PERMANENT && r.exit == EX_PROTOCOL);
	http_result_release(&r);
	q.origins = origins;
	ok(get(path, q, &g, &r) == HTTP_OK);
	buf_addc(&g.body, '\0');
	ok(strstr(g.body.data, "\"x-page\":\"2\""));
	ok(!strstr(g.body.data, "x-secret"));
	http_result_release(&r);
	buf_release(&g.body);
}

static void
test_ends(void)
{
	struct http_request q = {.timeout_ms = 200};
	struct got g = {.stop_at = 100000};
	struct http_result r;

	test("http: a transfer that is ended early, and the next one");
	ok(get("/big", plain, &g, &r) == HTTP_STOPPED && !g.is_ended);
	ok(g.body.len >= 100000 && g.body.len < BIG);
	http_result_release(&r);
	g.stop_at = 0;
	ok(get("/a", plain, &g, &r) == HTTP_OK);
	http_result_release(&r);
	ok(get("/a?delay=3000", q, &g, &r) == HTTP_TEMPORARY && r.is_timeout);
	http_result_release(&r);
	ok(get("/a?cut=3", plain, &g, &r) == HTTP_TEMPORARY);
	ok(strcmp(r.error, "body cut short") == 0);
	http_result_release(&r);
	q = (struct http_request){.max_header = 300};
	ok(get("/a?header=X:0123456789012345678901234567890123456789"
	       "012345678901234567890123456789012345678901234567890123456789"
	       "012345678901234567890123456789012345678901234567890123456789"
	       "012345678901234567890123456789012345678901234567890123456789",
	       q, &g, &r) == HTTP_PERMANENT);
	ok(strcmp(r.error, "header too large") == 0);
	http_result_release(&r);
	q = (struct http_request){.max_size = BIG - 1};
	ok(get("/big", q, &g, &r) == HTTP_PERMANENT && r.exit == EX_DATAERR);
	http_result_release(&r);
	buf_release(&g.body);
}

static void
test_slow_taker(void)
{
	struct got g = {.pause_ms = 300};
	struct http_result r;

	test("http: who takes slowly gets all, and little is kept for him");
	ok(get("/big", plain, &g, &r) == HTTP_OK && r.size == BIG);
	ok(g.most <= HTTP_AHEAD + ((size_t)512 << 10));
	for (size_t i = 0; i < BIG; i += 4099)
		ok(g.body.data[i] == (char)(i % 251));
	http_result_release(&r);
	buf_release(&g.body);
}

enum { N_JOBS = 600 };
static bool is_right[N_JOBS];

/* Every kind of end, many at once. */
static void
job(void *arg, size_t i)
{
	static const struct {
		const char *path;
		enum http_class class;
		int status;
	} kinds[] = {{"/a", HTTP_OK, 200}, {"/a?gzip=1", HTTP_OK, 200},
	    {"/a?status=503", HTTP_TEMPORARY, 503},
	    {"/a?cut=3", HTTP_TEMPORARY, 200}, {"/none", HTTP_PERMANENT, 404},
	    {"/x?redirect=/a", HTTP_OK, 200},
	    {"/a?chunk=1&pause=1", HTTP_OK, 200},
	    {"/a?reset=1", HTTP_TEMPORARY, 0}};
	size_t k = i % (sizeof(kinds) / sizeof(*kinds));
	struct got g = {0};
	struct http_result r;
	enum http_class class = get(kinds[k].path, plain, &g, &r);

	(void)arg;
	is_right[i] =
	    class == kinds[k].class && r.status == kinds[k].status &&
	    (class != HTTP_OK || is(g.body.data, g.body.len, "{\"a\":1}\n"));
	http_result_release(&r);
	buf_release(&g.body);
}

static void
test_many(unsigned threads)
{
	struct flows f = {.n = N_JOBS, .threads = threads, .job = job};
	unsigned long before = count("/a"), n;

	test("http: many transfers at once, each with its own end");
	flows_run(&f);
	for (size_t i = 0; i < N_JOBS; i++)
		ok(is_right[i]);
	/* of those that are reset some go once more, see http.h */
	n = count("/a") - before;
	ok(n >= N_JOBS / 8 * 7 && n <= N_JOBS / 8 * 12);
}

static void
write_file(const char *name, const char *data, size_t len)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f || fwrite(data, 1, len, f) != len || fclose(f) != 0)
		exit(1);
}

static void
test_client(struct http *h, unsigned threads)
{
	http = h;
	test_answer();
	test_from_data();
	test_carried();
	test_ends();
	test_slow_taker();
	test_many(threads);
	http_free(h);
}

int
main(void)
{
	char *big = xmalloc(BIG), path[64];

	if (!mkdtemp(dir))
		abort();
	for (size_t i = 0; i < BIG; i++)
		big[i] = (char)(i % 251);
	write_file("big", big, BIG);
	write_file("a", "{\"a\":1}\n", 8);
	free(big);
	peer_start(dir);
	test_client(http_new(), 1);
	test_client(http_new_shared(), 16);
	peer_stop();
	snprintf(path, sizeof(path), "%s/big", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/a", dir);
	unlink(path);
	rmdir(dir);
	return done();
}
