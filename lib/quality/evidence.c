#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "quality/evidence.h"

static void
release(struct example *x)
{
	free(x->file);
	buf_release(&x->text);
}

void
evidence_release(struct evidence *e)
{
	while (e->n > 0)
		release(&e->all[--e->n]);
	free(e->all);
	e->all = NULL;
}

struct buf *
evidence_add(
    struct evidence *e, uint64_t order, const char *file, uint64_t line)
{
	struct example *x;

	if (!e->all)
		e->all = xcalloc(EVIDENCE_MAX, sizeof(*e->all));
	x = &e->all[e->n++];
	*x = (struct example){
	    .order = order, .line = line, .file = xstrndup(file, strlen(file))};
	return &x->text;
}

static bool
is_before(const struct example *a, const struct example *b)
{
	return a->order != b->order ? a->order < b->order : a->line < b->line;
}

void
evidence_merge(struct evidence *e, struct evidence *from)
{
	struct example *all = xcalloc(EVIDENCE_MAX, sizeof(*all));
	size_t n = 0, i = 0, j = 0;

	while (i < e->n || j < from->n) {
		bool is_a = j == from->n ||
			    (i < e->n && !is_before(&from->all[j], &e->all[i]));
		struct example *next = is_a ? &e->all[i++] : &from->all[j++];

		if (n < EVIDENCE_MAX)
			all[n++] = *next;
		else
			release(next);
	}
	free(e->all);
	free(from->all);
	*from = (struct evidence){NULL, 0};
	*e = (struct evidence){n > 0 ? all : NULL, n};
	if (n == 0)
		free(all);
}
