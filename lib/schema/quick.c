/* quick - operations in the order in which they give a verdict soonest. */
#include "core/xmem.h"
#include "schema/compile.h"

/* What is likely to refuse at little cost goes first. */
static bool
is_cheap(const struct op *op)
{
	return op->code == OP_CONST || op->code == OP_ENUM ||
	       op->code == OP_REQUIRED;
}

static struct op *
copy(struct op *to, const struct schema *s, const struct node *n,
    enum op_class class, bool cheap)
{
	for (uint32_t o = n->ops[class]; o < n->ops[class + 1]; o++)
		if (is_cheap(&s->ops[o]) == cheap)
			*to++ = s->ops[o];
	return to;
}

/* Arrange those of one node from to on; returns where they end. */
static struct op *
arrange(struct op *to, const struct schema *s, const struct node *n,
    struct quick *q)
{
	q->types = n->types;
	q->roster = n->roster;
	for (int class = 0; class < CLASS_COUNT; class ++) {
		bool with_any = class != CLASS_ANY && class != CLASS_LATE;

		q->first[class] = (uint32_t)(to - s->quick_ops);
		for (int cheap = 1; cheap >= 0; cheap--) {
			to = copy(to, s, n, (enum op_class) class, cheap);
			if (with_any)
				to = copy(to, s, n, CLASS_ANY, cheap);
		}
	}
	q->first[CLASS_COUNT] = (uint32_t)(to - s->quick_ops);
	return to;
}

static size_t
count(const struct node *n)
{
	size_t any = n->ops[CLASS_LATE] - n->ops[CLASS_ANY];

	return n->ops[CLASS_COUNT] - n->ops[0] + any * CLASS_ANY;
}

/* The node that n does nothing but refer to, or NO_NODE. */
static uint32_t
alias_of(const struct schema *s, uint32_t node)
{
	const struct node *n = &s->nodes[node];

	if (n->types != TYPE_ALL || n->ops[CLASS_COUNT] - n->ops[0] != 1 ||
	    s->ops[n->ops[0]].code != OP_REF)
		return NO_NODE;
	return s->ops[n->ops[0]].u.node;
}

void
quick_make(struct schema *s)
{
	size_t n = 0;
	struct op *to;

	for (size_t i = 0; i < s->n_nodes; i++)
		n += count(&s->nodes[i]);
	s->quick = xcalloc(s->n_nodes, sizeof(*s->quick));
	s->quick_ops = to = xcalloc(n + 1, sizeof(*s->quick_ops));
	for (size_t i = 0; i < s->n_nodes; i++)
		to = arrange(to, s, &s->nodes[i], &s->quick[i]);
	if (has_dynamic(s)) /* then the way counts, all of it */
		return;
	for (uint32_t i = 0; i < s->n_nodes; i++) {
		uint32_t to_node = alias_of(s, i), next = to_node;

		for (; next != NO_NODE; next = alias_of(s, next))
			to_node = next;
		if (to_node != NO_NODE)
			s->quick[i] = s->quick[to_node];
	}
}
