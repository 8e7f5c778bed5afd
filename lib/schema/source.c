/* source - the documents of a schema: loaded, found by URI, faults told. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/xmem.h"
#include "schema/compile.h"
#include "schema/meta.h"
#include "schema/refs.h"
#include "schema/uri.h"

/* Is the value at, or something that lies in it? */
static bool
is_within(struct jval v, uint32_t at)
{
	return at >= v.at && at < jval_after(v.doc, v.at);
}

/* Step to the member or element that holds at; false if none does. */
static bool
step_to(struct jiter *it, uint32_t at, struct doc_place *place)
{
	size_t len;

	for (; jiter_next(it); place->index++) {
		if (!is_within(it->value, at))
			continue;
		if (it->name.at)
			place->key = jval_string(it->name, &len);
		return true;
	}
	return false;
}

/* Tell a fault at at, which lies in v, which is at up. */
static void
tell(struct source *src, struct jval v, const struct doc_place *up, uint32_t at,
    const char *message)
{
	struct jiter it = jval_iter(v);
	struct doc_place place = {.up = up};

	if (v.at != at && step_to(&it, at, &place))
		tell(src, it.value, &place, at, message);
	else
		doc_fault(src->doc, up, "%s", message);
}

void
compile_fault(
    struct compiler *c, uint32_t source, struct jval at, const char *fmt, ...)
{
	struct source *src = c->s->sources[source];
	char message[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	c->n_faults++;
	tell(src, src->root, src->base, at.at, message);
}

static void
add_token(struct buf *b, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '~')
			buf_adds(b, "~0");
		else if (s[i] == '/')
			buf_adds(b, "~1");
		else
			buf_addc(b, s[i]);
	}
}

bool
source_pointer(const struct source *s, uint32_t at, struct buf *b)
{
	struct jval v = s->root;

	buf_adds(b, s->pointer);
	while (v.at != at) {
		struct jiter it = jval_iter(v);
		struct doc_place place = {0};
		const char *name;
		size_t len;

		if (!step_to(&it, at, &place))
			return false;
		buf_addc(b, '/');
		name = jval_string(it.name, &len);
		if (it.name.at)
			add_token(b, name, len);
		else
			buf_addf(b, "%zu", place.index);
		v = it.value;
	}
	return true;
}

/* The place as a JSON Pointer. */
static void
add_place(struct buf *b, const struct doc_place *at)
{
	if (!at)
		return;
	add_place(b, at->up);
	buf_addc(b, '/');
	if (at->key)
		add_token(b, at->key, strlen(at->key));
	else
		buf_addf(b, "%zu", at->index);
}

void
source_free(struct source *src)
{
	if (!src)
		return;
	doc_release(&src->own);
	jdoc_release(&src->tape);
	free(src->pointer);
	free(src->uri);
	free(src);
}

/* Put the text on a tape. */
static bool
parse(struct source *src)
{
	struct buf text = {0}, pointer = {0};
	size_t len;
	const char *s = doc_text(src->doc, src->base, &len);
	bool good;

	buf_add(&text, s, len);
	buf_reserve(&text, JDOC_PADDING);
	memset(text.data + text.len, 0, JDOC_PADDING);
	jdoc_init(&src->tape);
	good = jdoc_parse(&src->tape, text.data, text.len) == JERR_NONE;
	buf_release(&text);
	if (!good) {
		doc_fault(src->doc, src->base, "cannot be parsed");
		return false;
	}
	src->root = jval_root(&src->tape);
	add_place(&pointer, src->base);
	buf_addc(&pointer, '\0');
	src->pointer = pointer.data;
	return true;
}

uint32_t
source_add(struct compiler *c, struct source *src)
{
	struct schema *s = c->s;
	uint32_t n = (uint32_t)s->n_sources, root = (uint32_t)c->n_resources;
	char *uri;
	struct dialect dialect = dialect_of_draft(c->options);

	s->sources =
	    xrealloc(s->sources, s->n_sources + 1, sizeof(struct source *));
	s->sources[s->n_sources++] = src;
	if (!parse(src)) {
		c->n_faults++;
		return NO_NODE;
	}
	c->resources =
	    xrealloc(c->resources, c->n_resources + 1, sizeof(*c->resources));
	uri = xstrndup(src->uri, strlen(src->uri));
	c->resources[c->n_resources++] =
	    (struct resource){uri, n, src->root.at, dialect};
	*map_put(&c->uris, uri, strlen(uri)) = pool_number(&c->pool, root);
	scan(c, n, src->root, root, "$ref");
	return root;
}

static uint32_t
known(const struct compiler *c, const char *uri)
{
	const uint32_t *n = map_get(&c->uris, uri, strlen(uri));

	return n ? *n : NO_NODE;
}

/* The text of a metaschema, with real quotes. */
static int
load_meta(struct doc *d, const char *uri, const char *meta)
{
	size_t len = strlen(meta);
	char *text = xstrndup(meta, len);
	int status;

	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	status = doc_parse_text(d, uri, text, len);
	free(text);
	return status;
}

uint32_t
source_find(struct compiler *c, const char *uri, bool *is_told)
{
	uint32_t found = known(c, uri);
	const char *meta = meta_find(uri);
	char *path;
	struct source *src;
	int status;

	*is_told = false;
	if (found != NO_NODE)
		return found;
	path = refs_find(c->options->refs, uri);
	if (!path && !meta) {
		path = uri_to_file(uri);
		if (!path || access(path, F_OK) != 0) {
			free(path);
			return NO_NODE;
		}
	}
	src = xcalloc(1, sizeof(*src));
	src->doc = &src->own;
	src->uri = xstrndup(uri, strlen(uri));
	status = path ? doc_load_text(&src->own, path)
		      : load_meta(&src->own, uri, meta);
	free(path);
	if (status == 0)
		return source_add(c, src);
	*is_told = true;
	source_free(src);
	return NO_NODE;
}
