#include <string.h>

#include "alert/web.h"
#include "http/sigv4.h"

void
web_add_header(struct web_request *q, const char *name, const char *value)
{
	struct buf *header = &q->headers[q->n_headers++];

	buf_adds(header, name);
	buf_adds(header, value);
	buf_addc(header, '\0');
}

void
web_set_url(struct web_request *q, const char *base, const char *path)
{
	size_t len = strlen(base);

	while (len > 0 && base[len - 1] == '/')
		len--;
	buf_add(&q->url, base, len);
	buf_adds(&q->url, path);
}

void
web_add_field(struct buf *form, const char *name, const char *value, size_t len)
{
	if (form->len > 0)
		buf_addc(form, '&');
	buf_adds(form, name);
	buf_addc(form, '=');
	sigv4_encode(form, value, len, false);
}

enum delivery
web_post(struct web_request *q, struct channel_link *link, int64_t timeout_ms,
    struct attempt *t)
{
	const char *headers[WEB_HEADERS + 1] = {NULL};
	enum delivery outcome;

	buf_addc(&q->url, '\0');
	for (size_t i = 0; i < q->n_headers; i++)
		headers[i] = q->headers[i].data;
	outcome = channel_post(link,
	    &(struct channel_post){.method = q->method,
		.url = q->url.data,
		.type = q->type,
		.headers = headers,
		.body = &q->body,
		.timeout_ms = timeout_ms},
	    t);
	buf_release(&q->url);
	buf_release(&q->body);
	for (size_t i = 0; i < q->n_headers; i++)
		buf_release(&q->headers[i]);
	return outcome;
}

enum delivery
web_send(const void *settings, struct channel_link *link,
    const struct notification *n, struct attempt *t)
{
	const struct channel_base *base = settings;
	struct web_request q = {0};

	base->shape->compose(settings, n, &q);
	return web_post(&q, link, base->timeout_ms, t);
}
