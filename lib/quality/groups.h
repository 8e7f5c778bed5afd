#ifndef QUALITY_GROUPS_H
#define QUALITY_GROUPS_H

#include "quality/pool.h"
#include "json/grouping.h"

/*
 * groups - a pool for each value, or combination of values, of some fields.
 *
 * Without fields there is one group.  Beyond max groups the records of further
 * ones are counted together, as those of no group; so are malformed lines,
 * where there are fields.
 */

struct group {
	struct pool pool;
	struct buf label; /* owned; the values, {".city":"Recife"} */
};

struct groups {
	/* set these */
	struct rosters *rosters; /* lent */
	struct grouping labels; /* owned */
	size_t max;

	/* private */
	struct map by_key; /* of owned struct group */
	struct group *others; /* owned; NULL: there are none */
	struct buf key;
	bool is_full; /* some have found no place */
};

/* The pool of the record's group.  root may be absent, for the malformed. */
struct pool *groups_find(struct groups *g, struct jval root);

/* The pool of the group of that label: a JSON object, or absent. */
struct pool *groups_find_label(struct groups *g, struct jval label);

/* Forget the group that groups_find_label has found last, if nothing is counted
 * in it. */
void groups_forget_empty(struct groups *g);

/* Call each of them in the order in which they came, the others last, if they
 * are there. */
void groups_each(const struct groups *g,
    void (*call)(void *arg, const struct group *group), void *arg);

/* Forget all groups. */
void groups_clear(struct groups *g);

void groups_release(struct groups *g);

#endif
