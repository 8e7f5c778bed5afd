#ifndef JSON_LABELS_H
#define JSON_LABELS_H

#include "core/buf.h"
#include "json/path.h"

/*
 * labels - the values at some fields of a record as the name of its group.
 */

#define LABELS_KEY_MAX 1024 /* bytes; a group with a longer key has no place \
			     */

struct labels {
	struct jpath *fields; /* owned */
	const char **names; /* owned; of the fields, as written; lent */
	size_t n;
};

/* Add what stands at a program's option; a wrong path ends it. */
void labels_option(struct labels *l, const struct cli *cli, const char *option,
    const char *path);

/* Append bytes that are the same for records of one group, and for no others:
 * those whose values are jval_equal, absent and null being one. */
void labels_key(const struct labels *l, struct jval root, struct buf *key);

/* Append the values, {".city":"Recife"}. */
void labels_write(const struct labels *l, struct jval root, struct buf *b);

void labels_release(struct labels *l);

#endif
