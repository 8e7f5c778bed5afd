#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "quality/groups.h"
#include "json/write.h"

static struct group *
new_group(const struct groups *g)
{
	struct group *x = xcalloc(1, sizeof(*x));

	pool_init(&x->pool, g->rosters);
	return x;
}

static void
free_group(struct group *x)
{
	if (!x)
		return;
	pool_release(&x->pool);
	buf_release(&x->label);
	free(x);
}

static struct pool *
others(struct groups *g)
{
	if (!g->others)
		g->others = new_group(g);
	return &g->others->pool;
}

/* The group whose key is in g->key; *is_new: it has no label yet. */
static struct group *
find(struct groups *g, bool *is_new)
{
	struct group *x = map_get(&g->by_key, g->key.data, g->key.len);

	*is_new = !x;
	if (x)
		return x;
	if (g->by_key.n >= g->max || g->key.len > GROUPING_KEY_MAX) {
		g->is_full = true;
		return NULL;
	}
	x = new_group(g);
	*map_put(&g->by_key, g->key.data, g->key.len) = x;
	return x;
}

struct pool *
groups_find(struct groups *g, struct jval root)
{
	struct group *x;
	bool is_new;

	if (g->labels.n > 0 && jval_type(root) == J_ABSENT)
		return others(g);
	g->key.len = 0;
	buf_addc(&g->key, '\n'); /* so that there is a key */
	grouping_key(&g->labels, root, &g->key);
	x = find(g, &is_new);
	if (!x)
		return others(g);
	if (is_new && g->labels.n > 0)
		grouping_write(&g->labels, root, &x->label);
	return &x->pool;
}

struct pool *
groups_find_label(struct groups *g, struct jval label)
{
	struct group *x;
	bool is_new;

	if (jval_type(label) == J_NULL)
		return others(g);
	g->key.len = 0;
	buf_addc(&g->key, '\n');
	if (jval_type(label) != J_ABSENT)
		jval_canon(&g->key, label);
	x = find(g, &is_new);
	if (!x)
		return others(g);
	if (is_new && jval_type(label) != J_ABSENT)
		jwrite_value(&x->label, label);
	return &x->pool;
}

static bool
is_empty(const struct group *x)
{
	return x && x->pool.n_records == 0 && x->pool.n_malformed == 0;
}

void
groups_forget_empty(struct groups *g)
{
	struct group *x = map_get(&g->by_key, g->key.data, g->key.len);

	if (is_empty(x))
		free_group(map_remove(&g->by_key, g->key.data, g->key.len));
	if (is_empty(g->others)) {
		free_group(g->others);
		g->others = NULL;
	}
}

void
groups_each(const struct groups *g,
    void (*call)(void *arg, const struct group *group), void *arg)
{
	const struct map_entry *e;
	size_t i = 0;

	while ((e = map_next(&g->by_key, &i)))
		call(arg, e->value);
	if (g->others)
		call(arg, g->others);
}

void
groups_clear(struct groups *g)
{
	const struct map_entry *e;
	size_t i = 0;

	while ((e = map_next(&g->by_key, &i)))
		free_group(e->value);
	map_release(&g->by_key);
	free_group(g->others);
	g->others = NULL;
}

void
groups_release(struct groups *g)
{
	groups_clear(g);
	grouping_release(&g->labels);
	buf_release(&g->key);
}
