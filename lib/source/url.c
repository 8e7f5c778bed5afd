#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "source/template.h"
#include "source/url.h"

/* Ended by a NUL that len does not count. */
static void
end(struct buf *b)
{
	buf_addc(b, '\0');
	b->len--;
}

/* Where the host begins, or NULL if it is no URL of http or https. */
static const char *
host_of(const char *url, const char **port)
{
	if (strncasecmp(url, "http://", 7) == 0) {
		*port = "80";
		return url + 7;
	}
	if (strncasecmp(url, "https://", 8) == 0) {
		*port = "443";
		return url + 8;
	}
	return NULL;
}

/* The end of "[::1]" or of a name. */
static size_t
host_len(const char *host)
{
	size_t n = strcspn(host, ":/?#");

	if (*host != '[')
		return n;
	n = strcspn(host, "]/?#");
	return host[n] == ']' ? n + 1 : 0;
}

bool
url_origin(struct buf *b, const char *url)
{
	const char *port, *host = host_of(url, &port), *p;
	size_t n, digits;

	if (!host)
		return false;
	n = host_len(host);
	p = host + n;
	digits = *p == ':' ? strspn(p + 1, "0123456789") : 0;
	if (n == 0 || memchr(host, '@', strcspn(host, "/?#")) ||
	    (*p == ':' && (digits > 5 || !strchr("/?#", p[1 + digits]))))
		return false;
	for (const char *s = url; s < p; s++)
		buf_addc(b, (char)tolower((unsigned char)*s));
	if (digits > 0)
		buf_addf(b, ":%.*s", (int)digits, p + 1);
	else
		buf_addf(b, ":%s", port);
	return true;
}

/* Take "." and ".." out of the path from start on (RFC 3986, 5.2.4). */
static void
remove_dots(struct buf *b, size_t start)
{
	const char *in = b->data + start;
	size_t path = strcspn(in, "?"), out = 0, i = 0;
	char *to = b->data + start;

	while (i < path) {
		size_t n = 1 + strcspn(in + i + 1, "/?");

		if (n > path - i)
			n = path - i;
		if (n == 2 && in[i + 1] == '.') {
			n = i + n == path ? 1 : 2;
			if (n == 1)
				to[out++] = '/';
			i += 2;
			continue;
		}
		if (n == 3 && in[i + 1] == '.' && in[i + 2] == '.') {
			while (out > 0 && to[--out] != '/')
				;
			i += 3;
			if (i == path)
				to[out++] = '/';
			continue;
		}
		memmove(to + out, in + i, n);
		out += n;
		i += n;
	}
	memmove(to + out, in + path, strlen(in + path) + 1);
	b->len = start + out + strlen(to + out);
}

static bool
is_clean(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7F || *s == '\\')
			return false;
	return true;
}

/* Does it begin with a scheme? */
static bool
has_scheme(const char *s)
{
	size_t n = strcspn(s, ":/?#");

	return s[n] == ':';
}

bool
url_resolve(struct buf *b, const char *base, const char *reference)
{
	const char *port, *host = host_of(base, &port), *path;
	size_t before = b->len, root;
	struct buf origin = {0};

	if (!is_clean(reference) || !host)
		return false;
	path = host + strcspn(host, "/?#");
	if (has_scheme(reference)) {
		if (!host_of(reference, &port))
			return false;
	} else if (strncmp(reference, "//", 2) == 0) {
		buf_add(b, base, (size_t)(host - base) - 2);
	} else {
		buf_add(b, base, (size_t)(path - base));
		root = strcspn(path, "?#");
		if (strchr("?#", *reference)) { /* or nothing */
			buf_add(b, path, root);
			if (*reference != '?')
				buf_add(
				    b, path + root, strcspn(path + root, "#"));
		} else if (*reference != '/') {
			while (root > 0 && path[root - 1] != '/')
				root--;
			buf_add(b, path, root);
			if (root == 0)
				buf_addc(b, '/');
		}
	}
	buf_add(b, reference, strcspn(reference, "#"));
	end(b);
	if (!url_origin(&origin, b->data + before)) {
		b->len = before;
		return false;
	}
	buf_release(&origin);
	host = host_of(b->data + before, &port);
	path = host + strcspn(host, "/?#");
	if (*path == '/')
		remove_dots(b, (size_t)(path - b->data));
	return true;
}

bool
url_has_param(const char *url, const char *name)
{
	struct buf escaped = {0};
	const char *p = strchr(url, '?');
	bool found = false;

	template_escape(&escaped, name, strlen(name));
	for (; p && !found; p = strchr(p + 1, '&'))
		found = strncmp(p + 1, escaped.data ? escaped.data : "",
			    escaped.len) == 0 &&
			strchr("=&", p[1 + escaped.len]);
	buf_release(&escaped);
	return found;
}

void
url_add_param(struct buf *url, const char *name, const char *value, size_t len)
{
	const char *query = memchr(url->data, '?', url->len);
	char last = url->data[url->len - 1];

	if (!query)
		buf_addc(url, '?');
	else if (last != '?' && last != '&')
		buf_addc(url, '&');
	template_escape(url, name, strlen(name));
	buf_addc(url, '=');
	template_escape(url, value, len);
	end(url);
}

/* Skip a quoted string or a token; append its text to b if that is not NULL.
 */
static const char *
skip_value(const char *s, struct buf *b)
{
	if (*s != '"') {
		size_t n = strcspn(s, " \t;,\"");

		if (b)
			buf_add(b, s, n);
		return s + n;
	}
	for (s++; *s && *s != '"'; s++) {
		if (*s == '\\' && s[1])
			s++;
		if (b)
			buf_addc(b, *s);
	}
	return *s ? s + 1 : s;
}

/* Is rel one of the words in text? */
static bool
has_word(const char *text, const char *rel)
{
	size_t n;

	for (; *text; text += n) {
		text += strspn(text, " \t");
		n = strcspn(text, " \t");
		if (n == strlen(rel) && strncasecmp(text, rel, n) == 0)
			return true;
	}
	return false;
}

/* The parameters of a link, from behind its > on.  *is_rel: is it of that
 * relation?  Only the first rel counts (RFC 8288, 3.3). */
static const char *
read_params(const char *s, const char *rel, bool *is_rel)
{
	bool seen = false;

	*is_rel = false;
	while (s += strspn(s, " \t;"), *s && *s != ',') {
		size_t n = strcspn(s, " \t=;,");
		bool counts = n == 3 && strncasecmp(s, "rel", 3) == 0 && !seen;
		struct buf value = {0};

		s += n + strspn(s + n, " \t");
		if (*s == '=') {
			s += 1 + strspn(s + 1, " \t");
			s = skip_value(s, &value);
		} else if (n == 0) {
			s++; /* a stray quote or the like */
		}
		buf_addc(&value, '\0');
		if (counts)
			*is_rel = has_word(value.data, rel);
		seen |= counts;
		buf_release(&value);
	}
	return s;
}

bool
url_of_link(struct buf *b, const char *header, const char *rel)
{
	const char *s = header, *target;
	bool is_rel;
	size_t n;

	while (s += strspn(s, " \t,"), *s == '<') {
		target = s + 1;
		n = strcspn(target, ">");
		if (target[n] == '\0')
			return false;
		s = read_params(target + n + 1, rel, &is_rel);
		if (is_rel) {
			buf_add(b, target, n);
			end(b);
			return true;
		}
	}
	return false;
}

bool
url_is_of_files(const char *url)
{
	return strncasecmp(url, "ftp:", 4) == 0 ||
	       strncasecmp(url, "sftp:", 5) == 0;
}
