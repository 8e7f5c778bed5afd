#ifndef RULES_MEMORY_HEAD_H
#define RULES_MEMORY_HEAD_H

#include "rules/ordered.h"

/*
 * The head of a memory, which says what the chunks are:
 * {"version":1,"id":"..","rules":[{"name":..,"means":..,"key":"..",
 * "clock":N,"keys":N,"chunks":N},..]}
 */

#define MEMORY_ID 33 /* 32 hexadecimal digits and NUL */

/* How many chunks each rule with an order has. */
void memory_write_head(struct buf *b, const struct rules *rules,
    const struct rules_view *v, const char *id, const size_t *chunks);

/* Read the id alone.  Returns whether it is a head of this version. */
bool memory_read_id(const char *text, size_t len, char id[MEMORY_ID]);

/*
 * Read the key and the clock of each rule into the view, and the number of its
 * chunks, 0 if it is new; and its place among the rules that were kept.
 * Returns whether all fits, or appends why not.
 */
bool memory_read_head(const char *text, size_t len, const struct rules *rules,
    struct rules_view *v, size_t *chunks, size_t *places, struct buf *why);

/* Append the names of the rules that were kept and are there no more. */
void memory_find_gone(
    const char *text, size_t len, const struct rules *rules, struct buf *names);

#endif
