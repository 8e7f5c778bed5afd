/* lib/http/s3: names, URLs, and the XML that lists a bucket. */
#include <stdio.h>
#include <stdlib.h>

#include "http/outcome.h"
#include "http/s3.h"
#include "http/s3_list.h"
#include "unit.h"

static bool
reads(const char *url, const char *bucket, const char *key)
{
	struct buf b = {0}, k = {0}, why = {0};
	bool good = s3_parse(url, &b, &k, &why);

	if (good && bucket)
		good = is(b.data, b.len, bucket) && is(k.data, k.len, key) &&
		       k.data[k.len] == '\0';
	else
		good = !good && !bucket && why.len > 0;
	buf_release(&b);
	buf_release(&k);
	buf_release(&why);
	return good;
}

static void
test_names(void)
{
	test("s3: URLs of buckets and keys");
	ok(reads("s3://bucket", "bucket", ""));
	ok(reads("s3://bucket/", "bucket", ""));
	ok(reads("s3://b.c-d/a=1/b+c d?x#y", "b.c-d", "a=1/b+c d?x#y"));
	ok(reads("s3://bucket/%C3%A9%2f%2B", "bucket", "\xc3\xa9/+"));
	ok(reads("s3://bucket/100%", "bucket", "100%"));
	ok(reads("s3://bucket/%4", "bucket", "%4"));
	ok(reads("s3://bucket/%zz//", "bucket", "%zz//"));
	ok(reads("s3://bucket/a%00b", NULL, NULL));
	ok(reads("s3://", NULL, NULL));
	ok(reads("s3://ab/x", NULL, NULL));
	ok(reads("s3://-abc/x", NULL, NULL));
	ok(reads("s3://a@b.c/x", NULL, NULL));
	ok(reads("http://bucket/x", NULL, NULL));
}

static bool
is_at(const struct s3 *s, const char *bucket, const char *key, const char *want)
{
	struct buf url = {0}, why = {0};
	bool good = s3_url(s, bucket, key, &url, &why);

	if (want)
		good = good && is(url.data, url.len - 1, want);
	else
		good = !good && why.len > 0;
	buf_release(&url);
	buf_release(&why);
	return good;
}

static void
test_urls(void)
{
	struct buf why = {0};
	struct s3 *s;

	unsetenv("AWS_ENDPOINT_URL");
	unsetenv("AWS_ENDPOINT_URL_S3");
	unsetenv("AWS_ACCESS_KEY_ID");
	setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent", 1);
	setenv("AWS_REGION", "eu-west-1", 1);
	test("s3: where objects are at Amazon's");
	s = s3_new(&why);
	ok(s && strcmp(s3_profile(s), "anonymous") == 0);
	ok(is_at(s, "my-bucket", "a=1/b c",
	    "https://my-bucket.s3.eu-west-1.amazonaws.com/a%3D1/b%20c"));
	ok(is_at(s, "my.bucket", "x",
	    "https://s3.eu-west-1.amazonaws.com/my.bucket/x"));
	ok(is_at(s, "MyBucket", "x",
	    "https://s3.eu-west-1.amazonaws.com/MyBucket/x"));
	s3_free(s);

	test("s3: where they are elsewhere");
	setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9000//", 1);
	s = s3_new(&why);
	ok(is_at(s, "bucket", "//a", "http://127.0.0.1:9000/bucket///a"));
	ok(is_at(s, "bucket", "a..b/.c/...",
	    "http://127.0.0.1:9000/bucket/a..b/.c/..."));
	ok(is_at(s, "bucket", "", NULL));
	ok(is_at(s, "bucket", "a/../b", NULL));
	ok(is_at(s, "bucket", "./a", NULL));
	ok(is_at(s, "bucket", "a/.", NULL));
	ok(is_at(s, "b/c", "a", NULL));
	s3_free(s);
	setenv("AWS_ENDPOINT_URL", "ftp://x", 1);
	ok(!s3_new(&why) && why.len > 0);
	setenv("AWS_ENDPOINT_URL", "http://h.example", 1);
	setenv("AWS_ACCESS_KEY_ID", "AKID", 1);
	unsetenv("AWS_SECRET_ACCESS_KEY");
	ok(!s3_new(&why));
	buf_release(&why);
}

static bool
gather(void *arg, const struct s3_object *o)
{
	struct buf *b = arg;

	buf_addf(b, "%ju %s %jd\n", (uintmax_t)o->size, o->key,
	    (intmax_t)o->modified_ms);
	return strcmp(o->key, "stop") != 0;
}

#define HEAD "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"u\">"
#define TAIL "</ListBucketResult>"
#define OBJECT(k, n) \
	"<Contents><Key>" k "</Key><LastModified>2026-01-01T00:00:00.5Z" \
	"</LastModified><Size>" n "</Size><Owner><ID>1</ID><Key>no</Key>" \
	"</Owner></Contents>"

static bool
lists(const char *xml, const char *want)
{
	struct buf got = {0}, why = {0};
	struct s3_page page;
	bool good = s3_page_read(xml, strlen(xml), gather, &got, &page, &why);

	if (want)
		good = good && is(got.data, got.len, want);
	else
		good = !good && why.len > 0;
	if (why.len > 0)
		printf("# %s\n", why.data);
	s3_page_release(&page);
	buf_release(&got);
	buf_release(&why);
	return good;
}

static void
test_lists(void)
{
	struct buf deep = {0}, got = {0}, why = {0};
	struct s3_page page;
	static const char more[] =
	    HEAD "<IsTruncated>true</IsTruncated><NextContinuationToken>"
		 "a&amp;b=</NextContinuationToken>" OBJECT("stop", "1")
		     OBJECT("x", "1") TAIL;

	test("s3: lists");
	ok(lists(HEAD TAIL, ""));
	ok(lists(HEAD OBJECT("a&lt;\xc3\xa9", "18446744073709551615")
		     OBJECT("b%20+", "0") TAIL,
	    "18446744073709551615 a<\xc3\xa9 1767225600500\n"
	    "0 b%20+ 1767225600500\n"));
	ok(lists(HEAD
	    "<EncodingType>url</EncodingType>" OBJECT("b%20+%2B%25", "0") TAIL,
	    "0 b  +% 1767225600500\n"));

	test("s3: there is more, and each may stop");
	ok(s3_page_read(more, sizeof(more) - 1, gather, &got, &page, &why));
	ok(page.is_truncated && page.is_stopped &&
	    strcmp(page.token, "a&b=") == 0);
	ok(is(got.data, got.len, "1 stop 1767225600500\n"));
	s3_page_release(&page);

	test("s3: what is no list");
	ok(lists("", NULL));
	ok(lists("{}", NULL));
	ok(lists("<Error><Code>x</Code></Error>", NULL));
	ok(lists(HEAD, NULL));
	ok(lists(HEAD OBJECT("", "1") TAIL, NULL));
	ok(lists(HEAD OBJECT("a", "-1") TAIL, NULL));
	ok(lists(HEAD "<IsTruncated>true</IsTruncated>" TAIL, NULL));
	ok(lists(HEAD "<EncodingType>url</EncodingType>" OBJECT("a%00b", "1")
		     TAIL,
	    NULL));
	ok(lists("<!DOCTYPE l [<!ENTITY a \"b\">]><ListBucketResult>"
		 "<Contents><Key>&a;</Key></Contents></ListBucketResult>",
	    NULL));
	buf_adds(&deep, HEAD);
	for (int i = 0; i < 100; i++)
		buf_adds(&deep, "<a>");
	buf_addc(&deep, '\0');
	ok(lists(deep.data, NULL));
	deep.len = 0;
	buf_adds(&deep, HEAD "<Contents><Key>");
	for (int i = 0; i < 20000; i++)
		buf_addc(&deep, 'a');
	buf_adds(&deep, "</Key></Contents>" TAIL);
	buf_addc(&deep, '\0');
	ok(lists(deep.data, NULL));
	buf_release(&deep);
	buf_release(&got);
	buf_release(&why);
}

/* Pages of a server that is a function: a list of tokens to go on with. */
static const char *const *tokens;

static enum http_class
serve(void *arg, const struct http_request *q, http_on_retry *on_retry,
    struct http_result *r)
{
	struct buf xml = {0};

	(void)arg;
	(void)on_retry;
	*r = (struct http_result){.status = 200};
	buf_adds(&xml, HEAD OBJECT("k", "1"));
	if (*tokens)
		buf_addf(&xml,
		    "<IsTruncated>true</IsTruncated>"
		    "<NextContinuationToken>%s"
		    "</NextContinuationToken>",
		    *tokens++);
	buf_adds(&xml, TAIL);
	q->on_data(q->arg, r, xml.data, xml.len);
	buf_release(&xml);
	return r->class;
}

static void
test_pages(void)
{
	static const char *const abc[] = {"a", "b", "c", NULL};
	static const char *const abab[] = {"a", "b", "a", "b", NULL};
	const struct http_layer below = {serve, NULL};
	struct http_result r;
	struct buf why = {0}, got = {0};
	struct s3_layer l = {NULL, &below, 0};

	test("s3: pages until the last; one that comes again is an error");
	setenv("AWS_SECRET_ACCESS_KEY", "canary", 1);
	l.s3 = s3_new(&why);
	tokens = abc;
	ok(s3_list(&l, "bucket", "p", 0, gather, &got, &r) == HTTP_OK);
	ok(got.len == strlen("1 k 1767225600500\n") * 4);
	http_result_release(&r);
	tokens = abab;
	ok(s3_list(&l, "bucket", "", 0, gather, &got, &r) == HTTP_PERMANENT);
	ok(strstr(r.error, "again") && *tokens && strcmp(*tokens, "b") == 0);
	http_result_release(&r);
	tokens = abc;
	ok(s3_list(&l, "bucket", "", 2, gather, &got, &r) == HTTP_PERMANENT);
	ok(strcmp(r.error, "more than 2 objects") == 0);
	http_result_release(&r);
	s3_free(l.s3);
	buf_release(&why);
	buf_release(&got);
}

int
main(void)
{
	test_names();
	test_urls();
	test_lists();
	test_pages();
	return done();
}
