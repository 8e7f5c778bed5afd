/* lib/http/origin: breaker, budget, rate and not_before before each call. */
#include <inttypes.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/timestamp.h"
#include "http/answer.h"
#include "http/origin_private.h"
#include "kept.h"

#define NAME "https://api.example.org:443"
#define BREAKER_KEY "breaker:https%3A//api.example.org%3A443"

static char dir[] = "/tmp/cdo-origin-XXXXXX";
static int64_t epoch; /* of the clock that the tests set */

static void
at(int64_t s)
{
	char text[TIMESTAMP_SIZE];

	timestamp_format(epoch + s * 1000, text);
	setenv("CDO_NOW", text, 1);
}

/* A process: a store, and what it knows. */
struct peer {
	struct store *store;
	struct origins *all;
	struct origin *o;
};

static struct peer
peer_new(const struct origin_rules *rules)
{
	struct peer p;

	p.store = store_new(dir, 2000);
	p.all = origins_new(p.store);
	p.o = origins_get(p.all, NAME, rules);
	return p;
}

static void
peer_free(struct peer *p)
{
	origins_free(p->all);
	store_free(p->store);
}

static void
forget(void)
{
	struct store *s = store_new(dir, 2000);
	struct store_txn *t = begin(s, STORE_STATE);

	ok(store_clear(t) == 0);
	store_end(t);
	store_free(s);
}

static struct http_result
result(int status, enum http_class class)
{
	return (struct http_result){.status = status,
	    .class = class,
	    .exit = class == HTTP_OK ? 0 : EX_TEMPFAIL,
	    .retry_after_ms = -1,
	    .date_ms = -1};
}

static enum origin_verdict
enter(const struct peer *p, int64_t *until)
{
	return origin_enter(p->o, 1000, 35000, until);
}

/* Call, which ends with that status. */
static bool
call(const struct peer *p, int status, int64_t cost, int64_t paid)
{
	struct http_result r =
	    result(status, status < 300 ? HTTP_OK : HTTP_TEMPORARY);
	int64_t until;

	ok(enter(p, &until) == ORIGIN_GO);
	return origin_leave(p->o, &r, cost, paid);
}

static void
test_name(void)
{
	struct buf b = {0};

	test("origin: the name of a URL's origin");
	ok(origin_name(&b, "HTTPS://API.Example.org/a?b#c"));
	ok(is(b.data, b.len, NAME));
	b.len = 0;
	ok(origin_name(&b, "http://[::1]:8080"));
	ok(is(b.data, b.len, "http://[::1]:8080"));
	ok(!origin_name(&b, "file:///a/b") && !origin_name(&b, "a b"));
	buf_release(&b);
}

/*
 * Does a process of its own come to that, which then ends without a word?  It
 * is a new program: a child of this one would lack the thread that LevelDB
 * has here.
 */
static bool
other_process_enters(enum origin_verdict want)
{
	static char self[] = "origin", go[] = "go", open[] = "open";
	char *argv[] = {self, dir, want == ORIGIN_GO ? go : open, NULL};
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execv("/proc/self/exe", argv);
		_exit(127);
	}
	return waitpid(pid, &status, 0) == pid && status == 0;
}

/* That process. */
static _Noreturn void
be_other_process(const char *want)
{
	struct peer p = peer_new(NULL);
	int64_t until;
	enum origin_verdict got = enter(&p, &until);

	_exit(got != (strcmp(want, "go") == 0 ? ORIGIN_GO : ORIGIN_OPEN));
}

static void
test_breaker(void)
{
	struct peer p = peer_new(NULL), other;
	int64_t until = 0;

	test("origin: five failures in a row, and nobody calls any more");
	at(0);
	for (int i = 0; i < 4; i++)
		ok(call(&p, 503, 5, 0));
	ok(!call(&p, 503, 5, 0)); /* it opened: no retry */
	ok(enter(&p, &until) == ORIGIN_OPEN);
	ok(until >= epoch + 30000 && until <= epoch + 33000);
	other = peer_new(NULL);
	ok(enter(&other, &until) == ORIGIN_OPEN);

	test("origin: then one probe at a time, in whatever process");
	at(40);
	ok(enter(&p, &until) == ORIGIN_GO);
	ok(enter(&p, &until) == ORIGIN_OPEN);
	peer_free(&other);
	ok(other_process_enters(ORIGIN_OPEN));
	{
		struct http_result r = result(200, HTTP_OK);

		origin_leave(p.o, &r, 0, 0);
	}
	ok(call(&p, 200, 0, 0) == false);
	peer_free(&p);

	test("origin: a probe whose process is dead costs nobody a wait");
	forget();
	p = peer_new(NULL);
	for (int i = 0; i < 5; i++)
		call(&p, 503, 0, 0);
	at(120);
	ok(other_process_enters(ORIGIN_GO));
	other = peer_new(NULL);
	ok(enter(&other, &until) == ORIGIN_GO);
	peer_free(&other);
	peer_free(&p);
}

static void
test_outcomes(void)
{
	struct peer p = peer_new(NULL);
	struct origin_look look;
	struct buf why = {0};

	test("origin: 4xx is no failure of the server, 429 is neither");
	forget();
	at(0);
	for (int i = 0; i < 4; i++)
		call(&p, 500, 0, 0);
	call(&p, 429, 0, 0);
	ok(origin_look(p.o, &look, &why) == 0 && look.failures == 4);
	call(&p, 404, 0, 0);
	call(&p, 500, 0, 0);
	ok(origin_look(p.o, &look, &why) == 0 && look.failures == 1);
	ok(strcmp(look.breaker, "closed") == 0);
	peer_free(&p);
}

static void
test_told(void)
{
	struct peer p = peer_new(NULL), other;

	test("origin: successes are told at the end, in one go");
	forget();
	at(0);
	for (int i = 0; i < 100; i++)
		call(&p, 200, 0, 0);
	ok(holds(p.store, STORE_STATE, BREAKER_KEY, NULL));
	peer_free(&p);
	other = peer_new(NULL);
	call(&other, 500, 0, 0);
	ok(other.o->now.breaker.calls[0] == 101);
	ok(other.o->now.breaker.failed[0] == 1);
	peer_free(&other);
}

static void
test_budget(void)
{
	struct peer p = peer_new(NULL);
	struct origin_look look;
	struct buf why = {0};

	test("origin: retries cost tokens, for all; successes give some back");
	forget();
	at(0);
	for (int i = 0; i < 20; i++)
		ok(call(&p, 429, 5, 0));
	ok(!call(&p, 429, 5, 0));
	ok(origin_look(p.o, &look, &why) == 0 && look.retries == 0);
	call(&p, 200, 0, 10); /* it had two retries */
	call(&p, 200, 0, 0);
	call(&p, 500, 0, 0);
	ok(origin_look(p.o, &look, &why) == 0 && look.retries == 11);
	peer_free(&p);
}

static void
test_not_before(void)
{
	struct peer p = peer_new(NULL), other;
	struct http_result r = result(429, HTTP_TEMPORARY);
	struct origin_look look;
	struct buf why = {0};
	int64_t until = 0;

	test("origin: when a server says to wait, all do");
	forget();
	at(0);
	r.retry_after_ms = 60000;
	ok(enter(&p, &until) == ORIGIN_GO);
	origin_leave(p.o, &r, 0, 0);
	ok(enter(&p, &until) == ORIGIN_HELD && until == epoch + 60000);
	other = peer_new(NULL);
	ok(enter(&other, &until) == ORIGIN_HELD && until == epoch + 60000);
	at(60);
	call(&other, 200, 0, 0);

	test("origin: but for no longer than a day");
	origin_hold(other.o, INT64_MAX / 2);
	ok(origin_look(other.o, &look, &why) == 0);
	ok(look.not_before == epoch + 60000 + ORIGIN_HOLD_MAX_MS);
	peer_free(&other);
	peer_free(&p);
}

static void
test_quota(void)
{
	const struct origin_rules rules = {.remaining = "X-RateLimit-Remaining",
	    .reset = "x-ratelimit-reset",
	    .reset_form = ORIGIN_RESET_EPOCH};
	struct peer p = peer_new(&rules);
	struct http_result r = result(200, HTTP_OK);
	int64_t until = 0;
	char reset[64];

	test("origin: headers of quota, by the server's clock");
	forget();
	at(0);
	r.date_ms = epoch - 3600000; /* it is an hour behind */
	r.answer = answer_new();
	snprintf(reset, sizeof(reset), "X-RateLimit-Reset: %" PRId64,
	    r.date_ms / 1000 + 90);
	answer_line(r.answer, "HTTP/1.1 200 OK", 15);
	answer_line(r.answer, reset, strlen(reset));
	answer_line(r.answer, "x-ratelimit-remaining: 7", 24);
	ok(enter(&p, &until) == ORIGIN_GO);
	origin_learn(p.o, &r);
	ok(r.retry_after_ms == -1);
	origin_leave(p.o, &r, 0, 0);
	ok(enter(&p, &until) == ORIGIN_GO);
	answer_line(r.answer, "HTTP/1.1 200 OK", 15);
	answer_line(r.answer, reset, strlen(reset));
	answer_line(r.answer, "x-ratelimit-remaining: 0", 24);
	origin_learn(p.o, &r);
	ok(r.retry_after_ms == 90000);
	origin_leave(p.o, &r, 0, 0);
	ok(enter(&p, &until) == ORIGIN_HELD && until == epoch + 90000);
	answer_free(r.answer);
	peer_free(&p);
}

static void
test_rate(void)
{
	struct origin_rules rules = {.rate = {1000, 1}}; /* 1000/s */
	struct peer p = peer_new(&rules), other;
	int64_t until = 0;

	test("origin: turns are reserved together, those left are given back");
	forget();
	at(0);
	for (int i = 0; i < 3; i++)
		call(&p, 200, 0, 0);
	other = peer_new(&rules);
	origin_enter(other.o, 1, 1000, &until);
	ok(until == epoch + 250);
	peer_free(&other);
	ok(p.o->n_turns == 250);
	peer_free(&p);
	other = peer_new(&rules);
	call(&other, 200, 0, 0);
	ok(other.o->full_us == (epoch + 253) * 1000);
	peer_free(&other);

	test("origin: a turn that comes too late is refused");
	forget();
	rules.rate = (struct rate_rule){60000000, 1}; /* 1/m */
	p = peer_new(&rules);
	call(&p, 200, 0, 0);
	ok(enter(&p, &until) == ORIGIN_BUSY && until == epoch + 60000);
	peer_free(&p);
}

static void
test_alone(void)
{
	struct origins *all = origins_new(NULL);
	struct peer p = {NULL, all, origins_get(all, NAME, NULL)}, damaged;
	int64_t until;

	test("origin: without a store a process knows what it saw itself");
	at(0);
	for (int i = 0; i < 5; i++)
		call(&p, 503, 0, 0);
	ok(enter(&p, &until) == ORIGIN_OPEN);
	origins_free(all);

	test("origin: with a store that cannot be read, too");
	forget();
	damaged = peer_new(NULL);
	ok(set(damaged.store, STORE_STATE, BREAKER_KEY, "{}", 1000, 0) == 0);
	for (int i = 0; i < 5; i++)
		call(&damaged, 503, 0, 0);
	ok(enter(&damaged, &until) == ORIGIN_OPEN);
	ok(holds(damaged.store, STORE_STATE, BREAKER_KEY, "{}"));
	peer_free(&damaged);
}

static void
clean(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execlp("rm", "rm", "-r", dir, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

int
main(int argc, char *argv[])
{
	diag_init("origin");
	if (argc == 3) {
		snprintf(dir, sizeof(dir), "%s", argv[1]);
		be_other_process(argv[2]);
	}
	if (!mkdtemp(dir))
		return 1;
	timestamp_parse("2026-01-01T00:00:00Z", 20, &epoch);
	test_name();
	test_breaker();
	test_outcomes();
	test_told();
	test_budget();
	test_not_before();
	test_quota();
	test_rate();
	test_alone();
	clean();
	return done();
}
