#ifndef STREAM_LINES_H
#define STREAM_LINES_H

#include "stream/filter.h"

/*
 * lines - one worker's block, cut into lines: each is parsed and handed to
 * the filter's callbacks, which fill the worker's buffers.
 */
void lines_work(struct worker *w);

#endif
