#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/num.h"
#include "core/xmem.h"
#include "http/freshness.h"
#include "http/kept.h"

#define ANSWER "cdo-http 1 "
#define VARY "cdo-http-vary 1 "
#define FAILED "cdo-http-failed 1 "

/* A text that is read word by word. */
struct text {
	const char *p, *end;
};

static bool
take(struct text *t, const char *s)
{
	size_t n = strlen(s);

	if ((size_t)(t->end - t->p) < n || memcmp(t->p, s, n) != 0)
		return false;
	t->p += n;
	return true;
}

/* Digits, and the blank behind them. */
static bool
take_number(struct text *t, uint64_t high, uint64_t *n)
{
	char digits[24];
	size_t len = 0;

	while (t->p < t->end && *t->p >= '0' && *t->p <= '9' &&
	       len < sizeof(digits) - 1)
		digits[len++] = *t->p++;
	digits[len] = '\0';
	return num_uint(digits, 0, high, n) == 0 && take(t, " ");
}

/* Up to the end of the line. */
static bool
take_line(struct text *t, const char **line, size_t *len)
{
	const char *end =
	    t->p == t->end ? NULL : memchr(t->p, '\n', (size_t)(t->end - t->p));

	if (!end)
		return false;
	*line = t->p;
	*len = (size_t)(end - t->p);
	t->p = end + 1;
	return !memchr(*line, '\0', *len);
}

void
kept_write(struct buf *out, const struct kept *k)
{
	const char *name, *value;

	buf_addf(out, ANSWER "%d %" PRId64 " %" PRId64 " %u %zu %s\n",
	    k->status, k->asked, k->came, k->per_mille, k->body_len,
	    k->url ? k->url : "");
	for (size_t i = 0; answer_next(k->answer, &i, &name, &value);)
		if (freshness_keeps(name, strlen(name)))
			buf_addf(out, "%s: %s\n", name, value);
	buf_addc(out, '\n');
	buf_add(out, k->body, k->body_len);
}

/* The headers, and the empty line. */
static bool
take_headers(struct text *t, struct answer *a)
{
	const char *line;
	size_t len;

	while (take_line(t, &line, &len)) {
		if (len == 0)
			return true;
		answer_line(a, line, len);
	}
	return false;
}

bool
kept_read(const char *p, size_t len, struct kept *k)
{
	struct text t = {p, p + len};
	uint64_t status, asked, came, per_mille, size;
	const char *url;
	size_t url_len;

	if (!take(&t, ANSWER) || !take_number(&t, 599, &status) ||
	    !take_number(&t, INT64_MAX, &asked) ||
	    !take_number(&t, INT64_MAX, &came) ||
	    !take_number(&t, 1000, &per_mille) ||
	    !take_number(&t, SIZE_MAX, &size) || !take_line(&t, &url, &url_len))
		return false;
	*k = (struct kept){.status = (int)status,
	    .asked = (int64_t)asked,
	    .came = (int64_t)came,
	    .per_mille = (unsigned)per_mille,
	    .answer = answer_new(),
	    .url = url_len > 0 ? xstrndup(url, url_len) : NULL};
	if (!take_headers(&t, k->answer) || size != (size_t)(t.end - t.p)) {
		kept_release(k);
		return false;
	}
	k->body = t.p;
	k->body_len = (size_t)size;
	return true;
}

void
kept_release(struct kept *k)
{
	free(k->url);
	answer_free(k->answer);
	*k = (struct kept){0};
}

static void
add_line(struct answer *a, const char *name, const char *value)
{
	struct buf line = {0};

	buf_addf(&line, "%s: %s", name, value);
	answer_line(a, line.data, line.len);
	buf_release(&line);
}

void
kept_update(struct kept *k, const struct answer *news)
{
	struct answer *all = answer_new();
	const char *name, *value;

	for (size_t i = 0; answer_next(news, &i, &name, &value);)
		if (freshness_updates(name, strlen(name)))
			add_line(all, name, value);
	for (size_t i = 0; answer_next(k->answer, &i, &name, &value);)
		if (!answer_get(all, name))
			add_line(all, name, value);
	answer_free(k->answer);
	k->answer = all;
}

void
kept_write_vary(struct buf *out, const char *names)
{
	buf_addf(out, VARY "%s\n", names);
}

char *
kept_read_vary(const char *p, size_t len)
{
	struct text t = {p, p + len};
	const char *line;
	size_t n;

	if (!take(&t, VARY) || !take_line(&t, &line, &n) || t.p != t.end)
		return NULL;
	return xstrndup(line, n);
}

void
kept_write_failure(struct buf *out, const struct http_result *r, int64_t now)
{
	buf_addf(out, FAILED "%d %d %d %" PRId64 " %s\n", r->status, r->exit,
	    r->is_timeout, now, r->error);
}

bool
kept_read_failure(const char *p, size_t len, struct http_result *r, int64_t *at)
{
	struct text t = {p, p + len};
	uint64_t status, exit, is_timeout, moment;
	const char *error;
	size_t n;

	if (!take(&t, FAILED) || !take_number(&t, 999, &status) ||
	    !take_number(&t, 255, &exit) || !take_number(&t, 1, &is_timeout) ||
	    !take_number(&t, INT64_MAX, &moment) ||
	    !take_line(&t, &error, &n) || n >= sizeof(r->error) || t.p != t.end)
		return false;
	*r = (struct http_result){.class = HTTP_TEMPORARY,
	    .status = (int)status,
	    .exit = (int)exit,
	    .again = HTTP_AGAIN_NEVER,
	    .is_timeout = is_timeout != 0,
	    .retry_after_ms = -1,
	    .latency_us = -1,
	    .date_ms = -1};
	memcpy(r->error, error, n);
	*at = (int64_t)moment;
	return true;
}
