#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/percent.h"
#include "core/xmem.h"
#include "http/sigv4_parts.h"

/* Strings, or NAME=VALUE, to be put in order. */
struct list {
	struct item {
		struct buf name, value;
		size_t at; /* in the list, so that the order is stable */
	} * items; /* owned */
	size_t n;
};

static struct item *
list_add(struct list *l)
{
	l->items = xrealloc(l->items, l->n + 1, sizeof(*l->items));
	l->items[l->n] = (struct item){.at = l->n};
	return &l->items[l->n++];
}

static void
list_release(struct list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		buf_release(&l->items[i].name);
		buf_release(&l->items[i].value);
	}
	free(l->items);
	*l = (struct list){0};
}

static int
compare(const struct buf *a, const struct buf *b)
{
	size_t n = a->len < b->len ? a->len : b->len;
	int order = n > 0 ? memcmp(a->data, b->data, n) : 0;

	return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

static int
by_name_and_value(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = compare(&x->name, &y->name);

	return order != 0 ? order : compare(&x->value, &y->value);
}

static int
by_name(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = compare(&x->name, &y->name);

	return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

static void
list_sort(struct list *l, int (*order)(const void *, const void *))
{
	if (l->n > 1)
		qsort(l->items, l->n, sizeof(*l->items), order);
}

void
sigv4_encode(struct buf *out, const char *s, size_t len, bool keeps_slash)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];
		char escape[3] = {'%', digits[c >> 4], digits[c & 15]};
		bool is_kept = (c < 0x80 && isalnum(c)) || c == '-' ||
			       c == '.' || c == '_' || c == '~';

		if (is_kept || (c == '/' && keeps_slash))
			buf_addc(out, (char)c);
		else
			buf_add(out, escape, sizeof(escape));
	}
}

/* Encode what is encoded in some way already. */
static void
encode_again(struct buf *out, const char *s, size_t len, bool is_query)
{
	struct buf plain = {0};

	percent_decode(&plain, s, len, is_query);
	sigv4_encode(out, plain.data, plain.len, false);
	buf_release(&plain);
}

/* Is a port of so many characters the one that the scheme has anyway? */
static bool
is_usual(const char *port, size_t len, bool is_tls)
{
	const char *usual = is_tls ? "443" : "80";

	return len == strlen(usual) && strncmp(port, usual, len) == 0;
}

bool
sigv4_url_read(struct sigv4_url *u, const char *url)
{
	bool is_tls = strncasecmp(url, "https://", 8) == 0;
	size_t n;
	const char *p, *colon = NULL;

	if (!is_tls && strncasecmp(url, "http://", 7) != 0)
		return false;
	*u = (struct sigv4_url){.origin = url, .host = url + 7 + is_tls};
	n = strcspn(u->host, "/?#");
	if (n == 0 || memchr(u->host, '@', n))
		return false;
	p = u->host + n;
	u->origin_len = (size_t)(p - url);
	for (const char *c = p; c > u->host && *c != ']'; c--)
		if (*c == ':')
			colon = c;
	u->host_len = n;
	if (colon && is_usual(colon + 1, (size_t)(p - colon - 1), is_tls))
		u->host_len = (size_t)(colon - u->host);
	u->path = p;
	u->path_len = strcspn(p, "?#");
	p += u->path_len;
	u->query = p + (*p == '?');
	u->query_len = strcspn(u->query, "#");
	return true;
}

/* Without the last segment and the slash before it. */
static void
drop_segment(struct buf *out, size_t start)
{
	while (out->len > start && out->data[out->len - 1] != '/')
		out->len--;
	if (out->len > start)
		out->len--;
}

/* Append the path, each segment encoded; or, tidied, without those that
 * RFC 3986, 5.2.4 takes away, and without empty ones. */
static void
write_path(struct buf *out, const struct sigv4_url *u, bool is_tidied)
{
	const char *p = u->path, *end = p + u->path_len, *next;
	size_t start = out->len;
	bool ends_open = true; /* with a slash */

	for (; p < end; p = next) {
		size_t n;

		p++; /* the slash */
		next = memchr(p, '/', (size_t)(end - p));
		next = next ? next : end;
		n = (size_t)(next - p);
		ends_open = n == 0 || (n == 1 && *p == '.') ||
			    (n == 2 && p[0] == '.' && p[1] == '.');
		if (is_tidied && n == 2 && ends_open)
			drop_segment(out, start);
		if (is_tidied && ends_open)
			continue;
		buf_addc(out, '/');
		encode_again(out, p, n, false);
	}
	if (out->len == start || (is_tidied && ends_open))
		buf_addc(out, '/');
}

void
sigv4_add_path(struct buf *out, const struct sigv4_url *u, enum sigv4_path kind)
{
	struct buf once = {0};

	write_path(&once, u, kind != SIGV4_PLAIN);
	if (kind == SIGV4_TWICE)
		sigv4_encode(out, once.data, once.len, true);
	else
		buf_add(out, once.data, once.len);
	buf_release(&once);
}

void
sigv4_add_query(struct buf *out, const struct sigv4_url *u)
{
	const char *p = u->query, *end = p + u->query_len, *next, *equals;
	struct list l = {0};

	for (; p < end; p = next + (next < end)) {
		struct item *i;

		next = memchr(p, '&', (size_t)(end - p));
		next = next ? next : end;
		if (next == p)
			continue;
		equals = memchr(p, '=', (size_t)(next - p));
		equals = equals ? equals : next;
		i = list_add(&l);
		encode_again(&i->name, p, (size_t)(equals - p), true);
		if (equals < next)
			encode_again(&i->value, equals + 1,
			    (size_t)(next - equals - 1), true);
	}
	list_sort(&l, by_name_and_value);
	for (size_t i = 0; i < l.n; i++) {
		if (i > 0)
			buf_addc(out, '&');
		buf_add(out, l.items[i].name.data, l.items[i].name.len);
		buf_addc(out, '=');
		buf_add(out, l.items[i].value.data, l.items[i].value.len);
	}
	list_release(&l);
}

/* Is it one that others change, or that we do not send as it stands there? */
static bool
is_unsigned(const char *name, size_t len)
{
	static const char *const names[] = {"accept-encoding", "authorization",
	    "connection", "expect", "host", "te", "transfer-encoding",
	    "upgrade", "user-agent", "x-amzn-trace-id", NULL};

	for (size_t i = 0; names[i]; i++)
		if (strlen(names[i]) == len &&
		    strncasecmp(names[i], name, len) == 0)
			return true;
	return false;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* A value without blanks around it, and one for several within. */
static void
add_value(struct buf *out, const char *s)
{
	size_t len = strlen(s);

	while (len > 0 && is_blank(s[len - 1]))
		len--;
	for (size_t i = 0; i < len; i++) {
		if (!is_blank(s[i]))
			buf_addc(out, s[i]);
		else if (i > 0 && !is_blank(s[i - 1]) && out->len > 0)
			buf_addc(out, ' ');
	}
}

static void
list_headers(struct list *l, const char *const *headers)
{
	for (; headers && *headers; headers++) {
		size_t len = strcspn(*headers, ":");
		struct item *i;

		if ((*headers)[len] != ':' || is_unsigned(*headers, len))
			continue;
		i = list_add(l);
		for (size_t c = 0; c < len; c++)
			buf_addc(&i->name,
			    (char)tolower((unsigned char)(*headers)[c]));
		add_value(&i->value, *headers + len + 1);
	}
}

void
sigv4_add_headers(struct buf *out, struct buf *names, const struct sigv4_url *u,
    const char *const *headers, const char *const *added)
{
	struct list l = {0};
	struct item *host = list_add(&l);

	buf_adds(&host->name, "host");
	buf_add(&host->value, u->host, u->host_len);
	list_headers(&l, headers);
	list_headers(&l, added);
	list_sort(&l, by_name);
	for (size_t i = 0; i < l.n; i++) {
		const struct item *this = &l.items[i];
		bool is_more =
		    i > 0 && compare(&this[-1].name, &this->name) == 0;

		if (is_more) {
			out->data[out->len - 1] = ',';
		} else {
			if (i > 0)
				buf_addc(names, ';');
			buf_add(names, this->name.data, this->name.len);
			buf_add(out, this->name.data, this->name.len);
			buf_addc(out, ':');
		}
		buf_add(out, this->value.data, this->value.len);
		buf_addc(out, '\n');
	}
	list_release(&l);
}

void
sigv4_url_write(
    struct buf *out, const struct sigv4_url *u, enum sigv4_path kind)
{
	buf_add(out, u->origin, u->origin_len);
	write_path(out, u, kind != SIGV4_PLAIN);
	if (u->query_len > 0) {
		buf_addc(out, '?');
		sigv4_add_query(out, u);
	}
	buf_addc(out, '\0');
	out->len--;
}
