/*
 * lib/http/sigv4: the signatures that Amazon published: its test suite for
 * Version 4 (all of it that is not about malformed requests), and the
 * examples of "Authenticating Requests" for S3.
 */
#include <stdlib.h>

#include "core/sha256.h"
#include "http/sigv4.h"
#include "unit.h"

#define EXAMPLE_URL "https://example.amazonaws.com"
#define UNRESERVED \
	"-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define VANILLA \
	"5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
#define POST_VANILLA \
	"5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
#define POST_QUERY \
	"28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"

struct vector {
	const char *name, *method, *url;
	const char *headers[5];
	const char *body;
	const char *signed_headers, *signature;
};

static const struct vector suite[] = {
    {"get-vanilla", "GET", EXAMPLE_URL "/", {NULL}, "", "host;x-amz-date",
	VANILLA},
    {"without a path", "GET", EXAMPLE_URL, {NULL}, "", "host;x-amz-date",
	VANILLA},
    {"the usual port", "GET", EXAMPLE_URL ":443/", {NULL}, "",
	"host;x-amz-date", VANILLA},
    {"get-header-key-duplicate", "GET", EXAMPLE_URL "/",
	{"My-Header1: value2", "My-Header1:value2", "My-Header1: value1"}, "",
	"host;my-header1;x-amz-date",
	"c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
    {"get-header-value-order", "GET", EXAMPLE_URL "/",
	{"My-Header1:value4", "My-Header1:value1", "My-Header1:value3",
	    "My-Header1:value2"},
	"", "host;my-header1;x-amz-date",
	"08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
    {"get-header-value-trim", "GET", EXAMPLE_URL "/",
	{"My-Header1: value1", "My-Header2: \"a   b   c\" "}, "",
	"host;my-header1;my-header2;x-amz-date",
	"acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
    {"get-unreserved", "GET", EXAMPLE_URL "/" UNRESERVED, {NULL}, "",
	"host;x-amz-date",
	"07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
    {"get-utf8", "GET", EXAMPLE_URL "/\xe1\x88\xb4", {NULL}, "",
	"host;x-amz-date",
	"8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
    {"get-relative", "GET", EXAMPLE_URL "/example/..", {NULL}, "",
	"host;x-amz-date", VANILLA},
    {"get-relative-relative", "GET", EXAMPLE_URL "/example1/example2/../..",
	{NULL}, "", "host;x-amz-date", VANILLA},
    {"get-slash", "GET", EXAMPLE_URL "//", {NULL}, "", "host;x-amz-date",
	VANILLA},
    {"get-slash-dot-slash", "GET", EXAMPLE_URL "/./", {NULL}, "",
	"host;x-amz-date", VANILLA},
    {"get-slash-pointless-dot", "GET", EXAMPLE_URL "/./example", {NULL}, "",
	"host;x-amz-date",
	"ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"},
    {"get-slashes", "GET", EXAMPLE_URL "//example//", {NULL}, "",
	"host;x-amz-date",
	"9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
    {"get-vanilla-empty-query-key", "GET", EXAMPLE_URL "/?Param1=value1",
	{NULL}, "", "host;x-amz-date",
	"a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"},
    {"get-vanilla-query-order-key-case", "GET",
	EXAMPLE_URL "/?Param2=value2&Param1=value1", {NULL}, "",
	"host;x-amz-date",
	"b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {"get-vanilla-query-unreserved", "GET",
	EXAMPLE_URL "/?" UNRESERVED "=" UNRESERVED, {NULL}, "",
	"host;x-amz-date",
	"9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
    {"get-vanilla-utf8-query", "GET", EXAMPLE_URL "/?\xe1\x88\xb4=bar", {NULL},
	"", "host;x-amz-date",
	"2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
    {"post-vanilla", "POST", EXAMPLE_URL "/", {NULL}, "", "host;x-amz-date",
	POST_VANILLA},
    {"post-header-key-sort", "POST", EXAMPLE_URL "/", {"My-Header1:value1"}, "",
	"host;my-header1;x-amz-date",
	"c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
    {"post-header-value-case", "POST", EXAMPLE_URL "/", {"My-Header1:VALUE1"},
	"", "host;my-header1;x-amz-date",
	"cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"},
    {"post-vanilla-query", "POST", EXAMPLE_URL "/?Param1=value1", {NULL}, "",
	"host;x-amz-date", POST_QUERY},
    {"post-vanilla-query, escaped", "POST", EXAMPLE_URL "/?%50aram1=v%61lue1&",
	{NULL}, "", "host;x-amz-date", POST_QUERY},
    {"post-vanilla-query-nonunreserved", "POST",
	EXAMPLE_URL "/?@%23$%25^&%2B=/,?%3E%3C`%22;:\\|][{}", {NULL}, "",
	"host;x-amz-date",
	"66c82657c86e26fb25238d0e69f011edc4c6df5ae71119d7cb98ed9b87393c1e"},
    {"post-vanilla-query-space", "POST", EXAMPLE_URL "/?p=", {NULL}, "",
	"host;x-amz-date",
	"e71688addb58a26418614085fb730ba3faa623b461c17f48f2fbdb9361b94a9b"},
    {"post-x-www-form-urlencoded", "POST", EXAMPLE_URL "/",
	{"Content-Type:application/x-www-form-urlencoded"}, "Param1=value1",
	"content-type;host;x-amz-date",
	"ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
    {"post-x-www-form-urlencoded-parameters", "POST", EXAMPLE_URL "/",
	{"Content-Type: application/x-www-form-urlencoded; charset=utf8"},
	"Param1=value1", "content-type;host;x-amz-date",
	"1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"},
    {.name = NULL},
};

static const char token[] =
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKW"
    "HGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4"
    "IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE"
    "8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yj"
    "c8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

static const char *
payload_of(const char *body, char hex[SHA256_HEX])
{
	uint8_t digest[SHA256_SIZE];

	sha256(body, strlen(body), digest);
	sha256_hex(digest, hex);
	return hex;
}

/* Is the request signed as it says there? */
static bool
is_signed(const struct sigv4_key *k, int64_t now, enum sigv4_path path,
    const struct vector *v)
{
	char hex[SHA256_HEX];
	struct sigv4_request q = {v->method, v->url, v->headers,
	    payload_of(v->body, hex), path, path == SIGV4_PLAIN};
	struct sigv4_signed s;
	const char *got = "";
	struct buf want = {0};
	bool same;

	buf_addf(&want, "SignedHeaders=%s, Signature=%s", v->signed_headers,
	    v->signature);
	if (sigv4_sign(k, &q, now, &s))
		for (size_t i = 0; s.headers[i]; i++)
			if (strncmp(s.headers[i], "Authorization", 13) == 0)
				got = strstr(s.headers[i], "SignedHeaders");
	same = is(got, strlen(got), want.data);
	if (!same)
		printf("# %s: %s\n", v->name,
		    s.canonical.data ? s.canonical.data : "");
	sigv4_release(&s);
	buf_release(&want);
	return same;
}

static void
test_suite(void)
{
	static const int64_t now = INT64_C(1440938160000);
	struct sigv4_key k = {.id = "AKIDEXAMPLE",
	    .secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
	    .region = "us-east-1",
	    .service = "service"};
	const struct vector with_token = {"post-sts-header-before", "POST",
	    EXAMPLE_URL "/", {NULL}, "", "host;x-amz-date;x-amz-security-token",
	    "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"};

	for (const struct vector *v = suite; v->name; v++) {
		test(v->name);
		ok(is_signed(&k, now, SIGV4_ONCE, v));
	}
	test("post-sts-header-before");
	k.token = token;
	ok(is_signed(&k, now, SIGV4_ONCE, &with_token));
}

#define BUCKET "https://examplebucket.s3.amazonaws.com"

static const struct vector s3[] = {
    {"S3: GET Object", "GET", BUCKET "/test.txt", {"Range: bytes=0-9 "}, "",
	"host;range;x-amz-content-sha256;x-amz-date",
	"f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
    {"S3: PUT Object", "PUT", BUCKET "/test$file.text",
	{"Date: Fri, 24 May 2013 00:00:00 GMT",
	    "x-amz-storage-class: REDUCED_REDUNDANCY"},
	"Welcome to Amazon S3.",
	"date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
	"98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
    {"S3: GET Bucket Lifecycle", "GET", BUCKET "?lifecycle", {NULL}, "",
	"host;x-amz-content-sha256;x-amz-date",
	"fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
    {"S3: Get Bucket (List Objects)", "GET", BUCKET "/?prefix=J&max-keys=2",
	{NULL}, "", "host;x-amz-content-sha256;x-amz-date",
	"34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
    {.name = NULL},
};

static void
test_s3(void)
{
	static const struct sigv4_key k = {.id = "AKIAIOSFODNN7EXAMPLE",
	    .secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
	    .region = "us-east-1",
	    .service = "s3"};

	for (const struct vector *v = s3; v->name; v++) {
		test(v->name);
		ok(is_signed(&k, INT64_C(1369353600000), SIGV4_PLAIN, v));
	}
}

/* Sign for a service of that kind; the URL that is to be sent, and the path
 * in what is signed. */
static bool
is_sent(
    enum sigv4_path kind, const char *url, const char *sent, const char *path)
{
	static const struct sigv4_key k = {"id", "secret", NULL, "r", "s"};
	struct sigv4_request q = {"GET", url, NULL, SIGV4_UNSIGNED, kind, true};
	struct sigv4_signed s;
	const char *at, *end;
	bool good = sigv4_sign(&k, &q, 0, &s);

	if (good) {
		at = s.canonical.data + 4;
		end = strchr(at, '\n');
		good = is(s.url.data, s.url.len, sent) &&
		       is(at, (size_t)(end - at), path);
	}
	sigv4_release(&s);
	return good;
}

static void
test_urls(void)
{
	struct sigv4_signed s;
	static const struct sigv4_key k = {"id", "secret", NULL, "r", "s"};
	static const char *const bad[] = {"ftp://h/", "http://", "http:///a",
	    "h", "", "http://u:p@h/", "http://u@h", NULL};

	test("sigv4: a path of S3 is kept as it is, and encoded once");
	ok(is_sent(SIGV4_PLAIN, "http://h/b/a=b+c%20d//./%2e\xc3\xa9",
	    "http://h/b/a%3Db%2Bc%20d//./.%C3%A9",
	    "/b/a%3Db%2Bc%20d//./.%C3%A9"));
	ok(is_sent(
	    SIGV4_PLAIN, "http://h/b/100%", "http://h/b/100%25", "/b/100%25"));
	ok(is_sent(
	    SIGV4_PLAIN, "http://h/b/a%2Fb", "http://h/b/a%2Fb", "/b/a%2Fb"));

	test("sigv4: a path of other services is tidied, and encoded twice");
	ok(is_sent(SIGV4_TWICE, "https://h:443/a//b c/../d=e/?x=1+2&x=%2b",
	    "https://h:443/a/d%3De/?x=%2B&x=1%202", "/a/d%253De/"));
	ok(is_sent(SIGV4_TWICE, "http://h/../..", "http://h/", "/"));
	ok(is_sent(SIGV4_TWICE, "http://h/a/..b/.c/", "http://h/a/..b/.c/",
	    "/a/..b/.c/"));

	test("sigv4: what is no URL is refused");
	for (size_t i = 0; bad[i]; i++) {
		struct sigv4_request q = {
		    "GET", bad[i], NULL, "", SIGV4_PLAIN, true};

		ok(!sigv4_sign(&k, &q, 0, &s));
		sigv4_release(&s);
	}

	test("sigv4: the host is told with a port that is not the usual one");
	{
		struct sigv4_request q = {
		    "GET", "http://[::1]:8080/", NULL, "x", SIGV4_PLAIN, false};

		ok(sigv4_sign(&k, &q, 0, &s));
		ok(strstr(s.canonical.data, "\nhost:[::1]:8080\n") != NULL);
		sigv4_release(&s);
		q.url = "http://[::1]:80/";
		ok(sigv4_sign(&k, &q, 0, &s));
		ok(strstr(s.canonical.data, "\nhost:[::1]\n") != NULL);
		sigv4_release(&s);
		q.url = "http://[::80]/";
		ok(sigv4_sign(&k, &q, 0, &s));
		ok(strstr(s.canonical.data, "\nhost:[::80]\n") != NULL);
		sigv4_release(&s);
	}
}

int
main(void)
{
	test_suite();
	test_s3();
	test_urls();
	return done();
}
