#include <stdlib.h>
#include <string.h>

#include "core/secret.h"
#include "core/xmem.h"
#include "source/reveal.h"

/* The header that one of the shown ones stands for; others as they are. */
static const char *
real_header(const struct reveal *v, const char *line)
{
	for (size_t i = 0; i < v->shown->n_headers; i++)
		if (strcmp(v->shown->headers[i], line) == 0)
			return v->real->headers[i];
	return line;
}

/* Does a secret stand in the URL? */
static bool
has_secret(const char *url)
{
	char *copy = xstrndup(url, strlen(url));
	bool has = secret_mask(copy, strlen(url)) != strlen(url);

	free(copy);
	return has;
}

enum http_class
reveal_fetch(void *arg, const struct http_request *q, http_on_retry *on_retry,
    struct http_result *r)
{
	const struct reveal *v = arg;
	struct http_request real = *q;
	struct cache_outcome outcome;
	enum http_class class;
	const char **headers;
	size_t n = 0;

	while (q->headers && q->headers[n])
		n++;
	headers = xcalloc(n + 1, sizeof(*headers));
	for (size_t i = 0; i < n; i++)
		headers[i] = real_header(v, q->headers[i]);
	real.headers = headers;
	if (!v->below->s3)
		real.url = v->real->url.data;
	class = stack_do(v->below, &real, on_retry, r, &outcome);
	if (r->url && has_secret(r->url)) {
		free(r->url);
		r->url = xstrndup(v->shown->url.data, v->shown->url.len);
	}
	free(headers);
	return class;
}
