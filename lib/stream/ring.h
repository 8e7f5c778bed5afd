#ifndef STREAM_RING_H
#define STREAM_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "stream/filter.h"

/*
 * ring - the finished outputs of blocks, let go in the order of the input.
 *
 * Workers put them in as they come; who completes the row writes all of it,
 * while the others go on.  A worker that is a whole ring ahead waits.
 * Deadlock-free: the block whose turn it is always finds its place free.
 */

/* Twice jobs places.  Cannot fail. */
struct ring *ring_new(unsigned jobs);

void ring_free(struct ring *ring);

/*
 * Put in what w has gathered for block w->turn; w's buffers are empty then.
 * drain is called for each output whose turn has come, by one thread at a
 * time, and empties it.
 */
void ring_put(struct ring *ring, struct worker *w,
    void (*drain)(struct filter *f, struct buf *out, struct buf *side,
	struct tally *tally));

/* Start again with turn 0.  Nobody may be at work. */
void ring_restart(struct ring *ring);

#endif
