#ifndef DETECT_JUDGE_PRIVATE_H
#define DETECT_JUDGE_PRIVATE_H

#include "detect/judge.h"

/* The record's key, in scratch; any will do if there is none. */
void judge_find_key(
    const struct judge *j, struct buf *scratch, struct jval root);

/* The numbers of the record, into row.x; NaN: missing. */
void judge_read_row(struct judge *j, struct jval root);

/* Let f gather all records first. */
void judge_start_batch(struct judge *j, struct filter *f);

#endif
