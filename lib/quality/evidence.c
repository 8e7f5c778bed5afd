#include <stdlib.h>

#include "core/xmem.h"
#include "quality/evidence.h"

void
evidence_init(struct evidence *e, size_t n)
{
	e->kinds = xcalloc(n, sizeof(*e->kinds));
	e->n = n;
}

static void
examples_release(struct examples *x)
{
	while (x->n > 0)
		buf_release(&x->all[--x->n].text);
}

void
evidence_release(struct evidence *e)
{
	for (size_t i = 0; i < e->n; i++)
		examples_release(&e->kinds[i]);
	free(e->kinds);
	*e = (struct evidence){NULL, 0};
}

struct buf *
evidence_add(struct evidence *e, size_t kind, uint64_t file, uint64_t line)
{
	struct examples *x = &e->kinds[kind];

	x->all[x->n] = (struct example){file, line, {NULL, 0, 0}};
	return &x->all[x->n++].text;
}

static bool
is_before(const struct example *a, const struct example *b)
{
	return a->file != b->file ? a->file < b->file : a->line < b->line;
}

/* Move the first EVIDENCE_MAX of a and b to a, free the others. */
static void
merge(struct examples *a, struct examples *b)
{
	struct examples both = {.n = 0};
	size_t i = 0, j = 0;

	while (i < a->n || j < b->n) {
		bool is_a = j == b->n ||
			    (i < a->n && is_before(&a->all[i], &b->all[j]));
		struct example *next = is_a ? &a->all[i++] : &b->all[j++];

		if (both.n < EVIDENCE_MAX)
			both.all[both.n++] = *next;
		else
			buf_release(&next->text);
	}
	*a = both;
	b->n = 0;
}

void
evidence_merge(struct evidence *e, struct evidence *from)
{
	for (size_t i = 0; i < e->n; i++)
		merge(&e->kinds[i], &from->kinds[i]);
}
