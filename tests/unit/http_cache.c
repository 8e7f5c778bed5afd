/* lib/http/cache: over a server that is a function, at any time of day. */
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/secret.h"
#include "core/timestamp.h"
#include "http/answer.h"
#include "http/cache.h"
#include "http/kept.h"
#include "http/outcome.h"
#include "kept.h"

#define URL "http://h.example/a?q=1"

static char dir[] = "/tmp/cdo-cache-XXXXXX";

/* What the server does, and what it saw. */
static struct server {
	int status; /* 0: refuses the connection */
	const char *headers; /* lines */
	const char *body;
	const char *type304; /* an ETag to which it says 304, or NULL */
	bool cuts; /* the body, after all of it was handed over */
	bool always_304;
	int n;
	bool had_condition;
	unsigned delay_ms;
} server;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool
has_condition(const struct http_request *q, const char *etag)
{
	struct buf want = {0};
	bool has = false;

	buf_addf(&want, "If-None-Match: %s", etag);
	for (const char *const *h = q->headers; h && *h; h++)
		has |= strcmp(*h, want.data) == 0;
	buf_release(&want);
	return has;
}

static void
add_headers(struct answer *a, const char *lines)
{
	while (lines && *lines) {
		size_t n = strcspn(lines, "\n");

		answer_line(a, lines, n);
		lines += n + (lines[n] == '\n');
	}
}

static enum http_class
finish(const struct http_request *q, struct http_result *r)
{
	struct http_facts f = {
	    .end = HTTP_END_NONE, .is_accepted = r->status / 100 == 2};

	if (server.status == 0) {
		f.code = CURLE_COULDNT_CONNECT;
	} else if (server.cuts) {
		f.code = CURLE_PARTIAL_FILE;
	}
	if (r->status == 304)
		return r->class;
	http_judge(r, q, &f);
	if (r->class == HTTP_OK && q->on_end)
		q->on_end(q->arg, r);
	return r->class;
}

static enum http_class
serve(void *arg, const struct http_request *q, http_on_retry *on_retry,
    struct http_result *r)
{
	size_t len = server.body ? strlen(server.body) : 0;

	(void)arg;
	(void)on_retry;
	pthread_mutex_lock(&lock);
	server.n++;
	pthread_mutex_unlock(&lock);
	if (server.delay_ms)
		poll(NULL, 0, (int)server.delay_ms);
	*r = (struct http_result){.retry_after_ms = -1};
	r->status = server.status;
	r->answer = answer_new();
	add_headers(r->answer, server.headers);
	server.had_condition =
	    server.type304 && has_condition(q, server.type304);
	if (server.always_304 || server.had_condition)
		r->status = 304;
	if (r->status / 100 != 2 || len == 0)
		return finish(q, r);
	for (size_t i = 0; i < 2; i++) { /* in two pieces */
		size_t n = i == 0 ? len / 2 : len - len / 2;

		if (q->on_data && !q->on_data(q->arg, r,
				      server.body + (i ? len / 2 : 0), n)) {
			r->class = HTTP_STOPPED;
			return r->class;
		}
		r->size += n;
	}
	return finish(q, r);
}

/* What came of a request. */
struct got {
	struct buf body;
	struct cache_outcome o;
	struct http_result r;
	int dropped; /* calls of on_retry with -1 */
};

static bool
on_data(void *arg, const struct http_result *r, const char *data, size_t len)
{
	struct got *g = arg;

	(void)r;
	buf_add(&g->body, data, len);
	return true;
}

static bool
on_retry(void *arg, const struct http_result *r, int64_t wait_ms)
{
	struct got *g = arg;

	(void)r;
	g->dropped += wait_ms == -1;
	g->body.len = 0;
	return true;
}

static struct cache *cache;
static const struct http_layer below = {serve, NULL};

static struct got
ask_all(const char *method, const char *url, const char *const *headers,
    const struct cache_policy *p)
{
	static struct got g;
	struct http_request q = {.method = method,
	    .url = url,
	    .headers = headers,
	    .on_data = on_data,
	    .arg = &g};

	buf_release(&g.body);
	http_result_release(&g.r);
	g = (struct got){0};
	cache_do(cache, &q, p, &below, on_retry, &g.r, &g.o);
	return g;
}

static struct got
ask(const struct cache_policy *p)
{
	return ask_all(NULL, URL, NULL, p);
}

static bool
came(const struct got *g, enum cache_how how, const char *body, int requests)
{
	bool good = g->o.how == how && server.n == requests &&
		    is(g->body.data, g->body.len, body);

	if (!good)
		printf("# %s, %d requests, %s\n", cache_how_names[g->o.how],
		    server.n, g->r.error);
	return good;
}

static void
at(const char *time)
{
	char now[64];

	snprintf(now, sizeof(now), "2026-01-01T%sZ", time);
	setenv("CDO_NOW", now, 1);
}

/* A new day: nothing kept, no request seen. */
static void
begin_case(const char *name)
{
	struct store *s = store_new(dir, 1000);
	struct store_txn *t = begin(s, STORE_CACHE);

	test(name);
	store_clear(t);
	store_end(t);
	store_free(s);
	server = (struct server){.status = 200, .body = "[1,2]"};
	at("00:00:00");
}

static void
test_fresh(void)
{
	struct cache_policy p = CACHE_POLICY;
	struct got g;

	begin_case("cache: max-age: one request until it is over");
	server.headers = "Cache-Control: max-age=100\n"
			 "Content-Type: a/b\nLink: <x>\nSet-Cookie: s=1\n";
	g = ask(&p);
	ok(came(&g, CACHE_MISS, "[1,2]", 1));
	server.body = "[3]";
	at("00:01:29"); /* 90 % of it, at least, count */
	g = ask(&p);
	ok(came(&g, CACHE_HIT, "[1,2]", 1) && g.o.age_ms == 89000);
	ok(g.r.class == HTTP_OK && g.r.status == 200 && g.r.size == 5);
	ok(strcmp(g.r.type, "a/b") == 0);
	ok(strcmp(http_result_header(&g.r, "link"), "<x>") == 0);
	ok(!http_result_header(&g.r, "set-cookie"));
	at("00:01:41");
	g = ask(&p);
	ok(came(&g, CACHE_MISS, "[3]", 2));

	begin_case("cache: nothing said: asked each time; ttl instead");
	g = ask(&p);
	g = ask(&p);
	ok(came(&g, CACHE_MISS, "[1,2]", 2));
	p.ttl_ms = 60000;
	g = ask(&p);
	ok(came(&g, CACHE_HIT, "[1,2]", 2));

	begin_case("cache: no-store, Vary: *, other methods are not kept");
	server.headers = "Cache-Control: no-store\n";
	g = ask(&p);
	g = ask(&p);
	ok(came(&g, CACHE_MISS, "[1,2]", 2));
	server.headers = "Vary: *\n";
	g = ask(&p);
	g = ask(&p);
	ok(came(&g, CACHE_MISS, "[1,2]", 4));
	g = ask_all("POST", URL, NULL, &p);
	ok(came(&g, CACHE_PASSED, "[1,2]", 5));

	begin_case("cache: a POST that works makes what is kept old");
	g = ask(&p);
	g = ask_all("POST", URL, NULL, &p);
	g = ask(&p);
	ok(came(&g, CACHE_MISS, "[1,2]", 3));

	begin_case("cache: an empty body, 204");
	server.body = NULL;
	server.status = 204;
	g = ask(&p);
	g = ask(&p);
	ok(came(&g, CACHE_HIT, "", 1) && g.r.status == 204);
}

static void
test_key(void)
{
	static const char *const english[] = {"Accept-Language: en", NULL};
	static const char *const german[] = {"Accept-Language: de", NULL};
	static const char *const key[] = {"X-Key: canary-1", NULL};
	struct cache_policy p = CACHE_POLICY;
	struct got g;

	begin_case("cache: Vary tells answers apart, and both are kept");
	p.ttl_ms = 60000;
	server.headers = "Vary: Accept-Language\n";
	g = ask_all(NULL, URL, english, &p);
	server.body = "[\"de\"]";
	g = ask_all(NULL, URL, german, &p);
	ok(came(&g, CACHE_MISS, "[\"de\"]", 2));
	g = ask_all(NULL, URL, english, &p);
	ok(came(&g, CACHE_HIT, "[1,2]", 2));
	g = ask_all(NULL, URL, german, &p);
	ok(came(&g, CACHE_HIT, "[\"de\"]", 2));

	begin_case("cache: profile, method, URL and headers are in the key");
	g = ask(&p);
	g = ask_all(NULL, URL "#fragment", NULL, &p);
	ok(came(&g, CACHE_HIT, "[1,2]", 1));
	g = ask_all(NULL, URL "1", NULL, &p);
	g = ask_all("HEAD", URL, NULL, &p);
	g = ask_all(NULL, URL, key, &p);
	p.profile = "other";
	g = ask(&p);
	ok(came(&g, CACHE_MISS, "[1,2]", 5));
	g = ask(&p);
	ok(came(&g, CACHE_HIT, "[1,2]", 5));
}

static void
test_validators(void)
{
	struct cache_policy p = CACHE_POLICY;
	struct got g;

	begin_case("cache: 304: what is kept, and its headers are new");
	server.headers = "ETag: W/\"1\"\nCache-Control: max-age=10\n";
	server.type304 = "W/\"1\"";
	g = ask(&p);
	at("00:01:00");
	server.headers = "ETag: W/\"1\"\nCache-Control: max-age=3600\n"
			 "Content-Type: no/no\n";
	server.body = "[3]";
	g = ask(&p);
	ok(came(&g, CACHE_REVALIDATED, "[1,2]", 2) && server.had_condition);
	ok(g.r.class == HTTP_OK && g.r.status == 200 && g.r.type[0] == '\0');
	at("00:50:00");
	g = ask(&p);
	ok(came(&g, CACHE_HIT, "[1,2]", 2));

	begin_case(
	    "cache: 304 to nothing, or to another ETag: asked once more");
	server.always_304 = true;
	g = ask(&p);
	ok(came(&g, CACHE_FAILED, "", 2) && g.r.exit == EX_PROTOCOL);
	server.always_304 = false;
	server.headers = "ETag: \"1\"\n";
	g = ask(&p);
	server.type304 = "\"1\"";
	server.headers = "ETag: \"2\"\n";
	g = ask(&p);
	/* the fake says 304 only to the condition, so then all of it */
	ok(came(&g, CACHE_MISS, "[1,2]", 5));

	begin_case("cache: a body that was cut is not kept, and no validator");
	server.headers = "ETag: \"1\"\n";
	server.cuts = true;
	g = ask(&p);
	ok(g.r.class == HTTP_TEMPORARY);
	server.cuts = false;
	server.type304 = "\"1\"";
	g = ask(&p);
	ok(came(&g, CACHE_MISS, "[1,2]", 2) && !server.had_condition);
}

static void
test_failures(void)
{
	struct cache_policy p = CACHE_POLICY;
	struct got g;

	begin_case("cache: an old answer stands in for a failure, flagged");
	server.headers = "Cache-Control: max-age=10\n";
	p.stale_if_error_ms = 3600000;
	g = ask(&p);
	at("00:10:00");
	server.status = 503;
	g = ask(&p);
	ok(came(&g, CACHE_STALE, "[1,2]", 2) && g.r.class == HTTP_OK);
	ok(strcmp(g.o.why, "HTTP 503") == 0 && g.o.age_ms == 600000);
	g = ask(&p);
	ok(came(&g, CACHE_STALE, "[1,2]", 2)); /* it has just failed */
	at("00:10:06");
	server.status = 0;
	g = ask(&p);
	ok(came(&g, CACHE_STALE, "[1,2]", 3));
	at("00:11:00");
	server.status = 200;
	server.cuts = true; /* after some of it was handed over */
	g = ask(&p);
	ok(came(&g, CACHE_STALE, "[1,2]", 4) && g.dropped == 1);
	server.cuts = false;
	at("00:12:00");
	server.status = 404;
	g = ask(&p);
	ok(came(&g, CACHE_FAILED, "", 5) && g.r.exit == EX_NOINPUT);
	at("02:00:00");
	server.status = 503;
	g = ask(&p);
	ok(came(&g, CACHE_FAILED, "", 6) && g.r.exit == EX_TEMPFAIL);

	begin_case("cache: must-revalidate forbids that, unless forced");
	server.headers = "Cache-Control: max-age=1, must-revalidate\n";
	g = ask(&p);
	at("00:10:00");
	server.status = 500;
	g = ask(&p);
	ok(came(&g, CACHE_FAILED, "", 2));
	p.is_forced = true;
	g = ask(&p);
	ok(came(&g, CACHE_STALE, "[1,2]", 2));
	p.is_forced = false;

	begin_case("cache: a failure is remembered for five seconds");
	server.status = 502;
	g = ask(&p);
	at("00:00:04");
	g = ask(&p);
	ok(came(&g, CACHE_FAILED, "", 1) && g.r.status == 502);
	ok(g.r.class == HTTP_TEMPORARY && g.r.exit == EX_TEMPFAIL &&
	    strcmp(g.r.error, "HTTP 502") == 0);
	at("00:00:05");
	server.status = 200;
	g = ask(&p);
	ok(came(&g, CACHE_MISS, "[1,2]", 2));

	begin_case("cache: 404 is kept only if that is wanted");
	server.status = 404;
	g = ask(&p);
	g = ask(&p);
	ok(server.n == 2);
	p.negative_ttl_ms = 100000;
	g = ask(&p);
	at("00:01:00");
	g = ask(&p);
	ok(came(&g, CACHE_HIT, "", 3));
	ok(g.r.status == 404 && g.r.exit == EX_NOINPUT &&
	    g.r.class == HTTP_PERMANENT && strcmp(g.r.error, "HTTP 404") == 0);
	at("00:02:00");
	g = ask(&p);
	ok(server.n == 4);

	begin_case("cache: our clock was set back: asked");
	p = (struct cache_policy)CACHE_POLICY;
	p.ttl_ms = 60000;
	at("00:10:00");
	g = ask(&p);
	at("00:00:00");
	g = ask(&p);
	ok(came(&g, CACHE_MISS, "[1,2]", 2));
}

static void
test_store(void)
{
	struct cache_policy p = CACHE_POLICY;
	struct store *s = store_new(dir, 1000);
	struct store_txn *t;
	struct store_stats stats;
	struct buf large = {0};
	struct got g;

	begin_case("cache: an answer with a secret in it is not kept");
	p.ttl_ms = 60000;
	secret_remember("canary-2", 8);
	server.body = "{\"echo\":\"canary-2\"}";
	g = ask(&p);
	g = ask(&p);
	ok(came(&g, CACHE_MISS, server.body, 2));

	begin_case("cache: a body that is too large passes");
	buf_reserve(&large, CACHE_BODY_MAX + 2);
	memset(large.data, '1', CACHE_BODY_MAX + 1);
	large.data[CACHE_BODY_MAX + 1] = '\0';
	server.body = large.data;
	g = ask(&p);
	g = ask(&p);
	ok(server.n == 2 && g.body.len == CACHE_BODY_MAX + 1);
	large.data[CACHE_BODY_MAX] = '\0';
	g = ask(&p);
	g = ask(&p);
	ok(server.n == 3 && g.body.len == CACHE_BODY_MAX);
	buf_release(&large);

	begin_case("cache: no lease is left behind");
	g = ask(&p);
	t = begin(s, STORE_CACHE);
	ok(store_stats(t, &stats) == 0 && stats.entries == 1);
	store_end(t);
	store_free(s);

	begin_case("cache: reloading asks, and keeps what comes");
	p.reloads = true;
	g = ask(&p);
	at("00:00:01");
	server.body = "[3]";
	g = ask(&p);
	ok(came(&g, CACHE_MISS, "[3]", 2));
	p.reloads = false;
	g = ask(&p);
	ok(came(&g, CACHE_HIT, "[3]", 2));
}

static void *
ask_in_thread(void *arg)
{
	struct cache_policy p = CACHE_POLICY;
	struct got g = {0};
	struct http_request q = {.url = URL, .on_data = on_data, .arg = &g};
	int *good = arg;

	p.ttl_ms = 60000;
	cache_do(cache, &q, &p, &below, NULL, &g.r, &g.o);
	*good = g.body.len == 5 && g.r.class == HTTP_OK;
	buf_release(&g.body);
	http_result_release(&g.r);
	return NULL;
}

static void
test_threads(void)
{
	enum { N = 8 };
	pthread_t threads[N];
	int good[N] = {0}, n = 0;

	begin_case("cache: eight threads, one request");
	server.delay_ms = 50;
	for (int i = 0; i < N; i++)
		pthread_create(&threads[i], NULL, ask_in_thread, &good[i]);
	for (int i = 0; i < N; i++) {
		pthread_join(threads[i], NULL);
		n += good[i];
	}
	ok(n == N && server.n == 1);
}

static void
test_form(void)
{
	static const char *const bad[] = {"", "cdo-http 1 ", "cdo-http 2 200 1",
	    "cdo-http 1 200 1 2 950 1 \n\n",
	    "cdo-http 1 200 1 2 950 0 \na: b\n",
	    "cdo-http 1 200 1 2 1001 0 \n\n", "cdo-http 1 x 1 2 950 0 \n\n",
	    "cdo-http 1 200 -1 2 950 0 \n\n", "cdo-http 1 200 1 2 950 0\n\n",
	    "cdo-http 1 200 1 2 950 0 \n\nx", NULL};
	static const char good[] = "cdo-http 1 200 1 2 950 3 http://u\n"
				   "ETag: 1\n\n\n\n\n";
	struct kept k;
	struct http_result r;
	struct buf out = {0};
	int64_t moment;

	test("kept: what does not look so to the letter is not there");
	for (size_t i = 0; bad[i]; i++)
		ok(!kept_read(bad[i], strlen(bad[i]), &k));
	ok(kept_read(good, sizeof(good) - 1, &k));
	ok(k.body_len == 3 && strcmp(k.url, "http://u") == 0);
	kept_write(&out, &k);
	ok(is(out.data, out.len, good));
	kept_release(&k);
	ok(!kept_read_vary("cdo-http-vary 1 a", 17));
	ok(!kept_read_vary("cdo-http-vary 1 a\n\n", 19));
	ok(!kept_read_failure(good, sizeof(good) - 1, &r, &moment));
	buf_release(&out);
}

static void
clean_up(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execlp("rm", "rm", "-r", dir, (char *)NULL);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
}

int
main(void)
{
	struct store *s;

	if (!mkdtemp(dir))
		return 1;
	s = store_new(dir, 10000);
	cache = cache_new(s);
	test_fresh();
	test_key();
	test_validators();
	test_failures();
	test_store();
	test_threads();
	test_form();
	cache_free(cache);
	store_free(s);
	clean_up();
	return done();
}
