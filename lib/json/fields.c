#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/xmem.h"
#include "json/fields.h"

#define MOST_SEEN 256 /* members of an object that are remembered */
#define NAME_WORDS 4
#define FEW 4 /* children that each name is compared with */

/*
 * A member's name as it lies in the document's strings, four bytes of length
 * and the name, in words; bits that are not in the mask do not count.
 */
struct seen {
	uint64_t words[NAME_WORDS], mask[NAME_WORDS];
	bool is_kept; /* or it is too long for that, or nothing yet */
	uint32_t child; /* the node it leads to; 0: none */
};

/*
 * A step of one or more paths.  Nodes are numbered in the order in which they
 * were added, so a child's number is above its parent's; 0 is the root, and
 * as a child or sibling means none.
 */
struct fields_node {
	char *name; /* owned; NULL: an index, or the root */
	size_t len; /* of name */
	int64_t index;
	size_t number; /* of the path that ends here, from 1; 0: none */
	uint32_t child, sibling; /* the first child; the parent's next */
	struct seen seen; /* its name as it would lie there */
	bool has_few; /* children, all of names that can be kept */
};

struct fields_memory {
	size_t n_nodes;
	uint32_t *at; /* owned; where each node's value is, 0: absent */
	/* For each node, the names in its object, as they stood in the record
	 * before; NULL till there is one.  Owned. */
	struct seen **seen;
};

static bool
is_step(const struct fields_node *node, const struct jstep *s)
{
	if (!node->name || !s->name)
		return !node->name && !s->name && node->index == s->index;
	return node->len == s->len && memcmp(node->name, s->name, s->len) == 0;
}

/* Keep the name of len bytes at s, its length before it. */
static void
keep(struct seen *e, const uint8_t *s, size_t len, uint32_t child)
{
	size_t size = sizeof(uint32_t) + len;

	*e = (struct seen){.child = child};
	if (size > sizeof(e->words))
		return;
	memcpy(e->words, s, size);
	memset(e->mask, 0xFF, size);
	e->is_kept = true;
}

static uint32_t
new_node(struct fields *f, struct fields_node node)
{
	struct buf name = {0};
	uint32_t len = (uint32_t)node.len;

	if (node.name) {
		buf_add(&name, &len, sizeof(len));
		buf_add(&name, node.name, node.len);
		keep(&node.seen, (const uint8_t *)name.data, node.len,
		    (uint32_t)f->n_nodes);
		buf_release(&name);
	}
	f->nodes = xrealloc(f->nodes, f->n_nodes + 1, sizeof(*f->nodes));
	f->nodes[f->n_nodes] = node;
	return (uint32_t)f->n_nodes++;
}

static bool
has_few(const struct fields *f, uint32_t up)
{
	uint32_t c = f->nodes[up].child;
	size_t n = 0;

	for (; c; c = f->nodes[c].sibling) {
		const struct fields_node *node = &f->nodes[c];

		if (++n > FEW || (node->name && !node->seen.is_kept))
			return false;
	}
	return true;
}

/* The child of node up for a step; made if there is none. */
static uint32_t
child_for(struct fields *f, uint32_t up, const struct jstep *s)
{
	uint32_t c = f->nodes[up].child;

	while (c && !is_step(&f->nodes[c], s))
		c = f->nodes[c].sibling;
	if (c)
		return c;
	c = new_node(f, (struct fields_node){
			    .name = s->name ? xstrndup(s->name, s->len) : NULL,
			    .len = s->len,
			    .index = s->index,
			    .sibling = f->nodes[up].child});
	f->nodes[up].child = c;
	f->nodes[up].has_few = has_few(f, up);
	return c;
}

size_t
fields_add(struct fields *f, const struct jpath *p)
{
	uint32_t node = 0;

	if (f->n_nodes == 0)
		new_node(f, (struct fields_node){0});
	for (size_t i = 0; i < p->n; i++)
		node = child_for(f, node, &p->steps[i]);
	if (f->nodes[node].number == 0)
		f->nodes[node].number = ++f->n;
	return f->nodes[node].number - 1;
}

void
fields_release(struct fields *f)
{
	for (size_t i = 0; i < f->n_nodes; i++)
		free(f->nodes[i].name);
	free(f->nodes);
	*f = (struct fields){0};
}

void
fields_view_init(struct fields_view *v, const struct fields *f)
{
	struct fields_memory *m = xcalloc(1, sizeof(*m));

	m->n_nodes = f->n_nodes;
	m->at = xcalloc(f->n_nodes, sizeof(*m->at));
	m->seen = xcalloc(f->n_nodes, sizeof(struct seen *));
	v->values = xcalloc(f->n, sizeof(*v->values));
	v->memory = m;
}

void
fields_view_release(struct fields_view *v)
{
	struct fields_memory *m = v->memory;

	for (size_t i = 0; m && i < m->n_nodes; i++)
		free(m->seen[i]);
	if (m) {
		free(m->at);
		free(m->seen);
	}
	free(m);
	free(v->values);
	*v = (struct fields_view){0};
}

static uint64_t
load(const uint8_t *s)
{
	uint64_t word;

	memcpy(&word, s, sizeof(word));
	return word;
}

/* The bits in which the words from i on and the name at s differ. */
static uint64_t
difference(const struct seen *e, const uint8_t *s, size_t i)
{
	uint64_t a = load(s + i * 8) ^ e->words[i];
	uint64_t b = load(s + i * 8 + 8) ^ e->words[i + 1];

	return (a & e->mask[i]) | (b & e->mask[i + 1]);
}

/*
 * Is this the name at s?  Reads behind it: there is room, since the parser
 * reserves JDOC_PADDING bytes more for strings than the text is long.
 */
static bool
is_seen(const struct seen *e, const uint8_t *s)
{
	return e->is_kept && difference(e, s, 0) == 0 &&
	       (!e->mask[2] || difference(e, s, 2) == 0);
}

/* The child of node up for a member's name; 0 if there is none. */
static uint32_t
find_child(const struct fields *f, uint32_t up, const char *name, size_t len)
{
	uint32_t c = f->nodes[up].child;

	for (; c; c = f->nodes[c].sibling) {
		const struct fields_node *node = &f->nodes[c];

		if (node->name && node->len == len &&
		    memcmp(node->name, name, len) == 0)
			break;
	}
	return c;
}

/* Keep the name of a member, and which child of node up it leads to. */
static void
learn(struct seen *e, const struct fields *f, uint32_t up, struct jval member)
{
	size_t len;
	const char *s = jval_string(member, &len);

	keep(e, (const uint8_t *)s - sizeof(uint32_t), len,
	    find_child(f, up, s, len));
}

/* Find the few children of node up among the members of the object v: no
 * memory is needed, and records of many kinds by turns do no harm. */
static void
read_few(
    struct fields_memory *m, const struct fields *f, uint32_t up, struct jval v)
{
	struct jiter it = jval_iter(v);

	while (jiter_next(&it)) {
		const uint8_t *s = v.doc->strings +
				   (v.doc->tape[it.name.at] & 0xFFFFFFFFFFFFFF);
		uint32_t c = f->nodes[up].child;

		while (c && !is_seen(&f->nodes[c].seen, s))
			c = f->nodes[c].sibling;
		if (c)
			m->at[c] = it.value.at;
	}
}

/* The same for any number of them. */
static void
read_members(
    struct fields_memory *m, const struct fields *f, uint32_t up, struct jval v)
{
	struct seen *e, *end, other = {.is_kept = false};
	struct jiter it = jval_iter(v);

	if (!m->seen[up])
		m->seen[up] = xcalloc(MOST_SEEN, sizeof(struct seen));
	e = m->seen[up];
	end = e + MOST_SEEN;
	while (jiter_next(&it)) {
		uint64_t s = v.doc->tape[it.name.at] & 0xFFFFFFFFFFFFFF;

		if (!is_seen(e, v.doc->strings + s))
			learn(e, f, up, it.name);
		if (e->child)
			m->at[e->child] = it.value.at;
		if (e != &other && ++e == end)
			e = &other; /* of the rest only the last is kept */
	}
}

/* The same for the elements of the array v. */
static void
read_elements(
    struct fields_memory *m, const struct fields *f, uint32_t up, struct jval v)
{
	uint32_t c = f->nodes[up].child;

	for (; c; c = f->nodes[c].sibling)
		if (!f->nodes[c].name)
			m->at[c] = jval_at(v, f->nodes[c].index).at;
}

void
fields_read(struct fields_view *v, const struct fields *f, struct jval root)
{
	struct fields_memory *m = v->memory;

	if (m->n_nodes == 0)
		return;
	memset(m->at, 0, m->n_nodes * sizeof(*m->at));
	m->at[0] = root.at;
	for (uint32_t i = 0; i < m->n_nodes; i++) {
		const struct fields_node *node = &f->nodes[i];
		struct jval value = {root.doc, m->at[i]};
		enum jtype type = jval_type(value);

		if (node->number)
			v->values[node->number - 1] = value;
		if (node->has_few && type == J_OBJECT)
			read_few(m, f, i, value);
		else if (node->child && type == J_OBJECT)
			read_members(m, f, i, value);
		else if (node->child && type == J_ARRAY)
			read_elements(m, f, i, value);
	}
}
