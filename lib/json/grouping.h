#ifndef JSON_GROUPING_H
#define JSON_GROUPING_H

#include "core/buf.h"
#include "json/path.h"

/*
 * grouping - the values at some fields of a record as the name of its group.
 */

/* Bytes of a key; a group with a longer one has no place. */
#define GROUPING_KEY_MAX 1024

struct grouping {
	struct jpath *fields; /* owned */
	const char **names; /* owned; of the fields, as written; lent */
	size_t n;
};

/* Add what stands at a program's option; a wrong path ends it. */
void grouping_option(struct grouping *g, const struct cli *cli,
    const char *option, const char *path);

/* Append bytes that are the same for records of one group, and for no others:
 * those whose values are jval_equal, absent and null being one. */
void grouping_key(const struct grouping *g, struct jval root, struct buf *key);

/* Append the values, {".city":"Recife"}. */
void grouping_write(const struct grouping *g, struct jval root, struct buf *b);

void grouping_release(struct grouping *g);

#endif
