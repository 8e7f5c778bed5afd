#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/diag.h"
#include "core/share.h"
#include "core/xmem.h"
#include "schema/compile.h"
#include "schema/uri.h"

uint32_t
node_of(struct compiler *c, struct place *p)
{
	if (p->node != NO_NODE)
		return p->node;
	p->node = (uint32_t)c->n_queue;
	c->queue = xrealloc(c->queue, c->n_queue + 1, sizeof(struct place *));
	c->queue[c->n_queue++] = p;
	return p->node;
}

uint32_t
node_child(struct compiler *c, struct jval v)
{
	struct place *p = place_find(c, c->here->source, v.at);

	return p ? node_of(c, p) : NO_NODE; /* else it was told */
}

struct op *
op_add(struct compiler *c, const struct keyword *k, struct jval v,
    enum op_class class, enum op_code code)
{
	size_t n = c->n_ops[class]++;

	c->ops[class] = xrealloc(c->ops[class], n + 1, sizeof(*c->ops[class]));
	c->ops[class][n] =
	    (struct op){.code = code, .at = v.at, .keyword = k->name};
	return &c->ops[class][n];
}

struct jval
sibling(const struct compiler *c, const char *name)
{
	if (!keyword_find(&c->dialect, name, strlen(name)))
		return (struct jval){c->object.doc, 0};
	return jval_get(c->object, name, strlen(name));
}

/* Compile the keywords of the schema in hand. */
static void
compile_keywords(struct compiler *c)
{
	bool is_ref =
	    c->dialect.draft == D07 && jval_get(c->object, "$ref", 4).at != 0;
	struct jiter it;

	for (it = jval_iter(c->object); jiter_next(&it);) {
		size_t len;
		const char *s = jval_string(it.name, &len);
		const struct keyword *k = keyword_find(&c->dialect, s, len);

		/* in draft-07 nothing counts beside a reference */
		if (is_ref && strcmp(s, "$ref") != 0)
			continue;
		if (k && k->compile)
			k->compile(c, k, it.value);
	}
}

/* Move the operations to where they stay. */
static void
settle(struct compiler *c, struct node *node)
{
	struct schema *s = c->s;
	size_t total = s->n_ops;

	for (int i = 0; i < CLASS_COUNT; i++)
		total += c->n_ops[i];
	if (total > s->n_ops)
		s->ops = xrealloc(s->ops, total, sizeof(*s->ops));
	for (int i = 0; i < CLASS_COUNT; i++) {
		node->ops[i] = (uint32_t)s->n_ops;
		if (c->n_ops[i] > 0)
			memcpy(s->ops + s->n_ops, c->ops[i],
			    c->n_ops[i] * sizeof(*s->ops));
		s->n_ops += c->n_ops[i];
		c->n_ops[i] = 0;
	}
	node->ops[CLASS_COUNT] = (uint32_t)s->n_ops;
}

static void
compile_node(struct compiler *c, struct place *p)
{
	struct schema *s = c->s;
	struct node *node;

	s->nodes = xrealloc(s->nodes, s->n_nodes + 1, sizeof(*s->nodes));
	node = &s->nodes[s->n_nodes++];
	*node = (struct node){.types = TYPE_ALL,
	    .resource = p->resource,
	    .source = p->source,
	    .at = p->at,
	    .keyword = p->keyword};
	c->here = p;
	c->object = (struct jval){&s->sources[p->source]->tape, p->at};
	c->dialect = c->resources[p->resource].dialect;
	if (jval_type(c->object) == J_FALSE) {
		node->types = 0;
		node->is_false = true;
	}
	compile_keywords(c);
	node = &s->nodes[s->n_nodes - 1];
	settle(c, node);
	node->is_true =
	    node->types == TYPE_ALL && node->ops[0] == node->ops[CLASS_COUNT];
}

/* Whatever a dynamic reference may find is to be compiled too. */
static void
queue_anchors(struct compiler *c)
{
	for (size_t i = 0; i < c->n_dynamic_places; i++) {
		struct place *p = c->dynamic_places[i];

		if (p->anchor < c->n_used && c->is_used[p->anchor])
			node_of(c, p);
	}
}

/* Compile all that is in the queue, and what comes up meanwhile. */
static void
compile_queue(struct compiler *c)
{
	while (c->s->n_nodes < c->n_queue) {
		compile_node(c, c->queue[c->s->n_nodes]);
		if (c->s->n_nodes == c->n_queue)
			queue_anchors(c);
	}
}

/* Also what nothing refers to is told, if it is wrong. */
static void
queue_all(struct compiler *c)
{
	const struct map_entry *e;

	for (size_t i = 0; (e = map_next(&c->places, &i)) != NULL;) {
		struct place *p = e->value;

		if (p->source == 0)
			node_of(c, p);
	}
}

static void
fill_anchors(struct compiler *c)
{
	struct schema *s = c->s;
	size_t n = c->n_resources * c->dynamic.n;

	if (!c->is_used)
		return;
	s->n_resources = c->n_resources;
	s->n_anchors = c->dynamic.n;
	s->anchors = xcalloc(n, sizeof(*s->anchors));
	for (size_t i = 0; i < n; i++)
		s->anchors[i] = NO_NODE;
	for (size_t i = 0; i < c->n_dynamic_places; i++) {
		const struct place *p = c->dynamic_places[i];

		s->anchors[p->resource * s->n_anchors + p->anchor] = p->node;
	}
}

static void
compiler_release(struct compiler *c)
{
	for (size_t i = 0; i < c->n_resources; i++)
		free(c->resources[i].uri);
	for (int i = 0; i < CLASS_COUNT; i++)
		free(c->ops[i]);
	free(c->resources);
	free(c->dynamic_places);
	free(c->is_used);
	free(c->queue);
	map_release(&c->uris);
	map_release(&c->places);
	map_release(&c->anchors);
	map_release(&c->dynamic);
	pool_free(&c->pool);
}

/* The texts are only needed to tell faults. */
static void
drop_texts(struct schema *s)
{
	for (size_t i = 0; i < s->n_sources; i++) {
		doc_release(&s->sources[i]->own);
		s->sources[i]->doc = NULL;
		s->sources[i]->base = NULL;
	}
}

/* Compile the schema whose first source is src, which is taken. */
static int
compile(struct schema **out, struct source *src,
    const struct schema_options *options)
{
	static const struct schema_options defaults;
	struct schema *s = xcalloc(1, sizeof(*s));
	struct compiler c = {.s = s, .options = options ? options : &defaults};
	struct place *root;
	size_t faults;

	if (source_add(&c, src) != NO_NODE) {
		root = place_find(&c, 0, src->root.at);
		s->root = node_of(&c, root);
		if (jval_type(src->root) != J_OBJECT &&
		    jval_type(src->root) != J_TRUE &&
		    jval_type(src->root) != J_FALSE)
			compile_fault(&c, 0, src->root,
			    "must be a schema: an object, true or false");
		if (jval_type(jval_get(src->root, "rules", 5)) == J_ARRAY)
			compile_fault(&c, 0, src->root,
			    "is a rule file, not a schema: it goes with -R");
		queue_all(&c);
		compile_queue(&c);
		fill_anchors(&c);
		if (c.n_faults == 0)
			loops_find(&c);
		if (c.n_faults == 0) {
			roster_make(&c);
			quick_make(s);
		}
	}
	faults = c.n_faults;
	compiler_release(&c);
	drop_texts(s);
	if (faults > 0)
		schema_free(s);
	else
		*out = s;
	return faults > 0 ? EX_CONFIG : 0;
}

static char *
current_dir(void)
{
	size_t size = 256;
	char *dir = xmalloc(size);

	while (!getcwd(dir, size)) {
		if (errno != ERANGE) { /* it is gone */
			*dir = '\0';
			break;
		}
		size *= 2;
		dir = xrealloc(dir, size, 1);
	}
	return dir;
}

/* The URI of a file, which may be relative to the current directory. */
static char *
uri_of(const char *path)
{
	struct buf b = {0};
	char *dir, *uri, *whole;

	if (*path != '/') {
		dir = current_dir();
		buf_adds(&b, dir);
		buf_addc(&b, '/');
		free(dir);
	}
	buf_add(&b, path, strlen(path) + 1);
	whole = uri_of_file(b.data);
	uri = uri_resolve("", whole, strlen(whole)); /* without ".." */
	buf_release(&b);
	free(whole);
	return uri;
}

int
schema_load(
    struct schema **out, const char *path, const struct schema_options *options)
{
	char *found = share_find("schemas", path);
	struct source *src = xcalloc(1, sizeof(*src));
	int status;

	if (!found && !strchr(path, '/') && access(path, F_OK) != 0) {
		diag_error(
		    "%s: no such file, and no schema of that name", path);
		free(src);
		return EX_NOINPUT;
	}
	status = doc_load_text(&src->own, found ? found : path);
	src->doc = &src->own;
	src->uri = uri_of(found ? found : path);
	free(found);
	if (status == 0)
		return compile(out, src, options);
	source_free(src);
	return status;
}

int
schema_from(struct schema **out, struct doc *d, const struct doc_place *at,
    const struct schema_options *options)
{
	struct source *src = xcalloc(1, sizeof(*src));

	src->doc = d;
	src->base = at;
	src->uri = uri_of(d->name);
	return compile(out, src, options);
}

void
schema_free(struct schema *s)
{
	const struct map_entry *e;

	if (!s)
		return;
	for (size_t i = 0; i < s->n_sources; i++)
		source_free(s->sources[i]);
	for (size_t i = 0; (e = map_next(&s->patterns, &i)) != NULL;)
		pattern_free(e->value);
	map_release(&s->patterns);
	pool_free(&s->pool);
	for (size_t i = 0; i < s->n_rosters; i++)
		free(s->rosters[i].table);
	free(s->rosters);
	free(s->anchors);
	free(s->sources);
	free(s->nodes);
	free(s->ops);
	free(s->quick);
	free(s->quick_ops);
	free(s);
}

size_t
schema_n_unknown(const struct schema *s)
{
	return s->n_unknown;
}
