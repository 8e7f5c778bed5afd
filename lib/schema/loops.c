/* loops - references that lead back to themselves, on the same value. */
#include <stdlib.h>

#include "core/xmem.h"
#include "schema/compile.h"

void
op_each_here(const struct compiler *c, const struct op *op,
    void (*each)(uint32_t node, void *arg), void *arg)
{
	(void)c;
	switch (op->code) {
	case OP_REF:
	case OP_NOT:
		each(op->u.node, arg);
		break;
	case OP_ALL:
	case OP_ANY:
	case OP_ONE:
		for (size_t i = 0; i < op->u.nodes.n; i++)
			each(op->u.nodes.list[i], arg);
		break;
	case OP_IF:
		each(op->u.branch.test, arg);
		if (op->u.branch.then != NO_NODE)
			each(op->u.branch.then, arg);
		if (op->u.branch.otherwise != NO_NODE)
			each(op->u.branch.otherwise, arg);
		break;
	case OP_DEPENDENT:
		for (size_t i = 0; i < op->u.dependents.n; i++)
			if (op->u.dependents.list[i].name.node != NO_NODE)
				each(op->u.dependents.list[i].name.node, arg);
		break;
	default:
		break;
	}
}

struct graph {
	uint32_t *next; /* all successors, node by node */
	size_t n, cap;
	size_t *first; /* of each node, and the end */
};

static void
add_edge(uint32_t node, void *arg)
{
	struct graph *g = arg;

	if (g->n == g->cap) {
		g->cap = g->cap ? 2 * g->cap : 64;
		g->next = xrealloc(g->next, g->cap, sizeof(*g->next));
	}
	g->next[g->n++] = node;
}

static void
make_graph(const struct compiler *c, struct graph *g)
{
	const struct schema *s = c->s;

	g->first = xcalloc(s->n_nodes + 1, sizeof(*g->first));
	for (size_t i = 0; i < s->n_nodes; i++) {
		g->first[i] = g->n;
		for (uint32_t o = s->nodes[i].ops[0];
		     o < s->nodes[i].ops[CLASS_COUNT]; o++)
			op_each_here(c, &s->ops[o], add_edge, g);
	}
	g->first[s->n_nodes] = g->n;
}

enum state { NEW, OPEN, DONE };

/* Walk down from a node; tell each step that leads to one on the way. */
static void
walk(struct compiler *c, const struct graph *g, size_t *at, uint8_t *state,
    uint32_t *way, uint32_t from)
{
	size_t depth = 0;

	way[depth++] = from;
	state[from] = OPEN;
	while (depth > 0) {
		uint32_t node = way[depth - 1], next;

		if (at[node] == g->first[node + 1]) {
			state[node] = DONE;
			depth--;
			continue;
		}
		next = g->next[at[node]++];
		if (state[next] == OPEN) {
			const struct node *n = &c->s->nodes[node];
			const struct source *src = c->s->sources[n->source];

			compile_fault(c, n->source,
			    (struct jval){&src->tape, n->at},
			    "leads back to itself, without end");
		} else if (state[next] == NEW) {
			state[next] = OPEN;
			way[depth++] = next;
		}
	}
}

void
loops_find(struct compiler *c)
{
	struct graph g = {0};
	size_t n = c->s->n_nodes, *at = xcalloc(n, sizeof(*at));
	uint8_t *state = xcalloc(n, sizeof(*state));
	uint32_t *way = xcalloc(n + 1, sizeof(*way));

	make_graph(c, &g);
	for (size_t i = 0; i < n; i++)
		at[i] = g.first[i];
	for (uint32_t i = 0; i < n; i++)
		if (state[i] == NEW)
			walk(c, &g, at, state, way, i);
	free(g.first);
	free(g.next);
	free(at);
	free(state);
	free(way);
}
