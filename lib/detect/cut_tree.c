#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "core/xmem.h"
#include "detect/cut_tree.h"

static double *
box(const struct cut_tree *t, uint32_t node)
{
	return t->boxes + (size_t)node * 2 * t->dimensions;
}

static bool
is_leaf(const struct cut_node *n)
{
	return n->children[0] == CUT_NONE;
}

void
cut_tree_init(struct cut_tree *t, size_t dimensions, size_t max, uint64_t seed)
{
	*t = (struct cut_tree){.dimensions = dimensions,
	    .max = max,
	    .root = CUT_NONE,
	    .random = seed};
	t->nodes = xcalloc(2 * max, sizeof(*t->nodes));
	t->boxes = xcalloc(2 * max * 2 * dimensions, sizeof(*t->boxes));
	for (size_t i = 0; i < 2 * max; i++)
		t->nodes[i].parent =
		    i + 1 < 2 * max ? (uint32_t)i + 1 : CUT_NONE;
}

void
cut_tree_release(struct cut_tree *t)
{
	free(t->nodes);
	free(t->boxes);
	t->nodes = NULL;
	t->boxes = NULL;
}

size_t
cut_tree_count(const struct cut_tree *t)
{
	return t->root == CUT_NONE ? 0 : t->nodes[t->root].n;
}

static uint32_t
take(struct cut_tree *t)
{
	uint32_t i = t->free;

	t->free = t->nodes[i].parent;
	return i;
}

static void
give(struct cut_tree *t, uint32_t i)
{
	t->nodes[i].parent = t->free;
	t->free = i;
}

static uint32_t
new_leaf(struct cut_tree *t, const double *x, uint32_t parent)
{
	uint32_t i = take(t);
	size_t bytes = t->dimensions * sizeof(*x);

	t->nodes[i] = (struct cut_node){parent, {CUT_NONE, CUT_NONE}, 1, 0, 0};
	memcpy(box(t, i), x, bytes);
	memcpy(box(t, i) + t->dimensions, x, bytes);
	return i;
}

/*
 * Draw a cut of the node's box, widened to x.  Returns whether it parts x
 * from the box.
 */
static bool
draw(struct cut_tree *t, uint32_t node, const double *x, uint32_t *dimension,
    double *cut)
{
	const double *low = box(t, node), *high = low + t->dimensions;
	double sum = 0, at;
	size_t j, last = 0;

	for (j = 0; j < t->dimensions; j++)
		sum += fmax(high[j], x[j]) - fmin(low[j], x[j]);
	at = random_unit(&t->random) * sum;
	for (j = 0; j < t->dimensions; j++) {
		double wide = fmax(high[j], x[j]) - fmin(low[j], x[j]);

		if (wide > 0)
			last = j;
		if (at < wide)
			break;
		at -= wide;
	}
	if (j == t->dimensions) { /* rounding */
		j = last;
		at = 0;
	}
	*dimension = (uint32_t)j;
	*cut = fmin(low[j], x[j]) + at;
	if (x[j] <= *cut)
		return low[j] > *cut;
	return high[j] <= *cut;
}

/* Put x above the node, parted from it by the cut. */
static void
part(struct cut_tree *t, uint32_t node, const double *x, uint32_t dimension,
    double cut)
{
	uint32_t up = take(t), parent = t->nodes[node].parent;
	uint32_t leaf = new_leaf(t, x, up);
	bool is_left = x[dimension] <= cut;
	struct cut_node *n = &t->nodes[up];

	*n = (struct cut_node){parent,
	    {is_left ? leaf : node, is_left ? node : leaf},
	    t->nodes[node].n + 1, dimension, cut};
	t->nodes[node].parent = up;
	if (parent == CUT_NONE)
		t->root = up;
	else
		t->nodes[parent]
		    .children[t->nodes[parent].children[1] == node] = up;
	for (size_t j = 0; j < t->dimensions; j++) {
		const double *b = box(t, node);

		box(t, up)[j] = fmin(b[j], x[j]);
		box(t, up)[t->dimensions + j] =
		    fmax(b[t->dimensions + j], x[j]);
	}
}

static bool
is_at(const struct cut_tree *t, uint32_t leaf, const double *x)
{
	for (size_t j = 0; j < t->dimensions; j++)
		if (box(t, leaf)[j] != x[j])
			return false;
	return true;
}

/* The cut that is there sends x this way. */
static uint32_t
descend(const struct cut_tree *t, uint32_t node, const double *x)
{
	const struct cut_node *n = &t->nodes[node];

	return n->children[x[n->dimension] > n->cut];
}

/* Where the cuts send x: a leaf. */
static uint32_t
find(const struct cut_tree *t, const double *x)
{
	uint32_t i = t->root;

	while (!is_leaf(&t->nodes[i]))
		i = descend(t, i, x);
	return i;
}

void
cut_tree_add(struct cut_tree *t, const double *x)
{
	uint32_t i = t->root, dimension;
	double cut;

	if (i == CUT_NONE) {
		t->root = new_leaf(t, x, CUT_NONE);
		return;
	}
	if (is_at(t, find(t, x), x)) { /* one that is there already */
		for (i = find(t, x); i != CUT_NONE; i = t->nodes[i].parent)
			t->nodes[i].n++;
		return;
	}
	while (!draw(t, i, x, &dimension, &cut)) {
		double *b = box(t, i);

		if (is_leaf(&t->nodes[i]))
			continue; /* the box is a point: draw again */
		for (size_t j = 0; j < t->dimensions; j++) {
			b[j] = fmin(b[j], x[j]);
			b[t->dimensions + j] = fmax(b[t->dimensions + j], x[j]);
		}
		t->nodes[i].n++;
		i = descend(t, i, x);
	}
	part(t, i, x, dimension, cut);
}

/* The boxes from the node up are those of what is below, again. */
static void
shrink(struct cut_tree *t, uint32_t i)
{
	size_t d = t->dimensions;

	for (; i != CUT_NONE; i = t->nodes[i].parent) {
		const double *a = box(t, t->nodes[i].children[0]);
		const double *b = box(t, t->nodes[i].children[1]);

		for (size_t j = 0; j < d; j++) {
			box(t, i)[j] = fmin(a[j], b[j]);
			box(t, i)[d + j] = fmax(a[d + j], b[d + j]);
		}
	}
}

void
cut_tree_remove(struct cut_tree *t, const double *x)
{
	uint32_t leaf = find(t, x), up = t->nodes[leaf].parent, other, above;

	for (uint32_t i = leaf; i != CUT_NONE; i = t->nodes[i].parent)
		t->nodes[i].n--;
	if (t->nodes[leaf].n > 0)
		return;
	give(t, leaf);
	if (up == CUT_NONE) {
		t->root = CUT_NONE;
		return;
	}
	other = t->nodes[up].children[t->nodes[up].children[0] == leaf];
	above = t->nodes[up].parent;
	t->nodes[other].parent = above;
	if (above == CUT_NONE)
		t->root = other;
	else
		t->nodes[above].children[t->nodes[above].children[1] == up] =
		    other;
	give(t, up);
	shrink(t, above);
}

double
cut_tree_displacement(
    const struct cut_tree *t, const double *x, size_t *dimension)
{
	double most = 0;
	uint32_t up;

	*dimension = 0;

	for (uint32_t i = find(t, x); (up = t->nodes[i].parent) != CUT_NONE;
	     i = up) {
		double n = t->nodes[i].n, others = t->nodes[up].n - n;

		if (others / n > most) {
			most = others / n;
			*dimension = t->nodes[up].dimension;
		}
	}
	return most;
}

/* Is the node's box that of what is below? */
static bool
is_boxed(const struct cut_tree *t, uint32_t i)
{
	const struct cut_node *n = &t->nodes[i];
	const double *low = box(t, i), *high = low + t->dimensions;

	for (size_t j = 0; j < t->dimensions; j++) {
		double l = high[j], h = low[j]; /* a leaf's are the same */

		if (!is_leaf(n)) {
			const double *a = box(t, n->children[0]) + j;
			const double *b = box(t, n->children[1]) + j;

			l = fmin(*a, *b);
			h = fmax(a[t->dimensions], b[t->dimensions]);
		}
		if (low[j] != l || high[j] != h)
			return false;
	}
	return true;
}

/* Are the nodes below i, up's child, in order, and which were seen? */
static bool
is_sound(const struct cut_tree *t, uint32_t i, uint32_t up, bool *seen)
{
	const struct cut_node *n;
	uint32_t a, b;

	if (i >= 2 * t->max || seen[i])
		return false;
	seen[i] = true;
	n = &t->nodes[i];
	a = n->children[0];
	b = n->children[1];
	if (n->parent != up || n->n == 0)
		return false;
	if (a == CUT_NONE)
		return b == CUT_NONE && is_boxed(t, i);
	return n->dimension < t->dimensions && is_sound(t, a, i, seen) &&
	       is_sound(t, b, i, seen) &&
	       t->nodes[a].n + t->nodes[b].n == n->n && is_boxed(t, i);
}

/* Is it a tree of at most max points, and are all other nodes free? */
static bool
is_tree(const struct cut_tree *t)
{
	bool *seen = xcalloc(2 * t->max, sizeof(*seen)), good = true;
	size_t n = 0;

	if (t->root != CUT_NONE)
		good = is_sound(t, t->root, CUT_NONE, seen) &&
		       t->nodes[t->root].n <= t->max;
	for (uint32_t i = t->free; good && i != CUT_NONE;
	     i = t->nodes[i].parent) {
		good = i < 2 * t->max && !seen[i];
		if (good)
			seen[i] = true;
	}
	for (size_t i = 0; i < 2 * t->max; i++)
		n += seen[i];
	free(seen);
	return good && n == 2 * t->max;
}

static void
pack_index(struct pack *p, const char *name, uint32_t *x)
{
	size_t wide = *x;

	pack_size(p, name, &wide, 0, UINT32_MAX);
	*x = (uint32_t)wide;
}

void
cut_tree_pack(struct cut_tree *t, struct pack *p)
{
	if (p->mode == PACK_SHOW)
		return;
	pack_bits(p, "random", &t->random);
	pack_index(p, "root", &t->root);
	pack_index(p, "free", &t->free);
	for (size_t i = 0; i < 2 * t->max && !p->is_bad; i++) {
		struct cut_node *n = &t->nodes[i];

		pack_index(p, "parent", &n->parent);
		pack_index(p, "left", &n->children[0]);
		pack_index(p, "right", &n->children[1]);
		pack_index(p, "n", &n->n);
		pack_index(p, "dimension", &n->dimension);
		pack_double(p, "cut", &n->cut);
		pack_doubles(p, "box", box(t, (uint32_t)i), 2 * t->dimensions);
	}
	if (p->mode == PACK_LOAD && !p->is_bad && !is_tree(t))
		p->is_bad = true;
}
