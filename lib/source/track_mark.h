#ifndef SOURCE_TRACK_MARK_H
#define SOURCE_TRACK_MARK_H

#include "source/track.h"

/* track_mark - places in a stream.  Private to track. */

void track_mark_release(struct track_mark *m);
void track_mark_copy(struct track_mark *to, const struct track_mark *from);

/* The same without what was seen there, which stays. */
void track_mark_move(struct track_mark *to, const struct track_mark *from);

void track_mark_set(struct track_mark *m, const struct cursor_value *v);

/* -1, 0 or 1. */
int track_mark_compare(const struct track_mark *a, const struct track_mark *b,
    const struct incremental *c);

/* The place of a value in a record.  Returns whether it is one. */
bool track_mark_of(
    struct track_mark *m, const struct incremental *c, struct jval v);

/* Append it as the API wants it. */
void track_mark_show(
    const struct track_mark *m, const struct incremental *c, struct buf *b);

/* Append it as it is kept, and read that. */
void track_mark_write(
    const struct track_mark *m, const struct incremental *c, struct buf *b);
bool track_mark_read(
    struct track_mark *m, const struct incremental *c, const struct buf *text);

#endif
