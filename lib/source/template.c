#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/utf8.h"
#include "core/xmem.h"
#include "source/template.h"
#include "json/write.h"

bool
template_is_name(const char *s, size_t len)
{
	if (len == 0 || isdigit((unsigned char)*s))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)s[i]) && s[i] != '_')
			return false;
	return true;
}

static void
add_part(struct template *t, const char *text, size_t len, bool is_name)
{
	if (len == 0)
		return;
	t->parts = xrealloc(t->parts, t->n + 1, sizeof(*t->parts));
	t->parts[t->n++] = (struct template_part){
	    .text = xstrndup(text, len), .len = len, .is_name = is_name};
}

/* Add the literal that was gathered. */
static void
add_literal(struct template *t, struct buf *literal)
{
	add_part(t, literal->data, literal->len, false);
	literal->len = 0;
}

/* From a brace on.  Returns what is behind, or NULL. */
static const char *
read_brace(struct template *t, const char *s, struct buf *literal)
{
	size_t len;

	if (s[1] == s[0]) {
		buf_addc(literal, *s);
		return s + 2;
	}
	len = strcspn(s + 1, "{}");
	if (*s == '}' || s[1 + len] != '}' || !template_is_name(s + 1, len))
		return NULL;
	add_literal(t, literal);
	add_part(t, s + 1, len, true);
	return s + len + 2;
}

bool
template_compile(struct template *t, const char *text, struct buf *why)
{
	struct template made = {0};
	struct buf literal = {0};
	const char *s = text, *next;

	for (; *s; s = next) {
		next = *s == '{' || *s == '}' ? read_brace(&made, s, &literal)
					      : s + 1;
		if (!next)
			break;
		if (next == s + 1)
			buf_addc(&literal, *s);
	}
	add_literal(&made, &literal);
	buf_release(&literal);
	if (*s == '\0') {
		*t = made;
		return true;
	}
	template_release(&made);
	buf_addf(why,
	    "at byte %zu: not {name}; a brace that is none is written twice",
	    (size_t)(s - text));
	return false;
}

void
template_literal(struct template *t, const char *text)
{
	*t = (struct template){0};
	add_part(t, text, strlen(text), false);
}

void
template_release(struct template *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->parts[i].text);
	free(t->parts);
	*t = (struct template){0};
}

const char *
template_name(const struct template *t)
{
	return t->n == 1 && t->parts[0].is_name ? t->parts[0].text : NULL;
}

void
template_escape(struct buf *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x80 && (isalnum(c) || strchr("-._~", c)) && c)
			buf_addc(out, s[i]);
		else
			buf_addf(out, "%%%02X", c);
	}
}

bool
template_text(struct buf *out, const json_t *v)
{
	switch (v ? json_typeof(v) : JSON_NULL) {
	case JSON_STRING:
		buf_add(out, json_string_value(v), json_string_length(v));
		return true;
	case JSON_INTEGER:
		jwrite_int(out, json_integer_value(v));
		return true;
	case JSON_REAL:
		jwrite_double(out, json_real_value(v));
		return true;
	case JSON_TRUE:
	case JSON_FALSE:
		buf_adds(out, json_is_true(v) ? "true" : "false");
		return true;
	default:
		return false;
	}
}

/* The place in a URL, told by the literal text before. */
enum part_of_url { IN_SCHEME, IN_HOST, IN_PATH, IN_QUERY };

static enum part_of_url
move_on(enum part_of_url at, const struct buf *url)
{
	struct buf b = {0};
	const char *p, *host;
	enum part_of_url now = at;

	buf_add(&b, url->data, url->len);
	buf_addc(&b, '\0');
	host = strstr(b.data, "://");
	if (host) {
		p = host + 3 + strcspn(host + 3, "/?#");
		now = IN_HOST;
		if (*p)
			now = strchr(p, '?') ? IN_QUERY : IN_PATH;
	}
	buf_release(&b);
	return now;
}

bool
template_fills_host(const struct template *t)
{
	struct buf url = {0};
	bool fills = false;

	for (size_t i = 0; i < t->n && !fills; i++) {
		if (t->parts[i].is_name)
			fills = move_on(IN_SCHEME, &url) <= IN_HOST;
		else
			buf_add(&url, t->parts[i].text, t->parts[i].len);
	}
	buf_release(&url);
	return fills;
}

/* A host, or a part of one. */
static bool
is_host(const struct buf *b)
{
	for (size_t i = 0; i < b->len; i++)
		if (!isalnum((unsigned char)b->data[i]) && b->data[i] != '.' &&
		    b->data[i] != '-')
			return false;
	return b->len > 0;
}

static bool
is_header(const struct buf *b)
{
	for (size_t i = 0; i < b->len; i++)
		if ((unsigned char)b->data[i] < ' ' || b->data[i] == 0x7F)
			return false;
	return true;
}

/* "." and ".." as a whole segment would climb. */
static bool
is_dots(const struct buf *b)
{
	return (b->len == 1 && b->data[0] == '.') ||
	       (b->len == 2 && memcmp(b->data, "..", 2) == 0);
}

static bool
add_to_url(struct buf *out, enum part_of_url at, const struct buf *value)
{
	if (at == IN_SCHEME)
		return false;
	if (at == IN_HOST) {
		buf_add(out, value->data, value->len);
		return is_host(value);
	}
	template_escape(out, value->data, value->len);
	return at == IN_QUERY || !is_dots(value);
}

/* Would it lead to another directory, where %2F is a slash? */
static bool
climbs(const struct buf *url, const struct buf *value)
{
	bool is_file = url->len >= 4 && (memcmp(url->data, "ftp", 3) == 0 ||
					    memcmp(url->data, "sftp", 4) == 0);

	return is_file && value->len > 0 &&
	       memchr(value->data, '/', value->len);
}

/* A value to its place.  Returns whether it may stand there. */
static bool
add_value(struct buf *out, size_t start, enum template_place place,
    const struct buf *value)
{
	struct buf url;

	switch (place) {
	case TEMPLATE_URL:
		url = (struct buf){out->data + start, out->len - start, 0};
		return !climbs(&url, value) &&
		       add_to_url(out, move_on(IN_SCHEME, &url), value);
	case TEMPLATE_QUERY:
		template_escape(out, value->data, value->len);
		return true;
	case TEMPLATE_HEADER:
	case TEMPLATE_TEXT:
		buf_add(out, value->data, value->len);
		return place == TEMPLATE_TEXT || is_header(value);
	}
	return false;
}

/* One variable.  Returns a status as template_fill does. */
static int
fill_name(const char *name, const json_t *vars, size_t start,
    enum template_place place, struct buf *out, struct buf *why)
{
	const json_t *v = json_object_get(vars, name);
	struct buf value = {0};
	int status = 0;

	if (!template_text(&value, v)) {
		buf_addf(why,
		    v ? "%s: neither a string nor a number"
		      : "%s has no value; give it one by -P %s=...",
		    name, name);
		status = v && !json_is_null(v) ? EX_DATAERR : EX_USAGE;
	} else if (!utf8_is_valid(value.data, value.len) ||
		   !add_value(out, start, place, &value)) {
		buf_addf(why, "%s: this value cannot stand in %s", name,
		    place == TEMPLATE_HEADER ? "a header"
		    : place == TEMPLATE_URL  ? "the URL there"
					     : "text");
		status = EX_DATAERR;
	}
	buf_release(&value);
	return status;
}

int
template_fill(const struct template *t, const json_t *vars,
    enum template_place place, struct buf *out, struct buf *why)
{
	size_t start = out->len;
	int status = 0;

	for (size_t i = 0; i < t->n && status == 0; i++) {
		const struct template_part *p = &t->parts[i];

		if (p->is_name)
			status =
			    fill_name(p->text, vars, start, place, out, why);
		else if (place == TEMPLATE_QUERY)
			template_escape(out, p->text, p->len);
		else
			buf_add(out, p->text, p->len);
	}
	return status;
}
