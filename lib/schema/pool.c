#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "schema/pool.h"

#define LEAST ((size_t)16 << 10)

struct pool_block {
	struct pool_block *before, *behind;
	size_t size; /* of what follows */
	_Alignas(16) char bytes[];
};

static void
use(struct pool *p, struct pool_block *b)
{
	p->block = b;
	p->next = b->bytes;
	p->end = b->bytes + b->size;
}

void *
pool_grow(struct pool *p, size_t size)
{
	struct pool_block *here = p->block, *b = here ? here->behind : NULL;

	if (!b || b->size < size) {
		size_t n = size < LEAST ? LEAST : size;
		struct pool_block *behind = b;

		b = xmalloc(sizeof(*b) + n);
		*b = (struct pool_block){here, behind, n};
		if (here)
			here->behind = b;
		if (behind)
			behind->before = b;
	}
	use(p, b);
	p->next += size;
	return b->bytes;
}

void *
pool_array(struct pool *p, size_t n, size_t size)
{
	void *a = pool_take(p, n * size);

	memset(a, 0, n * size);
	return a;
}

void
pool_back(struct pool *p, struct pool_mark mark)
{
	if (!mark.block) { /* it was empty */
		while (p->block && p->block->before)
			p->block = p->block->before;
		if (p->block)
			use(p, p->block);
		return;
	}
	use(p, mark.block);
	p->next = mark.next;
}

void
pool_free(struct pool *p)
{
	struct pool_block *b = p->block;

	while (b && b->behind)
		b = b->behind;
	while (b) {
		struct pool_block *before = b->before;

		free(b);
		b = before;
	}
	*p = (struct pool){0};
}
