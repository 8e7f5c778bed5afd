#ifndef STREAM_REPLAY_H
#define STREAM_REPLAY_H

#include "core/buf.h"
#include "stream/filter.h"

/* replay - from dead letters (reject.h) back to the lines that they were. */

enum replay {
	REPLAY_LINE, /* appended to out, without LF */
	REPLAY_GONE, /* it was too long to be kept */
	REPLAY_NONE /* this is no dead letter */
};

enum replay replay_line(struct buf *out, const struct record *r);

/* Set the callbacks of a filter that turns them back; what it cannot is told
 * by diag, and makes the exit status EX_DATAERR. */
void replay_filter(struct filter *f);

#endif
