#ifndef RULES_MEMORY_H
#define RULES_MEMORY_H

#include <stdbool.h>

#include "rules/view.h"

/*
 * memory - what unique, order and sequence remember, kept in the store from
 * one run to the next.
 *
 * It is written in chunks under a name of its own each time, in short
 * transactions; the last of them makes it the one that counts, if nobody else
 * has kept another meanwhile.  Dying at any point leaves the one before.  Keys
 * are "validate:NAME:..." in the state database.
 */

struct memory;

/* Is it a name: letters, digits, . _ and -, 1 to 100 of them? */
bool memory_is_name(const char *name);

/* In the store that the environment names.  All is lent. */
struct memory *memory_new(const struct rules *rules, const char *name);

/* NULL is fine. */
void memory_free(struct memory *m);

/*
 * Have the view remember what was kept; nothing, if there is nothing yet.
 * Returns 0, or an EX_ status after its diagnostic: EX_CONFIG if a rule has
 * become another one.
 */
int memory_load(struct memory *m, struct rules_view *v);

/*
 * Keep what the view remembers.
 * Returns 0, or an EX_ status after its diagnostic: EX_TEMPFAIL if another
 * process kept its own since memory_load; then that one stays.
 */
int memory_save(struct memory *m, const struct rules_view *v);

#endif
