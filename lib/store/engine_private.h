#ifndef STORE_ENGINE_PRIVATE_H
#define STORE_ENGINE_PRIVATE_H

#include "store/direct.h"
#include "store/engine.h"

/* What the files of the engine share. */

static inline struct direct *
engine_direct(struct engine_db *d)
{
	return d->txn->private;
}

/* Forget all that is known about a database. */
void engine_forget(struct engine_db *d);

/*
 * A call of ldb gave r: as direct_settle.  If the database was mended, what is
 * known about it is not so any more.
 */
int engine_settle(struct engine_db *d, enum ldb_result r);

/* Fail since the database was mended meanwhile. */
int engine_mended(struct engine *e, enum store_db db);

/* Open a database again that could not be written or mended. */
int engine_reopen(struct engine_db *d);

#endif
