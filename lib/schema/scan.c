/* scan - where schemas stand, and what they are called. */
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "schema/compile.h"
#include "schema/uri.h"

struct key {
	uint32_t a, b;
};

struct place *
place_find(const struct compiler *c, uint32_t source, uint32_t at)
{
	struct key key = {source, at};

	return map_get(&c->places, &key, sizeof(key));
}

static struct place *
add_place(struct compiler *c, uint32_t source, uint32_t at, uint32_t resource,
    const char *keyword)
{
	struct key key = {source, at};
	struct place *p = pool_take(&c->pool, sizeof(*p));

	*p = (struct place){source, at, resource, NO_NODE, NO_NODE, keyword};
	*map_put(&c->places, &key, sizeof(key)) = p;
	return p;
}

/* Name the place, for references in its resource. */
static void
add_anchor(struct compiler *c, struct place *p, struct jval name)
{
	size_t len;
	const char *s = jval_string(name, &len);
	struct buf key = {0};
	void **value;

	buf_add(&key, &p->resource, sizeof(p->resource));
	buf_add(&key, s, len);
	value = map_put(&c->anchors, key.data, key.len);
	if (*value && *value != p)
		compile_fault(c, p->source, name, "this anchor is given twice");
	*value = p;
	buf_release(&key);
}

uint32_t
anchor_number(struct compiler *c, const char *name, size_t len)
{
	void **n = map_put(&c->dynamic, name, len);

	if (!*n)
		*n = pool_number(&c->pool, c->dynamic.n - 1);
	return *(uint32_t *)*n;
}

static void
add_dynamic(struct compiler *c, struct place *p, const char *name, size_t len)
{
	p->anchor = anchor_number(c, name, len);
	c->dynamic_places = xrealloc(
	    c->dynamic_places, c->n_dynamic_places + 1, sizeof(struct place *));
	c->dynamic_places[c->n_dynamic_places++] = p;
}

static struct jval
get(struct jval v, const char *name)
{
	return jval_get(v, name, strlen(name));
}

static void
find_anchors(struct compiler *c, struct place *p, struct jval v, bool is_root)
{
	unsigned draft = c->resources[p->resource].dialect.draft;
	struct jval anchor = get(v, "$anchor");
	struct jval dynamic = get(v, "$dynamicAnchor");
	size_t len;
	const char *s = jval_string(dynamic, &len);

	if (draft != D07 && jval_type(anchor) == J_STRING)
		add_anchor(c, p, anchor);
	if (draft == D20 && jval_type(dynamic) == J_STRING) {
		add_anchor(c, p, dynamic);
		add_dynamic(c, p, s, len);
	}
	if (draft == D19 && is_root &&
	    jval_type(get(v, "$recursiveAnchor")) == J_TRUE)
		add_dynamic(c, p, "", 0);
}

/*
 * A resource for the identifier id, in the one it stands in; the same one if
 * it is only the name of a place, as draft-07 has it.
 */
static uint32_t
add_resource(struct compiler *c, uint32_t source, struct jval v,
    uint32_t resource, struct jval id)
{
	size_t len;
	const char *s = jval_string(id, &len);
	char *uri = uri_resolve(c->resources[resource].uri, s, len);
	void **known;
	struct resource *r;

	uri_cut_fragment(uri);
	known = map_put(&c->uris, uri, strlen(uri));
	if (*known && v.at != c->s->sources[source]->root.at) {
		r = &c->resources[*(uint32_t *)*known];
		if (r->source == source)
			compile_fault(c, source, id, "this is given twice");
	}
	if (!*known)
		*known = pool_number(&c->pool, c->n_resources);
	c->resources =
	    xrealloc(c->resources, c->n_resources + 1, sizeof(*c->resources));
	c->resources[c->n_resources] = (struct resource){
	    uri, source, v.at, c->resources[resource].dialect};
	return (uint32_t)c->n_resources++;
}

/* The resource that the schema v begins, or goes on. */
static uint32_t
resource_of(
    struct compiler *c, uint32_t source, struct jval v, uint32_t resource)
{
	bool is_root = c->resources[resource].at == v.at &&
		       c->resources[resource].source == source;
	struct jval id = get(v, "$id"), dialect = get(v, "$schema");
	size_t len;
	const char *s = jval_string(id, &len);
	struct dialect d;

	/* the dialect decides what an identifier is, and is set by its side */
	d = c->resources[resource].dialect;
	if ((is_root || len > 0) && jval_type(dialect) == J_STRING)
		d = dialect_find(c, source, dialect, d);
	if (d.draft == D07 && get(v, "$ref").at)
		len = 0;
	if (len > 0 && *s != '#')
		resource = add_resource(c, source, v, resource, id);
	if (is_root || (len > 0 && *s != '#'))
		c->resources[resource].dialect = d;
	return resource;
}

/* Draft-07 names places by identifiers too. */
static void
find_old_anchor(struct compiler *c, struct place *p, struct jval v)
{
	struct jval id = get(v, "$id");
	size_t len;
	const char *s = jval_string(id, &len);
	const char *hash = memchr(s, '#', len);
	struct buf key = {0};

	if (c->resources[p->resource].dialect.draft != D07 || !hash ||
	    hash[1] == '\0' || get(v, "$ref").at)
		return;
	buf_add(&key, &p->resource, sizeof(p->resource));
	buf_adds(&key, hash + 1);
	*map_put(&c->anchors, key.data, key.len) = p;
	buf_release(&key);
}

static bool
is_schema(
    struct compiler *c, uint32_t source, const struct keyword *k, struct jval v)
{
	enum jtype t = jval_type(v);
	bool is_old = t == J_ARRAY && strcmp(k->name, "items") == 0;

	if (t == J_OBJECT || t == J_TRUE || t == J_FALSE)
		return true;
	compile_fault(c, source, v,
	    "must be a schema: an object, true or false%s",
	    is_old ? "; an array is prefixItems since 2020-12" : "");
	return false;
}

/* The schemas that the value of a keyword holds. */
static void
scan_held(struct compiler *c, const struct place *p, const struct keyword *k,
    struct jval v)
{
	enum jtype t = jval_type(v);
	enum holds holds = k->holds;
	struct jiter it;

	if (holds == HOLDS_SCHEMA_OR_LIST)
		holds = t == J_ARRAY ? HOLDS_LIST : HOLDS_SCHEMA;
	if (holds == HOLDS_SCHEMA) {
		if (is_schema(c, p->source, k, v))
			scan(c, p->source, v, p->resource, k->name);
		return;
	}
	if (holds == HOLDS_LIST && t != J_ARRAY)
		compile_fault(c, p->source, v, "must be an array of schemas");
	else if (holds != HOLDS_LIST && t != J_OBJECT)
		compile_fault(c, p->source, v, "must be an object of schemas");
	else
		for (it = jval_iter(v); jiter_next(&it);) {
			if (holds == HOLDS_MAP_OR_LISTS &&
			    jval_type(it.value) == J_ARRAY)
				continue;
			if (is_schema(c, p->source, k, it.value))
				scan(c, p->source, it.value, p->resource,
				    k->name);
		}
}

/* Tell the members that are given twice, in v and its keywords' objects. */
static void
find_twins(struct compiler *c, uint32_t source, struct jval v)
{
	struct map seen = {0};
	struct jiter it;
	size_t len;

	for (it = jval_iter(v); jiter_next(&it);) {
		const char *s = jval_string(it.name, &len);
		void **twin = map_put(&seen, s, len);

		if (*twin)
			compile_fault(
			    c, source, it.value, "this member is given twice");
		*twin = &seen;
	}
	map_release(&seen);
}

void
compile_unknown(struct compiler *c, uint32_t source, struct jval at,
    const char *what, const char *nearest)
{
	if (!c->options->tells_unknown || source > 0)
		return;
	compile_fault(c, source, at, "unknown %s%s%s%s", what,
	    nearest ? "; did you mean " : "", nearest ? nearest : "",
	    nearest ? "?" : "");
	c->n_faults--; /* it is a warning */
	c->s->n_unknown++;
}

static void
tell_unknown(struct compiler *c, uint32_t source, const struct dialect *d,
    const struct jiter *it)
{
	size_t len;
	const char *s = jval_string(it->name, &len);
	const char *nearest = keyword_nearest(d, s);

	if (strncmp(s, "x-", 2) != 0)
		compile_unknown(c, source, it->value, "keyword", nearest);
}

static void
scan_members(struct compiler *c, const struct place *p, struct jval v)
{
	struct dialect d = c->resources[p->resource].dialect;
	struct jiter it;

	find_twins(c, p->source, v);
	for (it = jval_iter(v); jiter_next(&it);) {
		size_t len;
		const char *s = jval_string(it.name, &len);
		const struct keyword *k = keyword_find(&d, s, len);

		if (!k) {
			tell_unknown(c, p->source, &d, &it);
			continue;
		}
		if (k->holds >= HOLDS_MAP && k->holds != HOLDS_SCHEMA_OR_LIST)
			find_twins(c, p->source, it.value);
		if (k->holds != HOLDS_NONE)
			scan_held(c, p, k, it.value);
	}
}

void
scan(struct compiler *c, uint32_t source, struct jval v, uint32_t resource,
    const char *keyword)
{
	struct place *p;
	bool is_root;

	if (place_find(c, source, v.at))
		return;
	if (jval_type(v) == J_OBJECT)
		resource = resource_of(c, source, v, resource);
	p = add_place(c, source, v.at, resource, keyword);
	if (jval_type(v) != J_OBJECT)
		return;
	is_root = c->resources[resource].at == v.at;
	find_anchors(c, p, v, is_root);
	find_old_anchor(c, p, v);
	scan_members(c, p, v);
}
