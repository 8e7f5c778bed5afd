#ifndef STREAM_FLOWS_H
#define STREAM_FLOWS_H

#include <stddef.h>

/*
 * flows - n jobs by at most as many threads at a time.
 *
 * Jobs are taken in order, each by the next thread that is free, and none
 * any more after a signal (stream/stop) or flows_end.  They end in any order.
 * With one thread, or one job, it is the caller's: nothing is started.
 */

struct flows {
	size_t n; /* jobs */
	unsigned threads; /* at most; 0 counts as 1 */
	void (*job)(void *arg, size_t i); /* i: from 0 */
	void *arg;

	/* private */
	_Atomic size_t next;
};

/*
 * Run them; returns when all that were begun have ended.  If not even one
 * thread more can be had, the caller's goes on with those that there are.
 */
void flows_run(struct flows *f);

/* From a job: begin no other one. */
void flows_end(struct flows *f);

#endif
