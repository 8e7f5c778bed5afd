#ifndef RULES_PLACES_H
#define RULES_PLACES_H

#include "core/map.h"
#include "rules/view.h"

/*
 * places - how often each keyword of a schema failed, and where that was seen
 * first.  Memory: some 500 bytes a keyword that failed.
 */

/* {0} is none. */
struct places {
	struct map all; /* by the pointer into the schema; private */
};

/* Free the contents.  Safe to call twice. */
void places_release(struct places *p);

/* Count what failed of the record in the view, by the schema of that check. */
void places_add(struct places *p, const struct rules *rules,
    const struct rules_view *v, size_t check, uint64_t file, uint64_t line);

/* Add what another thread counted. */
void places_merge(struct places *p, const struct places *from);

/* Append [{"schema":..,"keyword":..,"failed":N,"first":{..}},..], in the order
 * of the pointers. */
void places_write(const struct places *p, struct buf *out);

#endif
