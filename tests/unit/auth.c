/* lib/http/auth, oauth, aws: over a server that is a function. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/secret.h"
#include "http/auth.h"
#include "http/aws.h"
#include "http/oauth.h"
#include "http/outcome.h"
#include "unit.h"

#define URL "http://h.example/a?q=1"
#define TOKEN_URL "http://t.example/token"

static char dir[] = "/tmp/cdo-auth-XXXXXX";

/* What the server does, and what it saw last. */
static struct server {
	int refusals; /* 401, or 403 with a clock, so many times */
	int64_t date_ms; /* told with a refusal; 0: not */
	const char *token; /* the answer of the token's server */
	int token_status;
	int n, n_tokens;
	char url[512], header[1024], basic[256], body[512];
} server;

static void
answer_token(const struct http_request *q, struct http_result *r)
{
	server.n_tokens++;
	r->status = server.token_status ? server.token_status : 200;
	snprintf(server.body, sizeof(server.body), "%.*s", (int)q->body_len,
	    (const char *)q->body);
	server.basic[0] = '\0';
	for (size_t i = 0; q->headers[i]; i++)
		if (strncmp(q->headers[i], "Authorization:", 14) == 0)
			snprintf(server.basic, sizeof(server.basic), "%s",
			    q->headers[i]);
	if (r->status == 200)
		q->on_data(q->arg, r, server.token, strlen(server.token));
}

static enum http_class
serve(void *arg, const struct http_request *q, http_on_retry *on_retry,
    struct http_result *r)
{
	struct http_facts f = {.end = HTTP_END_NONE};
	size_t n = 0;

	(void)arg;
	(void)on_retry;
	*r = (struct http_result){.retry_after_ms = -1, .date_ms = -1};
	if (strcmp(q->url, TOKEN_URL) == 0) {
		answer_token(q, r);
	} else {
		server.n++;
		r->status = 200;
		r->url = strdup(q->url);
		snprintf(server.url, sizeof(server.url), "%s", q->url);
		while (q->headers[n])
			n++;
		snprintf(server.header, sizeof(server.header), "%s",
		    n > 0 ? q->headers[n - 1] : "");
		if (server.refusals > 0) {
			server.refusals--;
			r->status = server.date_ms ? 403 : 401;
			r->date_ms = server.date_ms ? server.date_ms : -1;
		}
	}
	f.is_accepted = r->status == 200;
	http_judge(r, q, &f);
	return r->class;
}

static const struct http_layer below = {serve, NULL};
static const char *const headers[] = {"Accept: a/b", NULL};
static struct http_result last;

static struct auth *
load(const char *text)
{
	struct doc d;
	struct auth *a = NULL;

	if (doc_parse(&d, "t", text, strlen(text)) == 0)
		a = auth_load(&d, NULL, d.root);
	doc_release(&d);
	return a;
}

static struct auth *
unlocked(const char *text, const char *tokens)
{
	struct auth *a = load(text);
	struct buf why = {0};

	if (!a || auth_unlock(a, tokens, &why) != 0) {
		printf("# %s: %.*s\n", text, (int)why.len, why.data);
		exit(1);
	}
	buf_release(&why);
	return a;
}

static enum http_class
ask(struct auth *a)
{
	struct http_request q = {.url = URL, .headers = headers};

	http_result_release(&last);
	return auth_do(a, &q, &below, NULL, &last);
}

/* Asked once, with that URL and last header? */
static bool
sends(const char *text, const char *url, const char *header)
{
	struct auth *a = unlocked(text, NULL);
	bool good;

	server = (struct server){0};
	good = ask(a) == HTTP_OK && server.n == 1 &&
	       is(server.url, strlen(server.url), url) &&
	       is(server.header, strlen(server.header), header);
	auth_free(a);
	return good;
}

static bool
is_masked(const char *text)
{
	char copy[256];

	snprintf(copy, sizeof(copy), "%s", text);
	return secret_mask(copy, strlen(copy)) < strlen(text);
}

#define A "{\"secret\":\"env:A\"}"
#define VALUE "\"value\":" A
#define BAD(more) "{\"bearer\":" A "," more "}"
#define BAD_OAUTH \
	"{\"oauth2\":{\"token_url\":\"ftp://h\",\"client_id\":\"i\"," \
	"\"client_secret\":" A "}}"

static void
test_kinds(void)
{
	static const char *const bad[] = {"{}", "[]", "{\"bearer\":\"plain\"}",
	    BAD("\"basic\":{}"), BAD("\"x\":1"), BAD("\"profile\":1"),
	    "{\"query\":{\"name\":\"\"," VALUE "}}",
	    "{\"header\":{\"name\":\"a:b\"," VALUE "}}",
	    "{\"basic\":{\"user\":\"u\",\"password\":\"p\"}}",
	    "{\"sigv4\":{\"service\":\"s\",\"key_id\":" A "}}", BAD_OAUTH,
	    "{\"key\":{\"user\":\"u\",\"file\":\"\"}}", NULL};
	struct auth *a;
	struct buf shown = {0}, why = {0};

	setenv("CANARY", "s+cret/1", 1);
	test("auth: query, header, basic, bearer");
	ok(sends("{\"query\":{\"name\":\"app id\",\"value\":"
		 "{\"secret\":\"env:CANARY\"}}}",
	    URL "&app%20id=s%2Bcret%2F1", "Accept: a/b"));
	ok(strcmp(http_result_url(&last), URL) == 0); /* without the key */
	ok(sends("{\"header\":{\"name\":\"X-Key\",\"value\":"
		 "{\"secret\":\"env:CANARY\",\"prefix\":\"Key \"}}}",
	    URL, "X-Key: Key s+cret/1"));
	ok(sends("{\"basic\":{\"user\":\"Aladdin\",\"password\":"
		 "{\"secret\":\"env:CANARY\"}}}",
	    URL, "Authorization: Basic QWxhZGRpbjpzK2NyZXQvMQ=="));
	ok(sends("{\"bearer\":{\"secret\":\"env:CANARY\"}}", URL,
	    "Authorization: Bearer s+cret/1"));

	test("auth: secrets are masked in the forms in which they are sent");
	ok(is_masked("x s%2Bcret%2F1"));
	ok(is_masked("QWxhZGRpbjpzK2NyZXQvMQ=="));

	test("auth: what is malformed, and plain secrets, are faults");
	for (size_t i = 0; bad[i]; i++)
		ok(!load(bad[i]));

	test("auth: shown and told apart by references");
	a = load("{\"basic\":{\"user\":\"u\",\"password\":"
		 "{\"secret\":\"env:CANARY\"}}}");
	auth_show(a, &shown);
	ok(is(shown.data, shown.len, "basic (u, env:CANARY)"));
	ok(strcmp(auth_profile(a), shown.data) == 0);
	auth_free(a);
	a = load("{\"bearer\":{\"secret\":\"env:NOT_THERE\"},"
		 "\"profile\":\"mine\"}");
	ok(strcmp(auth_profile(a), "mine") == 0);
	ok(auth_unlock(a, NULL, &why) == EX_CONFIG && why.len > 0);
	auth_free(a);
	buf_release(&shown);
	buf_release(&why);
}

static void
write_secret(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (!f)
		exit(1);
	fputs(text, f);
	fclose(f);
	chmod(path, 0600);
}

static void
test_refresh(void)
{
	char path[64], text[128];
	struct auth *a;

	test("auth: 401: a file that was written anew is read again, once");
	snprintf(path, sizeof(path), "%s/secret", dir);
	snprintf(
	    text, sizeof(text), "{\"bearer\":{\"secret\":\"file:%s\"}}", path);
	write_secret(path, "canary-a\n");
	a = unlocked(text, NULL);
	server = (struct server){.refusals = 1};
	ok(ask(a) == HTTP_PERMANENT && server.n == 1); /* nothing new */
	write_secret(path, "canary-b\n");
	server = (struct server){.refusals = 1};
	ok(ask(a) == HTTP_OK && server.n == 2);
	ok(strcmp(server.header, "Authorization: Bearer canary-b") == 0);
	write_secret(path, "canary-c\n");
	server = (struct server){.refusals = 2};
	ok(ask(a) == HTTP_PERMANENT && server.n == 2 && last.status == 401);
	auth_free(a);
}

#define OAUTH \
	"{\"oauth2\":{\"token_url\":\"" TOKEN_URL "\",\"client_id\":\"i:d\"," \
	"\"client_secret\":{\"secret\":\"env:CANARY\"},\"scope\":\"a b\"}}"
#define OAUTH_BODY \
	"{\"oauth2\":{\"token_url\":\"" TOKEN_URL "\",\"client_id\":\"id\"," \
	"\"client_secret\":{\"secret\":\"env:CANARY\"},\"in\":\"body\"}}"

static void
test_oauth(void)
{
	char tokens[64];
	struct auth *a, *b;
	struct stat st;
	struct buf command = {0};

	snprintf(tokens, sizeof(tokens), "%s/tokens", dir);
	setenv("CDO_NOW", "2026-01-01T00:00:00Z", 1);
	test("oauth: one token for many requests, until it is over");
	a = unlocked(OAUTH, tokens);
	server = (struct server){
	    .token = "{\"access_token\":\"tok-1\",\"token_type\":\"Bearer\","
		     "\"expires_in\":3600}"};
	ok(ask(a) == HTTP_OK && ask(a) == HTTP_OK);
	ok(server.n == 2 && server.n_tokens == 1);
	ok(strcmp(server.header, "Authorization: Bearer tok-1") == 0);
	ok(is(server.body, strlen(server.body),
	    "grant_type=client_credentials&scope=a%20b"));
	/* i%3Ad:s%2Bcret%2F1 */
	ok(is(server.basic, strlen(server.basic),
	    "Authorization: Basic aSUzQWQ6cyUyQmNyZXQlMkYx"));
	ok(is_masked("tok-1"));
	setenv("CDO_NOW", "2026-01-01T00:59:01Z", 1);
	ok(ask(a) == HTTP_OK && server.n_tokens == 2);

	test("oauth: another process has it from a file, mode 0600");
	b = unlocked(OAUTH, tokens);
	ok(ask(b) == HTTP_OK && server.n_tokens == 2);
	buf_addf(&command,
	    "test \"$(find %s -type f -perm 0600 | wc -l)\" = 1 "
	    "&& ! grep -rq 'cret' %s",
	    tokens, tokens);
	ok(system(command.data) == 0); /* NOLINT(cert-env33-c) */
	ok(stat(tokens, &st) == 0 && (st.st_mode & 077) == 0);

	test("oauth: 401: a new token, exactly once");
	server.refusals = 1;
	server.n = 0;
	server.token = "{\"access_token\":\"tok-2\",\"expires_in\":\"60\"}";
	ok(ask(a) == HTTP_OK && server.n == 2 && server.n_tokens == 3);
	ok(strcmp(server.header, "Authorization: Bearer tok-2") == 0);
	server.refusals = 1; /* b still has the old one, the file a new one */
	server.n = 0;
	ok(ask(b) == HTTP_OK && server.n == 2 && server.n_tokens == 3);
	server.refusals = 2;
	server.n = 0;
	ok(ask(a) == HTTP_PERMANENT && server.n == 2 && server.n_tokens == 4);
	ok(last.exit == EX_NOPERM && last.status == 401);

	test("oauth: a clock that was set back makes no token live longer");
	setenv("CDO_NOW", "2025-12-31T00:00:00Z", 1);
	ok(ask(a) == HTTP_OK && server.n_tokens == 5);
	auth_free(a);
	auth_free(b);

	test("oauth: what the token's server says is told");
	a = unlocked(OAUTH_BODY, NULL);
	server = (struct server){.token_status = 400};
	ok(ask(a) == HTTP_PERMANENT && server.n == 0);
	ok(strcmp(last.error, "token: HTTP 400") == 0 &&
	    last.exit == EX_NOPERM);
	ok(is(server.body, strlen(server.body),
	    "grant_type=client_credentials&client_id=id&"
	    "client_secret=s%2Bcret%2F1"));
	server = (struct server){.token_status = 503};
	ok(ask(a) == HTTP_TEMPORARY);
	server = (struct server){.token = "<html>"};
	ok(ask(a) == HTTP_PERMANENT && last.exit == EX_PROTOCOL);
	auth_free(a);
	buf_release(&command);
	unsetenv("CDO_NOW");
}

static void
test_answers(void)
{
	static const struct {
		const char *text, *token;
		int64_t life;
	} rows[] = {
	    {"{\"access_token\":\"a\"}", "a", 300000},
	    {"{\"access_token\":\"a\",\"expires_in\":7.5}", "a", 7500},
	    {"{\"access_token\":\"a\",\"expires_in\":\"60\"}", "a", 60000},
	    {"{\"access_token\":\"a\",\"expires_in\":\"6x\"}", "a", 300000},
	    {"{\"access_token\":\"a\",\"expires_in\":-5}", "a", 300000},
	    {"{\"access_token\":\"a\",\"expires_in\":1e300}", "a",
		INT64_C(366) * 86400000},
	    {"{\"access_token\":\"a\",\"token_type\":\"BEARER\"}", "a", 300000},
	    {"{\"access_token\":\"a\",\"token_type\":\"mac\"}", NULL, 0},
	    {"{\"access_token\":\"\"}", NULL, 0},
	    {"{\"access_token\":\"a b\"}", NULL, 0},
	    {"{\"access_token\":\"a\\r\\nX: y\"}", NULL, 0},
	    {"{\"access_token\":1}", NULL, 0},
	    {"[]", NULL, 0},
	    {"", NULL, 0},
	};

	test("oauth: answers of a token's server");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf why = {0};
		char *token = NULL;
		int64_t life = 0;
		bool good = oauth_read(
		    rows[i].text, strlen(rows[i].text), &token, &life, &why);

		ok(good == (rows[i].token != NULL));
		ok(good == (why.len == 0));
		if (good)
			ok(strcmp(token, rows[i].token) == 0 &&
			    life == rows[i].life);
		free(token);
		buf_release(&why);
	}
}

static void
test_aws(void)
{
	static const char file[] = "# c\n[default]\naws_access_key_id = A\r\n"
				   "aws_secret_access_key=b=c\n\n[ x ]\n"
				   "[other]\naws_access_key_id=O\n"
				   "aws_secret_access_key = p \n"
				   "aws_session_token = t\nodd\n=\n";
	struct aws_keys k;
	struct auth *a;

	test("aws: the file of credentials");
	ok(aws_read(file, sizeof(file) - 1, "default", &k));
	ok(strcmp(k.id, "A") == 0 && strcmp(k.secret, "b=c") == 0 && !k.token);
	aws_release(&k);
	ok(aws_read(file, sizeof(file) - 1, "other", &k));
	ok(strcmp(k.secret, "p") == 0 && strcmp(k.token, "t") == 0);
	aws_release(&k);
	ok(!aws_read(file, sizeof(file) - 1, "none", &k));
	aws_release(&k);

	test("sigv4: refused for a clock that differs: once more, by its own");
	setenv("CDO_NOW", "2026-01-01T00:00:00Z", 1);
	setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "canary-aws", 1);
	a = unlocked("{\"sigv4\":{\"service\":\"execute-api\"}}", NULL);
	server = (struct server){
	    .refusals = 1, .date_ms = INT64_C(1767312000000)}; /* a day on */
	ok(ask(a) == HTTP_OK && server.n == 2);
	ok(strstr(server.header, "Credential=AKIDEXAMPLE/20260102/") != NULL);
	ok(ask(a) == HTTP_OK && server.n == 3); /* it is known now */
	server.refusals = 2;
	ok(ask(a) == HTTP_PERMANENT && server.n == 4);
	server.date_ms = INT64_C(1767400000000);
	server.refusals = 2;
	ok(ask(a) == HTTP_PERMANENT && server.n == 6);
	auth_free(a);
	unsetenv("CDO_NOW");
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
main(int argc, char **argv)
{
	(void)argc;
	diag_init(argv[0]);
	if (!mkdtemp(dir))
		return 1;
	test_kinds();
	test_refresh();
	test_oauth();
	test_answers();
	test_aws();
	http_result_release(&last);
	clean_up();
	return done();
}
