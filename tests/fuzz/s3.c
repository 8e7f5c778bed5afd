/*
 * Any bytes as a list of a bucket, as a token server's answer, as a file of
 * Amazon's credentials, and as a URL to be signed: keys and tokens are what
 * they may be, and what was signed is signed the same again.
 */
#include "http/aws.h"
#include "http/oauth.h"
#include "http/s3_list.h"
#include "http/sigv4.h"

#include "fuzz.h"

static bool
check_object(void *arg, const struct s3_object *o)
{
	(void)arg;
	must(*o->key && strlen(o->key) <= S3_KEY_MAX);
	return true;
}

static void
try_answers(const char *data, size_t size)
{
	struct buf why = {0};
	struct s3_page page;
	struct aws_keys keys;
	char *token;
	int64_t life;

	if (s3_page_read(data, size, check_object, NULL, &page, &why))
		must(why.len == 0 && (!page.is_truncated || page.token));
	else
		must(why.len > 0);
	s3_page_release(&page);
	why.len = 0;
	if (oauth_read(data, size, &token, &life, &why)) {
		must(*token && !strpbrk(token, " \r\n") && life >= 0);
		free(token);
	} else {
		must(why.len > 0);
	}
	if (aws_read(data, size, "default", &keys))
		must(*keys.id && *keys.secret);
	aws_release(&keys);
	buf_release(&why);
}

static void
try_url(const char *text, enum sigv4_path path)
{
	static const struct sigv4_key k = {"id", "secret", "t", "r", "s3"};
	struct sigv4_request q = {
	    "GET", text, NULL, SIGV4_UNSIGNED, path, true};
	struct sigv4_signed once, again;

	if (sigv4_sign(&k, &q, 0, &once)) {
		q.url = once.url.data;
		must(sigv4_sign(&k, &q, 0, &again));
		must(strcmp(once.url.data, again.url.data) == 0);
		must(strcmp(once.canonical.data, again.canonical.data) == 0);
		sigv4_release(&again);
	}
	sigv4_release(&once);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);

	try_answers((const char *)data, size);
	try_url(text, SIGV4_PLAIN);
	try_url(text, SIGV4_TWICE);
	free(text);
	return 0;
}
