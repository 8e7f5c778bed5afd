/*
 * s3 - lib/http/s3 for tests: what programs do with a bucket, as commands.
 *
 *	s3 put s3://BUCKET/KEY <DATA	prints the status
 *	s3 get s3://BUCKET/KEY >DATA
 *	s3 list s3://BUCKET/PREFIX	in pages of two; prints SIZE KEY, a line
 *each s3 make s3://BUCKET/	makes the bucket
 *
 * Exits as the transfer says; why is told.  The environment says where.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/slurp.h"
#include "http/s3.h"

static struct http *http;

static enum http_class
transfer(void *arg, const struct http_request *q, http_on_retry *on_retry,
    struct http_result *r)
{
	static const struct http_policy policy = HTTP_POLICY;

	(void)arg;
	return http_retry(http, q, &policy, NULL, on_retry, r);
}

static bool
print(void *arg, const struct s3_object *o)
{
	(void)arg;
	printf("%" PRIu64 " %s\n", o->size, o->key);
	return true;
}

static bool
on_data(void *arg, const struct http_result *r, const char *data, size_t len)
{
	(void)arg;
	(void)r;
	return fwrite(data, 1, len, stdout) == len;
}

static void
put(struct s3_layer *l, const char *bucket, const char *key,
    struct http_result *r)
{
	struct buf data = {0};

	if (slurp(STDIN_FILENO, S3_PUT_MAX, &data) != 0)
		die(EX_IOERR, "<stdin>");
	s3_put(l, bucket, key, NULL, data.data, data.len, r);
	printf("%d\n", r->status);
	buf_release(&data);
}

/* A GET of the object, or a PUT of the bucket. */
static void
ask(struct s3_layer *l, const char *method, const char *bucket, const char *key,
    struct http_result *r)
{
	struct buf url = {0}, why = {0};
	struct http_request q = {.method = method, .on_data = on_data};

	if (!s3_url(l->s3, bucket, *key ? key : "-", &url, &why))
		die(EX_USAGE, "%s", why.data);
	if (!*key) /* the bucket itself */
		strrchr(url.data, '/')[1] = '\0';
	q.url = url.data;
	s3_fetch(l, &q, NULL, r);
	buf_release(&url);
}

int
main(int argc, char **argv)
{
	struct buf bucket = {0}, key = {0}, why = {0};
	struct http_layer below = {transfer, NULL};
	struct s3_layer layer = {NULL, &below, 2};
	struct http_result r = {0};
	int status;

	diag_init(argv[0]);
	if (argc != 3 || !s3_parse(argv[2], &bucket, &key, &why))
		die(EX_USAGE, "usage: s3 put|get|list|make s3://bucket/key");
	layer.s3 = s3_new(&why);
	if (!layer.s3)
		die(EX_CONFIG, "%s", why.data);
	http = http_new();
	if (strcmp(argv[1], "put") == 0)
		put(&layer, bucket.data, key.data, &r);
	else if (strcmp(argv[1], "list") == 0)
		s3_list(&layer, bucket.data, key.data, 0, print, NULL, &r);
	else
		ask(&layer, strcmp(argv[1], "make") == 0 ? "PUT" : "GET",
		    bucket.data, key.data, &r);
	status = r.exit;
	if (r.class != HTTP_OK)
		diag_error("%s: %s", argv[2], r.error);
	http_result_release(&r);
	http_free(http);
	s3_free(layer.s3);
	buf_release(&bucket);
	buf_release(&key);
	buf_release(&why);
	return status;
}
