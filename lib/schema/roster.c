/* roster - which names the nodes that look at the same value know. */
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "schema/compile.h"

struct making {
	struct compiler *c;
	struct schema *s;
	uint32_t
	    *up; /* of each node, towards the one that stands for its set */
	uint32_t node; /* in hand */
	struct map *slots; /* of each roster: names to slots */
	struct pattern_work *work;
};

static uint32_t
find(uint32_t *up, uint32_t node)
{
	while (up[node] != node) {
		up[node] = up[up[node]];
		node = up[node];
	}
	return node;
}

static void
unite(uint32_t node, void *arg)
{
	struct making *m = arg;

	m->up[find(m->up, node)] = find(m->up, m->node);
}

static void
unite_anchors(struct making *m, const struct op *op)
{
	const struct schema *s = m->s;

	unite(op->u.dynamic.node, m);
	for (size_t i = 0; i < s->n_resources; i++) {
		uint32_t node =
		    s->anchors[i * s->n_anchors + op->u.dynamic.name];

		if (node != NO_NODE)
			unite(node, m);
	}
}

static void
unite_all(struct making *m)
{
	const struct schema *s = m->s;

	for (uint32_t i = 0; i < s->n_nodes; i++)
		m->up[i] = i;
	for (uint32_t i = 0; i < s->n_nodes; i++) {
		m->node = i;
		for (uint32_t o = s->nodes[i].ops[CLASS_OBJECT];
		     o < s->nodes[i].ops[CLASS_LATE]; o++) {
			if (s->ops[o].code == OP_DYNAMIC)
				unite_anchors(m, &s->ops[o]);
			else
				op_each_here(m->c, &s->ops[o], unite, m);
		}
	}
}

static bool
wants_roster(const struct op *op)
{
	return op->code == OP_REQUIRED || op->code == OP_DEPENDENT ||
	       op->code == OP_PROPERTIES ||
	       op->code == OP_UNEVALUATED_PROPERTIES;
}

static bool
node_wants_roster(const struct schema *s, const struct node *n)
{
	for (uint32_t o = n->ops[0]; o < n->ops[CLASS_COUNT]; o++)
		if (wants_roster(&s->ops[o]))
			return true;
	return false;
}

/* Give each set of nodes that wants one a roster; the others have the first,
 * which has no names. */
static void
number_rosters(struct making *m)
{
	struct schema *s = m->s;
	uint32_t *numbers = xcalloc(s->n_nodes, sizeof(*numbers));

	s->n_rosters = 1;
	for (uint32_t i = 0; i < s->n_nodes; i++) {
		uint32_t *number = &numbers[find(m->up, i)];

		if (*number == 0 && node_wants_roster(s, &s->nodes[i]))
			*number = (uint32_t)s->n_rosters++;
	}
	for (uint32_t i = 0; i < s->n_nodes; i++)
		s->nodes[i].roster = numbers[find(m->up, i)];
	free(numbers);
	s->rosters = xcalloc(s->n_rosters, sizeof(*s->rosters));
	m->slots = xcalloc(s->n_rosters, sizeof(*m->slots));
}

static void
add_name(struct making *m, uint32_t roster, struct named *name)
{
	struct map *slots = &m->slots[roster];
	void **slot = map_put(slots, name->s, name->len);

	if (!*slot)
		*slot = pool_number(&m->c->pool, slots->n - 1);
	name->slot = *(uint32_t *)*slot;
	m->s->rosters[roster].n = (uint32_t)slots->n;
}

static void
add_names(struct making *m, uint32_t roster, struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		add_name(m, roster, &names->names[i]);
}

static void
add_op(struct making *m, uint32_t roster, struct op *op)
{
	struct roster *r = &m->s->rosters[roster];

	if (op->code == OP_REQUIRED) {
		add_names(m, roster, &op->u.names);
	} else if (op->code == OP_PROPERTIES) {
		add_names(m, roster, &op->u.properties->names);
		if (op->u.properties->n_patterns > 0 ||
		    op->u.properties->additional != NO_NODE)
			r->wants_others = true;
	} else if (op->code == OP_UNEVALUATED_PROPERTIES) {
		r->wants_others = true;
	} else if (op->code == OP_DEPENDENT) {
		for (size_t i = 0; i < op->u.dependents.n; i++) {
			struct dependent *d = &op->u.dependents.list[i];

			add_name(m, roster, &d->name);
			add_names(m, roster, &d->needs);
		}
	}
}

/* Call fill for the operations that have a roster. */
static void
each_op(struct making *m,
    void (*fill)(struct making *m, uint32_t roster, struct op *op))
{
	struct schema *s = m->s;

	for (uint32_t i = 0; i < s->n_nodes; i++)
		for (uint32_t o = s->nodes[i].ops[0];
		     o < s->nodes[i].ops[CLASS_COUNT]; o++)
			if (wants_roster(&s->ops[o]))
				fill(m, s->nodes[i].roster, &s->ops[o]);
}

static void
keep_name(struct known *k, const char *s, size_t len)
{
	size_t size = sizeof(uint32_t) + len;
	uint32_t n = (uint32_t)len;
	char bytes[sizeof(k->words)] = {0};

	k->s = s;
	k->len = n;
	memcpy(bytes, &n, sizeof(n));
	memcpy(bytes + sizeof(n), s,
	    size < sizeof(bytes) ? len : sizeof(bytes) - sizeof(n));
	memcpy(k->words, bytes, sizeof(bytes));
	memset(k->mask, 0xFF, size < sizeof(bytes) ? size : sizeof(bytes));
}

/* Copy the names, with room to be read behind them; and hash them. */
static void
fill_roster(struct making *m, struct roster *r, const struct map *slots)
{
	struct pool *pool = &m->s->pool;
	const struct map_entry *e;
	size_t size = 4;

	while (size < 2 * (size_t)r->n)
		size *= 2;
	r->n_words = (uint32_t)bits_words(r->n);
	r->first_guess = (uint32_t)m->s->n_guesses;
	m->s->n_guesses += r->n + 1;
	r->names = pool_array(pool, r->n, sizeof(*r->names));
	r->mask = (uint32_t)size - 1;
	r->table = xcalloc(size, sizeof(*r->table));
	for (size_t i = 0; i < size; i++)
		r->table[i] = NO_SLOT;
	for (size_t i = 0; (e = map_next(slots, &i)) != NULL;) {
		char *s = pool_array(pool, e->len + JDOC_PADDING, 1);
		uint32_t slot = *(const uint32_t *)e->value;
		size_t h;

		memcpy(s, e->key, e->len);
		keep_name(&r->names[slot], s, e->len);
		h = name_hash(s, e->len) & r->mask;
		while (r->table[h] != NO_SLOT)
			h = (h + 1) & r->mask;
		r->table[h] = slot;
	}
}

static uint64_t *
new_bits(struct making *m, uint32_t roster)
{
	return pool_array(
	    &m->s->pool, m->s->rosters[roster].n_words, sizeof(uint64_t));
}

static void
fill_bits(struct making *m, uint32_t roster, struct names *names)
{
	names->bits = new_bits(m, roster);
	for (size_t i = 0; i < names->n; i++)
		bits_add(names->bits, names->names[i].slot);
}

/* What one of the schemas for members says of a slot. */
static void
add_check(struct making *m, struct properties *p, size_t *cap, uint32_t slot,
    uint32_t node)
{
	bits_add(p->evaluated, slot);
	if (node == NO_NODE || m->s->nodes[node].is_true)
		return;
	if (m->s->nodes[node].is_false) {
		bits_add(p->forbidden, slot);
		p->has_forbidden = true;
	}
	if (p->n_checked == *cap) {
		struct named *more;

		*cap = *cap ? 2 * *cap : 8;
		more = pool_array(&m->s->pool, *cap, sizeof(*more));
		if (p->n_checked > 0)
			memcpy(more, p->checked, p->n_checked * sizeof(*more));
		p->checked = more;
	}
	p->checked[p->n_checked++] = (struct named){.slot = slot, .node = node};
}

/*
 * Which names match patterns is known beforehand, and which are additional:
 * only names that are not in the roster have to be looked at in a record.
 */
static void
fill_properties(struct making *m, uint32_t roster, struct properties *p)
{
	const struct roster *r = &m->s->rosters[roster];
	size_t cap = 0;

	fill_bits(m, roster, &p->names);
	p->evaluated = new_bits(m, roster);
	p->forbidden = new_bits(m, roster);
	for (size_t i = 0; i < p->names.n; i++)
		add_check(
		    m, p, &cap, p->names.names[i].slot, p->names.names[i].node);
	for (uint32_t slot = 0; slot < r->n; slot++) {
		const struct known *k = &r->names[slot];
		bool is_found = bits_has(p->names.bits, slot);

		for (size_t i = 0; i < p->n_patterns; i++) {
			if (pattern_match(p->patterns[i].pattern, m->work, k->s,
				k->len) != PATTERN_YES)
				continue;
			is_found = true;
			add_check(m, p, &cap, slot, p->patterns[i].node);
		}
		if (!is_found && p->additional != NO_NODE)
			add_check(m, p, &cap, slot, p->additional);
	}
}

/*
 * What is looked at first: what tells kinds of records apart; last what is
 * forbidden, since the bits tell.
 */
static int
rank(const struct schema *s, const struct named *n)
{
	const struct node *node = &s->nodes[n->node];
	uint32_t o = node->ops[CLASS_ANY];

	if (node->is_false)
		return 2;
	for (; o < node->ops[CLASS_LATE]; o++)
		if (s->ops[o].code == OP_CONST || s->ops[o].code == OP_ENUM)
			return 0;
	return 1;
}

static void
sort_checked(struct making *m, struct properties *p)
{
	struct named *sorted =
	    pool_array(&m->s->pool, p->n_checked, sizeof(*sorted));
	size_t n = 0;

	for (int r = 0; r <= 2; r++) {
		p->n_first = r == 2 ? n : 0;
		for (size_t i = 0; i < p->n_checked; i++)
			if (rank(m->s, &p->checked[i]) == r)
				sorted[n++] = p->checked[i];
	}
	p->checked = sorted;
}

static void
fill_op(struct making *m, uint32_t roster, struct op *op)
{
	if (op->code == OP_REQUIRED) {
		fill_bits(m, roster, &op->u.names);
	} else if (op->code == OP_PROPERTIES) {
		fill_properties(m, roster, op->u.properties);
		sort_checked(m, op->u.properties);
	} else if (op->code == OP_DEPENDENT) {
		for (size_t i = 0; i < op->u.dependents.n; i++)
			fill_bits(m, roster, &op->u.dependents.list[i].needs);
	}
}

void
roster_make(struct compiler *c)
{
	struct making m = {.c = c,
	    .s = c->s,
	    .up = xcalloc(c->s->n_nodes, sizeof(uint32_t)),
	    .work = pattern_work_new()};

	unite_all(&m);
	number_rosters(&m);
	each_op(&m, add_op);
	for (size_t i = 1; i < c->s->n_rosters; i++)
		fill_roster(&m, &c->s->rosters[i], &m.slots[i]);
	each_op(&m, fill_op);
	for (size_t i = 0; i < c->s->n_rosters; i++)
		map_release(&m.slots[i]);
	free(m.slots);
	free(m.up);
	pattern_work_free(m.work);
}
