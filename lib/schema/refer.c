/* refer - what a reference leads to. */
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "schema/compile.h"
#include "schema/uri.h"

/* Resolve ~0 and ~1 in place. */
static void
unescape(char *token)
{
	char *out = token;

	for (char *s = token; *s; s++, out++) {
		*out = *s;
		if (*s == '~' && (s[1] == '0' || s[1] == '1'))
			*out = *++s == '0' ? '~' : '/';
	}
	*out = '\0';
}

/* A step of a pointer: the member or element, or absent. */
static struct jval
step(struct jval v, char *token)
{
	char *end;
	unsigned long i;

	if (jval_type(v) != J_ARRAY) {
		unescape(token);
		return jval_get(v, token, strlen(token));
	}
	i = strtoul(token, &end, 10);
	if (*token < '0' || *token > '9' || *end || i > INT32_MAX)
		return (struct jval){v.doc, 0};
	return jval_at(v, (int64_t)i);
}

/*
 * Follow a JSON Pointer, which begins with a slash, from the place p.  Where
 * it leads to may be in an unknown keyword, and not scanned yet.
 */
static struct place *
follow(struct compiler *c, const struct place *p, char *pointer)
{
	struct jval v = {&c->s->sources[p->source]->tape, p->at};
	uint32_t source = p->source, resource = p->resource;
	char *token = pointer + 1, *next;
	enum jtype t;

	for (; token; token = next) {
		next = strchr(token, '/');
		if (next)
			*next++ = '\0';
		v = step(v, token);
		p = v.at ? place_find(c, source, v.at) : NULL;
		if (p)
			resource = p->resource;
	}
	t = jval_type(v);
	if (t != J_OBJECT && t != J_TRUE && t != J_FALSE)
		return NULL;
	if (!p)
		scan(c, source, v, resource, "$ref");
	return place_find(c, source, v.at);
}

static struct place *
find_anchor(struct compiler *c, uint32_t resource, const char *name)
{
	struct buf key = {0};
	struct place *p;

	buf_add(&key, &resource, sizeof(resource));
	buf_adds(&key, name);
	p = map_get(&c->anchors, key.data, key.len);
	buf_release(&key);
	return p;
}

/* The resource at a URI, else at that beside the file. */
static uint32_t
find_resource(
    struct compiler *c, struct jval ref, const char *uri, bool *is_told)
{
	uint32_t n = source_find(c, uri, is_told);
	const struct source *src = c->s->sources[c->here->source];
	size_t len;
	const char *s = jval_string(ref, &len);
	char *beside;

	if (n != NO_NODE || *is_told || uri_is_absolute(s, len))
		return n;
	beside = uri_resolve(src->uri, s, len);
	uri_cut_fragment(beside);
	n = source_find(c, beside, is_told);
	free(beside);
	return n;
}

/* The place of a fragment in a resource. */
static struct place *
find_place(struct compiler *c, uint32_t resource, char *fragment)
{
	const struct resource *r = &c->resources[resource];
	struct place *p = place_find(c, r->source, r->at);

	if (*fragment == '\0')
		return p;
	if (!uri_unescape(fragment))
		return NULL;
	return *fragment == '/' ? follow(c, p, fragment)
				: find_anchor(c, p->resource, fragment);
}

static struct place *
refer_to(struct compiler *c, struct jval ref, char *uri, const char **kept)
{
	char *fragment = uri_cut_fragment(uri);
	bool is_told = false;
	uint32_t resource = find_resource(c, ref, uri, &is_told);
	struct place *p;

	if (resource == NO_NODE) {
		if (is_told)
			FAULT(c, ref, "this cannot be used");
		else
			FAULT(c, ref,
			    "%s is not here; --ref %s=PATH can tell where it "
			    "is, nothing is fetched",
			    uri, uri);
		return NULL;
	}
	if (kept) {
		size_t n = strlen(fragment) + 1;

		*kept = memcpy(pool_take(&c->pool, n), fragment, n);
	}
	p = find_place(c, resource, fragment);
	if (!p)
		FAULT(c, ref, "leads to no schema in %s", uri);
	return p;
}

struct place *
refer(struct compiler *c, struct jval ref, const char **fragment)
{
	size_t len;
	const char *s = jval_string(ref, &len);
	char *uri;
	struct place *p;

	if (!is_a(c, ref, J_STRING))
		return NULL;
	uri = uri_resolve(c->resources[c->here->resource].uri, s, len);
	p = refer_to(c, ref, uri, fragment);
	free(uri);
	return p;
}
