/* source: requests on standard input, one object a line. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "source/task.h"
#include "stream/stop.h"

#define BLOCK ((size_t)64 << 10)
#define LINE_MAX_BYTES ((size_t)1 << 20)

/* With the lock. */
static void
fail(struct source *s, int status)
{
	if (s->n_failed++ == 0)
		s->status = status;
}

/* Read more of the input.  Returns false at its end. */
static bool
read_more(struct source *s)
{
	struct pollfd p[2] = {
	    {.fd = STDIN_FILENO, .events = POLLIN},
	    {.fd = stop_fd(), .events = POLLIN},
	};
	ssize_t n;

	buf_reserve(&s->input, BLOCK);
	do {
		poll(p, 2, -1);
		n = stop_signal() ? 0
				  : read(STDIN_FILENO,
					s->input.data + s->input.len, BLOCK);
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		diag_error("<stdin>: read: %s", strerror(errno));
		pthread_mutex_lock(&s->lock);
		fail(s, EX_IOERR);
		pthread_mutex_unlock(&s->lock);
	}
	if (n > 0)
		s->input.len += (size_t)n;
	return n > 0;
}

static void
tell(struct source *s, const char *what, const char *which)
{
	diag_error("<stdin>:%" PRIu64 ": %s%s", s->line, what, which);
	fail(s, EX_DATAERR);
}

/* Values for -P: strings, numbers and booleans. */
static bool
are_values(const json_t *params)
{
	struct buf text = {0};
	const char *name;
	json_t *v;
	bool good = true;

	json_object_foreach((json_t *)params, name, v)
	{
		good = good && template_is_name(name, strlen(name)) &&
		       template_text(&text, v);
	}

	buf_release(&text);
	return good;
}

/* The tasks that a request comes to. */
static void
take(struct source *s, const json_t *request)
{
	const json_t *params = json_object_get(request, "params");
	const char *url = json_string_value(json_object_get(request, "url"));
	const char *name =
	    json_string_value(json_object_get(request, "source"));
	struct definition *d;
	const char *key;
	json_t *v;
	int status;

	json_object_foreach((json_t *)request, key, v)
	{
		if (strcmp(key, "url") != 0 && strcmp(key, "source") != 0 &&
		    strcmp(key, "params") != 0) {
			tell(s, "unknown member ", key);
			return;
		}
	}

	if (!url == !name) {
		tell(s, "wants either source or url", "");
	} else if (url && strncmp(url, "http://", 7) != 0 &&
		   strncmp(url, "https://", 8) != 0) {
		tell(s, "a url must be of http or https here", "");
	} else if (name && strpbrk(name, "/:")) {
		tell(s, "source must be a name here, without a path", "");
	} else if ((params && !json_is_object(params)) || !are_values(params)) {
		tell(s, "params must be an object of strings and numbers", "");
	} else if (url) {
		source_add_url(s, url);
	} else {
		status = source_define(s, name, &d);
		if (status == 0)
			source_add_rows(
			    s, d, params, template_fills_host(&d->url));
		else
			fail(s, status);
	}
}

static void
take_line(struct source *s, const char *line, size_t len)
{
	json_error_t error;
	json_t *request;

	s->line++;
	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (len == 0)
		return;
	request = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	if (json_is_object(request))
		take(s, request);
	else
		tell(s, "not an object of JSON", "");
	json_decref(request);
}

bool
source_read_request(struct source *s)
{
	struct buf *b = &s->input;
	char *lf = b->len ? memchr(b->data, '\n', b->len) : NULL;
	size_t used;

	while (!lf && b->len <= LINE_MAX_BYTES && !s->input_is_over) {
		size_t before = b->len;

		s->input_is_over = !read_more(s);
		lf = b->len > before
			 ? memchr(b->data + before, '\n', b->len - before)
			 : NULL;
	}
	if (!lf && b->len > LINE_MAX_BYTES) {
		pthread_mutex_lock(&s->lock);
		tell(s, "a line of more than 1 MiB is no request", "");
		pthread_mutex_unlock(&s->lock);
		return false;
	}
	if (!lf && b->len == 0)
		return false;
	used = lf ? (size_t)(lf - b->data) + 1 : b->len;
	pthread_mutex_lock(&s->lock);
	take_line(s, b->data, lf ? used - 1 : used);
	pthread_mutex_unlock(&s->lock);
	memmove(b->data, b->data + used, b->len - used);
	b->len -= used;
	return true;
}
