#include "http/layer.h"

static bool
on_data(void *arg, const struct http_result *r, const char *data, size_t len)
{
	(void)r;
	buf_add(arg, data, len);
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

enum http_class
layer_get(const struct http_layer *l, const struct http_request *q,
    struct buf *body, struct http_result *r)
{
	struct http_request mine = *q;

	mine.on_data = on_data;
	mine.arg = body;
	return l->fetch(l->arg, &mine, on_retry, r);
}
