#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/xmem.h"
#include "store/cursors.h"

struct cursor {
	uint64_t id; /* 0: none */
	struct buf key;
};

struct cursors {
	uint64_t last; /* id */
	struct cursor slots[CURSORS]; /* by id % CURSORS */
};

struct cursors *
cursors_new(void)
{
	struct cursors *c = xcalloc(1, sizeof(*c));

	/* at most 2^24 a second, until 2^39 seconds have gone */
	c->last = (uint64_t)time(NULL) << 24;
	return c;
}

void
cursors_free(struct cursors *c)
{
	if (!c)
		return;
	for (int i = 0; i < CURSORS; i++)
		buf_release(&c->slots[i].key);
	free(c);
}

uint64_t
cursors_add(struct cursors *c, const char *key, size_t len)
{
	struct cursor *slot = &c->slots[++c->last % CURSORS];

	buf_release(&slot->key);
	buf_add(&slot->key, key, len);
	slot->id = c->last;
	return slot->id;
}

bool
cursors_take(struct cursors *c, uint64_t id, struct buf *b)
{
	struct cursor *slot = &c->slots[id % CURSORS];

	if (id == 0 || slot->id != id)
		return false;
	buf_add(b, slot->key.data, slot->key.len);
	buf_release(&slot->key);
	slot->id = 0;
	return true;
}
