#ifndef STORE_SNAPSHOT_H
#define STORE_SNAPSHOT_H

#include <stdbool.h>

#include "core/buf.h"

/*
 * snapshot - one value of any length under a name in the state database,
 * replaced as a whole.
 *
 * It is written in chunks under an id of its own each time, in short
 * transactions; the last of them makes it the one that counts, if nobody else
 * has kept another meanwhile.  Dying at any point leaves the one before; what
 * such a death leaves behind is removed by the next save.  Length and XXH64
 * are checked when it is loaded.  Keys are KIND:NAME:head and
 * KIND:NAME:ID:NUMBER.
 */

struct snapshot;

/* Is it a name: letters, digits, . _ and -, 1 to 100 of them? */
bool snapshot_is_name(const char *name);

/* In the store that the environment names.  kind and name are lent. */
struct snapshot *snapshot_new(const char *kind, const char *name);

/* NULL is fine. */
void snapshot_free(struct snapshot *s);

/*
 * Append what is kept to b; is_there: out, whether there is anything.
 * Returns 0, or an EX_ status after its diagnostic: EX_DATAERR if it is
 * damaged.
 */
int snapshot_load(struct snapshot *s, struct buf *b, bool *is_there);

/*
 * Keep len bytes in its place.
 * Returns 0, or an EX_ status after its diagnostic: EX_TEMPFAIL if another
 * process kept its own since the last load or save; then that one stays.
 */
int snapshot_save(struct snapshot *s, const char *data, size_t len);

#endif
