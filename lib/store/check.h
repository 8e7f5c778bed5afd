#ifndef STORE_CHECK_H
#define STORE_CHECK_H

#include "store/store.h"

/*
 * check - is everything in a database as it should be?
 *
 * Reads all of it, with the checksums of its blocks; each entry must have a
 * header that is known and, if it expires, a place in the index of the sweep,
 * and each place an entry.  Nothing is mended.  Of a database that belongs to
 * a server, only that it can be read is checked.
 */

/*
 * Call tell with each finding: a key, or NULL if it is about no key, and what
 * is wrong.  Adds to *n_entries.  Returns 0, or an EX_ status, see store.
 */
int store_check(struct store *s, enum store_db db,
    void (*tell)(void *arg, const char *key, const char *what), void *arg,
    uint64_t *n_entries);

#endif
