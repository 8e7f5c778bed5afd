#ifndef STREAM_REJECT_H
#define STREAM_REJECT_H

#include "core/buf.h"
#include "stream/filter.h"

/*
 * reject - dead letters: what was wrong with a record, and its bytes.
 *
 * {"line":N,"errors":[...],"record":<the bytes>}, the record last and as it
 * came; a malformed line has "raw":"..." instead, or "raw_base64" where it is
 * not UTF-8, and one error with the keyword malformed.  Of a line that was
 * too long to be kept there are no bytes.  Each is one line, appended to out.
 */

/* errors: the elements of the array, joined by commas; so many more are left
 * out, which "more":N behind the array says. */
void reject_record(struct buf *out, const struct record *r,
    const struct buf *errors, uint64_t n_more);

void reject_malformed(struct buf *out, const struct badline *b);

#endif
