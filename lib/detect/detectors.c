#include <stdlib.h>

#include "core/xmem.h"
#include "detect/detectors.h"

/* A key's place in the list from the newest to the oldest. */
struct detectors_entry {
	struct detector detector;
	struct detectors_entry *newer, *older;
	size_t len; /* bytes in key */
	char *key; /* owned */
};

static void
take_out(struct detectors *all, struct detectors_entry *e)
{
	*(e->newer ? &e->newer->older : &all->newest) = e->older;
	*(e->older ? &e->older->newer : &all->oldest) = e->newer;
}

static void
put_first(struct detectors *all, struct detectors_entry *e)
{
	e->newer = NULL;
	e->older = all->newest;
	*(all->newest ? &all->newest->newer : &all->oldest) = e;
	all->newest = e;
}

static void
entry_free(struct detectors_entry *e)
{
	detector_release(&e->detector);
	free(e->key);
	free(e);
}

static void
forget_oldest(struct detectors *all)
{
	struct detectors_entry *e = all->oldest;

	take_out(all, e);
	map_remove(&all->map, e->key, e->len);
	entry_free(e);
	all->n_forgotten++;
}

static struct detectors_entry *
entry_new(struct detectors *all, const void *key, size_t len)
{
	struct detectors_entry *e = xcalloc(1, sizeof(*e));

	if (all->map.n >= all->max)
		forget_oldest(all);
	detector_init(&e->detector, all->method, all->options);
	e->key = xstrndup(key, len);
	e->len = len;
	*map_put(&all->map, key, len) = e;
	return e;
}

struct detector *
detectors_get(struct detectors *all, const void *key, size_t len)
{
	struct detectors_entry *e = map_get(&all->map, key, len);

	if (e)
		take_out(all, e);
	else
		e = entry_new(all, key, len);
	put_first(all, e);
	return &e->detector;
}

bool
detectors_has(const struct detectors *all, const void *key, size_t len)
{
	return map_get(&all->map, key, len) != NULL;
}

void
detectors_each(const struct detectors *all,
    void (*each)(void *arg, const char *key, size_t len, struct detector *d),
    void *arg)
{
	for (struct detectors_entry *e = all->oldest; e; e = e->newer)
		each(arg, e->key, e->len, &e->detector);
}

void
detectors_release(struct detectors *all)
{
	struct detectors_entry *older;

	for (struct detectors_entry *e = all->newest; e; e = older) {
		older = e->older;
		entry_free(e);
	}
	all->newest = all->oldest = NULL;
	map_release(&all->map);
}
