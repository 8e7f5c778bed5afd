/* expr_node: which paths an expression reads below the record. */
#include "core/xmem.h"
#include "json/expr_node.h"

/* Is kid i of n evaluated on n's own input? */
static bool
has_same_input(const struct enode *n, size_t i)
{
	switch (n->op) {
	case N_PIPE:
	case N_ANY:
	case N_ALL:
		return i == 0;
	case N_TRY: /* what catch sees is the error */
		return i == 0;
	case N_REDUCE:
		return i < 2;
	default:
		return true;
	}
}

static void
register_path(struct enode *n, struct fields *f)
{
	struct jpath beginning = n->path;

	n->is_below_record = true;
	if (!f)
		return;
	n->numbers = xcalloc(n->path.n, sizeof(*n->numbers));
	for (size_t i = 0; i < n->path.n; i++) {
		beginning.n = i + 1;
		n->numbers[i] = fields_add(f, &beginning);
	}
}

/* n is evaluated on the record. */
static void
visit(struct enode *n, struct fields *f)
{
	if (n->op == N_PATH && !n->is_below_record)
		register_path(n, f);
	for (size_t i = 0; i < n->n_kids; i++)
		if (has_same_input(n, i))
			visit(n->kids[i], f);
}

void
eprogram_register(struct eprogram *p, struct fields *f)
{
	visit(p->root, f);
}
