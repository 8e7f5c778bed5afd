#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include "store/direct.h"

/*
 * ledger - what the state should have, kept beside it, so that what damage has
 * taken can be told by name.
 *
 * DIR/state.names has a record for each write to a key: '+', the hash of the
 * entry in 16 digits, and the key; or '-' and the key.  Each record is ended
 * by NUL, and so is each commit begun, for the one before may be cut short.
 * Now and then it is written anew.  It is not synced: after a power failure it
 * knows less than the database, which it then takes for right.
 *
 * The lock file counts the commits, and so does the database in the record
 * 'c': a log that lost its end looks to LevelDB as if there had been no more.
 */

/*
 * Write what was gathered: as ldb_write, for the state with all of that.
 */
enum ldb_result ledger_write(struct store_txn *t);

/* The state was opened: has it all commits?  If not, say what is lost. */
enum ldb_result ledger_check(struct store_txn *t);

/* Say which entries are lost or not what they were. */
void ledger_report(struct store_txn *t);

/* The state is to be emptied. */
void ledger_forget(const struct dir *d);

#endif
