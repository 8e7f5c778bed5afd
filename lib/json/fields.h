#ifndef JSON_FIELDS_H
#define JSON_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "json/path.h"
#include "json/value.h"

/*
 * fields - many paths read from a record in one pass over its members.
 *
 * The paths are merged into a tree once (struct fields, shared by threads
 * after that); each thread reads records through a view of its own, which
 * remembers for every object of the tree which names stood where in the
 * record before.  Records of one kind then cost one comparison a member,
 * whatever the number of paths.  Duplicate names: the last one counts.
 * Memory of a view: at most 18 KiB for each object that paths lead through.
 */

struct fields {
	struct fields_node *nodes; /* owned, private; the root first */
	size_t n_nodes; /* private */
	size_t n; /* paths, without repetitions */
};

struct fields_view {
	struct jval *values; /* n of them, in the order of the numbers */
	struct fields_memory *memory; /* owned, private */
};

/* Add a path; {0} is an empty set.  Returns its number: the same path has
 * the same number. */
size_t fields_add(struct fields *f, const struct jpath *p);

/* Free the contents.  Safe to call twice. */
void fields_release(struct fields *f);

/* A view of f, which must not grow any more and must live longer. */
void fields_view_init(struct fields_view *v, const struct fields *f);
void fields_view_release(struct fields_view *v);

/* Set v->values to what stands at the paths below root, or absent. */
void fields_read(
    struct fields_view *v, const struct fields *f, struct jval root);

#endif
