#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/xmem.h"
#include "schema/uri.h"

struct span {
	const char *s;
	size_t len;
	bool is_there;
};

struct parts {
	struct span scheme, authority, path, query, fragment;
};

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_scheme(char c)
{
	return is_alpha(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
	       c == '.';
}

/* How many bytes before the colon are a scheme; 0: there is none. */
static size_t
scheme_length(const char *s, size_t len)
{
	size_t n = 0;

	if (len == 0 || !is_alpha(*s))
		return 0;
	while (n < len && is_scheme(s[n]))
		n++;
	return n < len && s[n] == ':' ? n : 0;
}

bool
uri_is_absolute(const char *uri, size_t len)
{
	return scheme_length(uri, len) > 0;
}

/* Take what stands before any of the ends from the front of rest. */
static struct span
take(struct span *rest, const char *ends)
{
	struct span part = {.s = rest->s, .is_there = true};

	while (part.len < rest->len && !strchr(ends, part.s[part.len]))
		part.len++;
	rest->s += part.len;
	rest->len -= part.len;
	return part;
}

/* Take n bytes from the front of rest. */
static void
skip(struct span *rest, size_t n)
{
	rest->s += n;
	rest->len -= n;
}

static struct parts
split(const char *s, size_t len)
{
	struct span rest = {s, len, true};
	struct parts p = {0};
	size_t n = scheme_length(s, len);

	if (n > 0) {
		p.scheme = (struct span){s, n, true};
		skip(&rest, n + 1);
	}
	if (rest.len >= 2 && memcmp(rest.s, "//", 2) == 0) {
		skip(&rest, 2);
		p.authority = take(&rest, "/?#");
	}
	p.path = take(&rest, "?#");
	if (rest.len > 0 && *rest.s == '?') {
		skip(&rest, 1);
		p.query = take(&rest, "#");
	}
	if (rest.len > 0) {
		skip(&rest, 1);
		p.fragment = rest;
	}
	return p;
}

/* Append a path without its "." and ".." (section 5.2.4). */
static void
add_path(struct buf *b, struct span path)
{
	size_t start = b->len;
	const char *s = path.s, *end = s + path.len;

	while (s < end) {
		const char *slash = memchr(s + 1, '/', (size_t)(end - s - 1));
		const char *stop = slash ? slash : end;
		size_t len = (size_t)(stop - s);
		bool is_last = !slash;

		if (len == 2 && memcmp(s, "/.", 2) == 0) {
			if (is_last)
				buf_addc(b, '/');
		} else if (len == 3 && memcmp(s, "/..", 3) == 0) {
			while (b->len > start && b->data[b->len - 1] != '/')
				b->len--;
			if (b->len > start)
				b->len--;
			if (is_last)
				buf_addc(b, '/');
		} else {
			buf_add(b, s, len);
		}
		s = stop;
	}
}

/* The path of a reference beside that of the base (section 5.2.3). */
static void
merge(struct buf *b, const struct parts *base, struct span path)
{
	struct buf all = {0};
	size_t n = base->path.len;

	while (n > 0 && base->path.s[n - 1] != '/')
		n--;
	if (base->authority.is_there && base->path.len == 0)
		buf_addc(&all, '/');
	buf_add(&all, base->path.s, n);
	buf_add(&all, path.s, path.len);
	if (all.len > 0)
		add_path(b, (struct span){all.data, all.len, true});
	buf_release(&all);
}

static void
add_part(struct buf *b, const char *before, struct span part)
{
	if (!part.is_there)
		return;
	buf_adds(b, before);
	buf_add(b, part.s, part.len);
}

char *
uri_resolve(const char *base, const char *ref, size_t len)
{
	struct parts b = split(base, strlen(base)), r = split(ref, len);
	struct span scheme = r.scheme, authority = r.authority, query = r.query;
	struct buf out = {0};

	if (!scheme.is_there) {
		scheme = b.scheme;
		if (!r.authority.is_there)
			authority = b.authority;
	}
	add_part(&out, "", scheme);
	if (scheme.is_there)
		buf_addc(&out, ':');
	add_part(&out, "//", authority);
	if (r.scheme.is_there || r.authority.is_there ||
	    (r.path.len > 0 && *r.path.s == '/')) {
		add_path(&out, r.path);
	} else if (r.path.len == 0) {
		buf_add(&out, b.path.s, b.path.len);
		if (!r.query.is_there)
			query = b.query;
	} else {
		merge(&out, &b, r.path);
	}
	add_part(&out, "?", query);
	add_part(&out, "#", r.fragment);
	buf_addc(&out, '\0');
	return out.data;
}

char *
uri_of_file(const char *path)
{
	static const char hex[] = "0123456789ABCDEF";
	struct buf b = {0};

	buf_adds(&b, "file://");
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;

		if (is_scheme(*path) || strchr("/_~", *path)) {
			buf_addc(&b, *path);
			continue;
		}
		buf_addc(&b, '%');
		buf_addc(&b, hex[c >> 4]);
		buf_addc(&b, hex[c & 15]);
	}
	buf_addc(&b, '\0');
	return b.data;
}

char *
uri_to_file(const char *uri)
{
	char *path;

	if (strncmp(uri, "file:///", 8) != 0)
		return NULL;
	path = xstrndup(uri + 7, strlen(uri + 7));
	if (uri_unescape(path))
		return path;
	free(path);
	return NULL;
}

char *
uri_cut_fragment(char *uri)
{
	char *hash = strchr(uri, '#');

	if (!hash)
		return uri + strlen(uri);
	*hash = '\0';
	return hash + 1;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
uri_unescape(char *s)
{
	char *out = s;

	for (; *s; s++, out++) {
		int high, low;

		*out = *s;
		if (*s != '%')
			continue;
		high = hex_digit(s[1]);
		low = high < 0 ? -1 : hex_digit(s[2]);
		if (low < 0 || (high == 0 && low == 0))
			return false;
		*out = (char)(high * 16 + low);
		s += 2;
	}
	*out = '\0';
	return true;
}
