/*
 * A CSV table (RFC 4180) as records: what looks like a JSON number is one,
 * an empty field is null, all else is a string.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/diag.h"
#include "core/xmem.h"
#include "httpd.h"
#include "json/write.h"

/* Where the reading of a text stands. */
struct cursor {
	const char *at, *end;
};

static bool
read_file(struct buf *b, const char *path)
{
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f)
		return false;
	do {
		buf_reserve(b, 65536);
		n = fread(b->data + b->len, 1, 65536, f);
		b->len += n;
	} while (n > 0);
	return fclose(f) == 0;
}

/* Take a field and what ends it.  Returns true if it was the row's last. */
static bool
take_field(struct cursor *c, struct buf *field)
{
	bool is_quoted = false;

	field->len = 0;
	for (; c->at < c->end; c->at++) {
		if (*c->at == '"') {
			if (is_quoted && c->at + 1 < c->end && c->at[1] == '"')
				buf_addc(field, *c->at++);
			else
				is_quoted = !is_quoted;
		} else if (!is_quoted && (*c->at == ',' || *c->at == '\n')) {
			return *c->at++ == '\n';
		} else if (*c->at != '\r') {
			buf_addc(field, *c->at);
		}
	}
	return true;
}

static size_t
digits(const char *s)
{
	return strspn(s, "0123456789");
}

/* Is it a number as JSON spells them? */
static bool
is_number(const char *s)
{
	size_t n;

	s += *s == '-';
	n = digits(s);
	if (n == 0 || (n > 1 && *s == '0'))
		return false;
	s += n;
	if (*s == '.') {
		n = digits(++s);
		if (n == 0)
			return false;
		s += n;
	}
	if (*s == 'e' || *s == 'E') {
		s++;
		s += *s == '-' || *s == '+';
		n = digits(s);
		if (n == 0)
			return false;
		s += n;
	}
	return *s == '\0';
}

static void
write_field(struct buf *out, struct buf *field)
{
	buf_addc(field, '\0');
	if (field->len == 1)
		buf_adds(out, "null");
	else if (is_number(field->data))
		buf_add(out, field->data, field->len - 1);
	else
		jwrite_string(out, field->data, field->len - 1);
}

/* Append the row at c as an object; head: the names, joined by NUL. */
static void
write_row(struct buf *out, struct cursor *c, const struct buf *head)
{
	const char *name = head->data, *end = head->data + head->len;
	struct buf field = {0};
	bool is_last = false;

	for (; name < end; name += strlen(name) + 1) {
		buf_addc(out, name == head->data ? '{' : ',');
		jwrite_string(out, name, strlen(name));
		buf_addc(out, ':');
		field.len = 0;
		if (!is_last) /* a short row is filled up with nulls */
			is_last = take_field(c, &field);
		write_field(out, &field);
	}
	while (!is_last)
		is_last = take_field(c, &field);
	buf_adds(out, "}\n");
	buf_release(&field);
}

static void
read_rows(struct table *t)
{
	struct cursor c = {t->csv.data, t->csv.data + t->csv.len};
	struct buf head = {0}, field = {0};
	bool is_last;

	do {
		is_last = take_field(&c, &field);
		buf_add(&head, field.data, field.len);
		buf_addc(&head, '\0');
	} while (!is_last);
	do {
		t->rows = xrealloc(t->rows, t->n + 1, sizeof(*t->rows));
		t->rows[t->n] = t->json.len;
		if (c.at == c.end)
			break;
		write_row(&t->json, &c, &head);
		t->n++;
	} while (true);
	buf_release(&head);
	buf_release(&field);
}

bool
table_load(struct table *t, const char *spec)
{
	const char *path = strchr(spec, '=');

	*t = (struct table){0};
	if (!path) {
		diag_error("--table %s: not NAME=FILE", spec);
		return false;
	}
	if (!read_file(&t->csv, path + 1) || t->csv.len == 0) {
		diag_error("%s: %s", path + 1, strerror(errno));
		return false;
	}
	t->name = xstrndup(spec, (size_t)(path - spec));
	read_rows(t);
	return true;
}

void
table_release(struct table *t)
{
	free(t->name);
	free(t->rows);
	buf_release(&t->csv);
	buf_release(&t->json);
}

/* Append rows from first to end as an array. */
static void
write_rows(struct buf *out, const struct table *t, size_t first, size_t end)
{
	buf_addc(out, '[');
	for (size_t i = first; i < end; i++) {
		if (i > first)
			buf_addc(out, ',');
		buf_add(out, t->json.data + t->rows[i],
		    t->rows[i + 1] - t->rows[i] - 1);
	}
	buf_addc(out, ']');
}

/* The URL of the page behind this one, as the client would write it. */
static char *
next_page(const struct table *t, const struct request *q, const char *param,
    size_t value, size_t size)
{
	struct buf url = {0};
	const char *host = MHD_lookup_connection_value(
	    q->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);

	buf_addf(&url, "http://%s/api/%s?%s=%zu&per_page=%zu",
	    host ? host : "127.0.0.1", t->name, param, value, size);
	buf_addc(&url, '\0');
	return url.data;
}

/* {"page":..,"pages":..,"total":..,"next":..,"records":[..]} */
static void
write_page(const struct table *t, const struct request *q, struct reply *r)
{
	size_t size = request_param(q, "per_page")
			  ? request_number(q, "per_page", 1, 10000)
			  : 100;
	bool by_offset = request_param(q, "offset") != NULL;
	size_t first =
	    by_offset
		? request_number(q, "offset", 0, SIZE_MAX / 2)
		: (request_number(q, "page", 1, SIZE_MAX / 20000) - 1) * size;
	size_t end;

	first = first < t->n ? first : t->n;
	end = size < t->n - first ? first + size : t->n;
	if (end < t->n && by_offset)
		r->next = next_page(t, q, "offset", end, size);
	else if (end < t->n)
		r->next = next_page(t, q, "page", first / size + 2, size);
	buf_addf(&r->body,
	    "{\"page\":%zu,\"pages\":%zu,\"total\":%zu,\"next\":",
	    first / size + 1, (t->n + size - 1) / size, t->n);
	if (r->next)
		jwrite_string(&r->body, r->next, strlen(r->next));
	else
		buf_adds(&r->body, "null");
	buf_adds(&r->body, ",\"records\":");
	write_rows(&r->body, t, first, end);
	buf_adds(&r->body, "}\n");
}

bool
table_reply(const struct table *t, const struct request *q, const char *format,
    struct reply *r)
{
	r->type = "application/json";
	if (strcmp(format, "") == 0) {
		write_page(t, q, r);
	} else if (strcmp(format, ".json") == 0) {
		write_rows(&r->body, t, 0, t->n);
	} else if (strcmp(format, ".ndjson") == 0) {
		r->type = "application/x-ndjson";
		buf_add(&r->body, t->json.data, t->json.len);
	} else if (strcmp(format, ".csv") == 0) {
		r->type = "text/csv";
		buf_add(&r->body, t->csv.data, t->csv.len);
	} else {
		return false;
	}
	return true;
}
