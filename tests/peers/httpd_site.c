/*
 * Which path gets what.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/xmem.h"
#include "httpd.h"
#include "json/write.h"

/* Requests a path; few paths, so a list. */
static struct counter {
	char *path; /* owned */
	unsigned long n;
} * counters;
static size_t n_counters;
static uint64_t n_api; /* requests for tables */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

unsigned long
site_count(const char *path, bool is_new)
{
	size_t i = 0;
	unsigned long n;

	pthread_mutex_lock(&lock);
	while (i < n_counters && strcmp(counters[i].path, path) != 0)
		i++;
	if (i == n_counters) {
		counters = xrealloc(counters, i + 1, sizeof(*counters));
		counters[i] = (struct counter){xstrndup(path, strlen(path)), 0};
		n_counters++;
	}
	counters[i].n += is_new;
	n = counters[i].n;
	pthread_mutex_unlock(&lock);
	return n;
}

void
site_forget(void)
{
	for (size_t i = 0; i < n_counters; i++)
		free(counters[i].path);
	free(counters);
	counters = NULL;
	n_counters = 0;
}

static enum MHD_Result
write_pair(
    void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct buf *out = cls;
	size_t start;

	if (out->data[out->len - 1] != '{')
		buf_addc(out, ',');
	start = out->len;
	jwrite_string(out, name, strlen(name));
	for (size_t i = start; i < out->len && kind == MHD_HEADER_KIND; i++)
		out->data[i] = (char)tolower((unsigned char)out->data[i]);
	buf_addc(out, ':');
	jwrite_string(out, value ? value : "", value ? strlen(value) : 0);
	return MHD_YES;
}

void
request_write(struct buf *out, const struct request *q, enum MHD_ValueKind kind)
{
	buf_addc(out, '{');
	MHD_get_connection_values(q->connection, kind, write_pair, out);
	buf_addc(out, '}');
}

/* {"method":..,"path":..,"query":{..},"headers":{..} and the body if asked */
static void
describe(struct buf *out, const struct request *q, bool with_body)
{
	buf_adds(out, "{\"method\":");
	jwrite_string(out, q->method, strlen(q->method));
	buf_adds(out, ",\"path\":");
	jwrite_string(out, q->path, strlen(q->path));
	buf_adds(out, ",\"query\":");
	request_write(out, q, MHD_GET_ARGUMENT_KIND);
	buf_adds(out, ",\"headers\":");
	request_write(out, q, MHD_HEADER_KIND);
	if (with_body) {
		buf_adds(out, ",\"body\":");
		jwrite_string(out, q->body.data, q->body.len);
	}
	buf_adds(out, "}\n");
}

static void
append(int fd, const struct buf *line)
{
	if (fd >= 0 && write(fd, line->data, line->len) != (ssize_t)line->len)
		diag_error("hooks: write: %s", strerror(errno));
}

static void
log_request(const struct site *s, const struct request *q)
{
	struct buf line = {0};

	if (s->log >= 0)
		describe(&line, q, true);
	append(s->log, &line);
	buf_release(&line);
}

/* Keep what was posted: one line, one write. */
static void
take_hook(const struct site *s, const struct request *q)
{
	struct buf line = {0}, about = {0};

	buf_add(&line, q->body.data, q->body.len);
	for (size_t i = 0; i < line.len; i++)
		if (line.data[i] == '\n')
			line.data[i] = ' ';
	buf_addc(&line, '\n');
	describe(&about, q, false);
	append(s->hook_headers, &about);
	append(s->hooks, &line);
	buf_release(&line);
	buf_release(&about);
}

static const char *
type_of(const char *path)
{
	static const char *const types[][2] = {
	    {".json", "application/json"},
	    {".ndjson", "application/x-ndjson"},
	    {".csv", "text/csv"},
	    {".tsv", "text/tab-separated-values"},
	    {".html", "text/html"},
	    {".txt", "text/plain"},
	    {".xml", "application/xml"},
	};
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; dot && i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(dot, types[i][0]) == 0)
			return types[i][1];
	return "application/octet-stream";
}

/* The file for this request, or the one for all.  NULL: none. */
static FILE *
open_canned(const struct site *s, const struct request *q)
{
	struct buf path = {0};
	FILE *f;

	if (!s->root || strstr(q->path, "/.."))
		return NULL;
	buf_addf(&path, "%s%s~%" PRIu64, s->root, q->path, q->seen);
	f = fopen(path.data, "r");
	if (!f) {
		path.len = 0;
		buf_addf(&path, "%s%s", s->root, q->path);
		f = fopen(path.data, "r");
	}
	buf_release(&path);
	return f;
}

static void
read_canned(const struct site *s, const struct request *q, struct reply *r)
{
	FILE *f = open_canned(s, q);
	size_t n;

	if (!f) {
		r->status = MHD_HTTP_NOT_FOUND;
		buf_adds(&r->body, "not found\n");
		return;
	}
	r->type = type_of(q->path);
	do {
		buf_reserve(&r->body, 65536);
		n = fread(r->body.data + r->body.len, 1, 65536, f);
		r->body.len += n;
	} while (n > 0);
	fclose(f);
}

static void
read_table(const struct site *s, const struct request *q, struct reply *r)
{
	const char *name = q->path + strlen("/api/");
	size_t len = strcspn(name, ".");

	for (size_t i = 0; i < s->n_tables; i++)
		if (strlen(s->tables[i].name) == len &&
		    strncmp(s->tables[i].name, name, len) == 0 &&
		    table_reply(&s->tables[i], q, name + len, r))
			return;
	r->status = MHD_HTTP_NOT_FOUND;
	buf_adds(&r->body, "{\"error\":\"not found\"}\n");
}

/* A number from 0 to 1 for each n: the finalizer of splitmix64. */
static double
chance(uint64_t n, uint64_t *kind)
{
	n += 0x9E3779B97F4A7C15;
	n = (n ^ n >> 30) * 0xBF58476D1CE4E5B9;
	n = (n ^ n >> 27) * 0x94D049BB133111EB;
	n ^= n >> 31;
	*kind = n % 3;
	return (double)(n >> 11) * 0x1p-53;
}

/* By the number of the request, let it fail: 500, 503 or a cut body, whose
 * length is returned. */
static size_t
spoil(const struct site *s, struct reply *r)
{
	uint64_t n, kind;

	pthread_mutex_lock(&lock);
	n = n_api++;
	pthread_mutex_unlock(&lock);
	if (chance(s->seed << 32 ^ n, &kind) >= s->faults)
		return SIZE_MAX;
	if (kind == 0)
		return r->body.len / 2;
	r->status = kind == 1 ? MHD_HTTP_INTERNAL_SERVER_ERROR
			      : MHD_HTTP_SERVICE_UNAVAILABLE;
	r->body.len = 0;
	buf_adds(&r->body, "{\"error\":\"out of order\"}\n");
	return SIZE_MAX;
}

static bool
starts_with(const char *s, const char *start)
{
	return strncmp(s, start, strlen(start)) == 0;
}

/* Will the client be told that all is well? */
static bool
will_accept(const struct request *q)
{
	return q->seen > request_number(q, "fail", 0, 1000000) &&
	       request_number(q, "status", 200, 599) < 300 &&
	       !request_param(q, "reset");
}

enum MHD_Result
site_serve(const struct site *s, struct request *q)
{
	struct reply r = {.status = MHD_HTTP_OK, .type = "text/plain"};
	const char *path = request_param(q, "path");
	size_t cut = SIZE_MAX;
	enum MHD_Result done;

	q->seen = site_count(q->path, true);
	log_request(s, q);
	if (starts_with(q->path, "/api/")) {
		read_table(s, q, &r);
		cut = spoil(s, &r);
	} else if (starts_with(q->path, "/hook")) {
		if (will_accept(q))
			take_hook(s, q);
		buf_adds(&r.body, "ok\n");
	} else if (strcmp(q->path, "/echo") == 0) {
		r.type = "application/json";
		describe(&r.body, q, true);
	} else if (strcmp(q->path, "/count") == 0) {
		buf_addf(&r.body, "%lu\n", site_count(path ? path : "", false));
	} else {
		read_canned(s, q, &r);
	}
	done = reply_send(&r, q, cut);
	buf_release(&r.body);
	free(r.next);
	return done;
}
