#ifndef SCHEMA_POOL_H
#define SCHEMA_POOL_H

#include <stddef.h>
#include <stdint.h>

/*
 * pool - memory that is given back all at once, or in the reverse order.
 *
 * {0} is an empty pool.  What was taken stays where it is.  Blocks are kept
 * for the next time, so that a pool in steady use never allocates.
 */

struct pool {
	struct pool_block *block; /* in use; owned, with those before it */
	char *next, *end; /* what is free in it */
};

struct pool_mark {
	struct pool_block *block;
	char *next;
};

/* Private: the same from another block. */
void *pool_grow(struct pool *p, size_t size);

/* size bytes, not cleared, aligned for anything.  Never NULL. */
static inline void *
pool_take(struct pool *p, size_t size)
{
	char *s = p->next;

	size = (size + (size == 0) + 15) & ~(size_t)15;
	if ((size_t)(p->end - s) < size)
		return pool_grow(p, size);
	p->next = s + size;
	return s;
}

/* An array of n members of size bytes each, cleared. */
void *pool_array(struct pool *p, size_t n, size_t size);

/* A number, to be the value in a map. */
static inline uint32_t *
pool_number(struct pool *p, size_t n)
{
	uint32_t *number = pool_take(p, sizeof(*number));

	*number = (uint32_t)n;
	return number;
}

static inline struct pool_mark
pool_mark(const struct pool *p)
{
	return (struct pool_mark){p->block, p->next};
}

/* Give back all that was taken after the mark. */
void pool_back(struct pool *p, struct pool_mark mark);

/* Free all.  Safe to call twice. */
void pool_free(struct pool *p);

#endif
