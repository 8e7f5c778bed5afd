/*
 * ask - one call through all layers of lib/http, for tests.
 *
 *	ask [option=value]... URL	prints the body, then on stderr
 *					"HOW STATUS WHY", a line
 *
 *	ttl=DUR stale=DUR negative=DUR wait=DUR timeout=DUR	see http/cache
 *	forced=1 heuristic=1 reload=1 cached=0
 *	auth=JSON tokens=DIR	see http/auth
 *	header=LINE method=NAME
 *	pause=DUR	before each piece of the body is taken
 *	breaker=1	the server's breaker is asked, too: see http/origin
 *
 * The store is that of the environment.  Nothing is tried again.  Exits as
 * the transfer says.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/num.h"
#include "http/stack.h"
#include "stream/stop.h"

static struct cache_policy policy = CACHE_POLICY;
static struct http_request q;
static const char *headers[8];
static size_t n_headers;
static const char *auth_text, *tokens;
static int64_t pause_ms;
static bool is_cached = true, has_breaker;

static bool
on_data(void *arg, const struct http_result *r, const char *data, size_t len)
{
	struct buf *body = arg;

	(void)r;
	poll(NULL, 0, (int)pause_ms);
	buf_add(body, data, len);
	return true;
}

static bool
on_retry(void *arg, const struct http_result *r, int64_t wait_ms)
{
	struct buf *body = arg;

	(void)r;
	(void)wait_ms;
	body->len = 0;
	return true;
}

static int64_t
duration(const char *s)
{
	int64_t ms;

	if (num_duration(s, &ms) != 0)
		die(EX_USAGE, "%s: not a duration", s);
	return ms;
}

static bool
is(const char *option, const char *name, const char **value)
{
	size_t n = strlen(name);

	*value = option + n + 1;
	return strncmp(option, name, n) == 0 && option[n] == '=';
}

static void
take(const char *option)
{
	const char *v;

	if (is(option, "ttl", &v))
		policy.ttl_ms = duration(v);
	else if (is(option, "stale", &v))
		policy.stale_if_error_ms = duration(v);
	else if (is(option, "negative", &v))
		policy.negative_ttl_ms = duration(v);
	else if (is(option, "wait", &v))
		policy.wait_ms = duration(v);
	else if (is(option, "timeout", &v))
		q.timeout_ms = duration(v);
	else if (is(option, "pause", &v))
		pause_ms = duration(v);
	else if (is(option, "forced", &v))
		policy.is_forced = true;
	else if (is(option, "heuristic", &v))
		policy.is_heuristic = true;
	else if (is(option, "reload", &v))
		policy.reloads = true;
	else if (is(option, "breaker", &v))
		has_breaker = true;
	else if (is(option, "cached", &v))
		is_cached = false;
	else if (is(option, "auth", &v))
		auth_text = v;
	else if (is(option, "tokens", &v))
		tokens = v;
	else if (is(option, "method", &v))
		q.method = v;
	else if (is(option, "header", &v) && n_headers < 7)
		headers[n_headers++] = v;
	else
		die(EX_USAGE, "%s: unknown", option);
}

static struct auth *
credentials(void)
{
	struct auth *a = NULL;
	struct buf why = {0};
	struct doc d;

	if (doc_parse(&d, "auth", auth_text, strlen(auth_text)) == 0)
		a = auth_load(&d, NULL, d.root);
	if (!a)
		die(EX_CONFIG, "auth");
	if (auth_unlock(a, tokens, &why) != 0)
		die(EX_CONFIG, "%s", why.data);
	doc_release(&d);
	return a;
}

int
main(int argc, char **argv)
{
	static const struct http_policy once = {.attempts = 1,
	    .base_ms = 1,
	    .cap_ms = 1,
	    .max_wait_ms = 1,
	    .deadline_ms = 60000};
	struct buf body = {0};
	struct cache_outcome o;
	struct http_result r;
	struct store *s = store_new(NULL, 10000);
	struct store *state = store_new(NULL, 10000);
	struct origins *origins = origins_new(state);
	struct buf name = {0};
	struct stack stack = {.policy = &once, .caching = &policy};

	diag_init(argv[0]);
	stop_init();
	for (int i = 1; i < argc - 1; i++)
		take(argv[i]);
	q.url = argv[argc - 1];
	q.headers = headers;
	q.on_data = on_data;
	q.arg = &body;
	stack.http = http_new();
	stack.auth = auth_text ? credentials() : NULL;
	stack.cache = is_cached ? cache_new(s) : NULL;
	if (has_breaker && origin_name(&name, q.url)) {
		buf_addc(&name, '\0');
		stack.origin = origins_get(origins, name.data, NULL);
	}
	stack_do(&stack, &q, on_retry, &r, &o);
	if (r.class == HTTP_OK)
		fwrite(body.data, 1, body.len, stdout);
	fprintf(stderr, "%s %d %s%s\n", cache_how_names[o.how], r.status,
	    r.error, o.why);
	auth_free(stack.auth);
	cache_free(stack.cache);
	http_free(stack.http);
	http_result_release(&r);
	origins_free(origins);
	store_free(state);
	store_free(s);
	buf_release(&name);
	buf_release(&body);
	return r.exit;
}
