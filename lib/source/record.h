#ifndef SOURCE_RECORD_H
#define SOURCE_RECORD_H

#include "source/task.h"

/*
 * record - exchanges as files, so that a run can be repeated without a
 * network.  Private to source.
 *
 * A file is named by a hash of the request as it can be shown: method, URL and
 * body with references in the place of secrets.  So replaying needs none.  It
 * holds that request, the status, the type, the header that leads to the next
 * page, and the body, in which secrets are masked.
 */

/* Keep what came of the page at hand.  Returns 0, or EX_CANTCREAT or EX_IOERR
 * after a diagnostic. */
int record_save(struct stream *st, const char *dir);

/* Have the page from there. */
enum page_end record_replay(struct stream *st, const char *dir, int *status);

#endif
