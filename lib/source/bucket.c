/* task: a page that is an object of a bucket; what is below a prefix of one -
 * a task for each object. */
#include <string.h>
#include <sysexits.h>

#include "core/diag.h"
#include "http/retry.h"
#include "source/task.h"

struct listing {
	struct stream *stream;
	const char *bucket;
	uint64_t n;
};

static bool
on_object(void *arg, const struct s3_object *o)
{
	struct listing *l = arg;
	struct buf url = {0};
	size_t len = strlen(o->key);

	if (len == 0 || o->key[len - 1] == '/')
		return true; /* a folder, as some tools make them */
	buf_addf(&url, "s3://%s/", l->bucket);
	for (const char *p = o->key; *p; p++) /* it begins an escape there */
		buf_add(&url, *p == '%' ? "%25" : p, *p == '%' ? 3 : 1);
	buf_addc(&url, '\0');
	source_add_part(l->stream->w->source, l->stream->task, url.data);
	buf_release(&url);
	l->n++;
	return true;
}

static enum http_class
call(void *arg, const struct http_request *q, http_on_retry *on_retry,
    struct http_result *r)
{
	struct stream *st = arg;
	struct http_policy p = HTTP_POLICY;

	return http_retry(source_http(st->w->source), q, &p,
	    source_origin(st->w->source, st->d, q->url), on_retry, r);
}

int
stream_list_bucket(struct stream *st)
{
	struct s3 *s3 = source_s3(st->w->source);
	struct http_layer below = {call, st};
	struct s3_layer layer = {.s3 = s3, .below = &below};
	struct buf bucket = {0}, prefix = {0}, why = {0};
	struct listing l = {.stream = st};
	int status = s3 ? 0 : EX_CONFIG;

	if (status == 0 &&
	    !s3_parse(st->request.url.data, &bucket, &prefix, &why))
		status = EX_USAGE;
	buf_addc(&bucket, '\0');
	buf_addc(&prefix, '\0');
	l.bucket = bucket.data;
	if (status == 0) {
		s3_list(&layer, bucket.data, prefix.data, 0, on_object, &l,
		    &st->result);
		status = st->result.class == HTTP_OK ? 0 : st->result.exit;
		if (status != 0)
			buf_adds(&why, st->result.error);
		http_result_release(&st->result);
	}
	if (why.len > 0)
		diag_error("%s: %.*s", st->task->name, (int)why.len, why.data);
	buf_release(&bucket);
	buf_release(&prefix);
	buf_release(&why);
	return status;
}

enum page_end
page_from_bucket(struct stream *st, int *status)
{
	struct s3 *s3 = source_s3(st->w->source);
	struct buf bucket = {0}, key = {0}, url = {0}, why = {0};
	enum page_end end = PAGE_LOST;

	*status = s3 ? EX_USAGE : EX_CONFIG;
	if (s3 && s3_parse(st->request.url.data, &bucket, &key, &why)) {
		buf_addc(&bucket, '\0');
		buf_addc(&key, '\0');
		if (s3_url(s3, bucket.data, key.data, &url, &why))
			end = page_get(st, url.data, NULL, s3, status);
	}
	if (why.len > 0)
		diag_error("%s: %.*s", st->name.data, (int)why.len, why.data);
	buf_release(&bucket);
	buf_release(&key);
	buf_release(&url);
	buf_release(&why);
	return end;
}
