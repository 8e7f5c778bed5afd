#ifndef STREAM_PROGRESS_H
#define STREAM_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * progress - one line on stderr that says how far a run has come:
 * "1.2M records, 412 MB/s, 17 rejected, 43%, 2s left".
 *
 * On a terminal the line is renewed in place five times a second, after the
 * first half second.  Elsewhere, if it was asked for, a line is added every
 * ten seconds, and one at the end.
 */

/* AUTO: if stderr is a terminal and neither stdin nor stdout is one. */
enum progress_mode { PROGRESS_AUTO, PROGRESS_ON, PROGRESS_OFF };

struct progress {
	bool is_on, is_terminal; /* private, all of it */
	int64_t started, due; /* milliseconds, monotonic */
	uint64_t total; /* bytes to come, 0 if unknown */
};

void progress_start(struct progress *p, enum progress_mode mode);

/* So many bytes are to be read in all, as far as is known: 0 is not. */
void progress_total(struct progress *p, uint64_t bytes);

/* Show where we are, if it is time to. */
void progress_show(
    struct progress *p, uint64_t records, uint64_t bytes, uint64_t rejected);

/* Take the line away; with PROGRESS_ON say the end result. */
void progress_end(
    struct progress *p, uint64_t records, uint64_t bytes, uint64_t rejected);

#endif
