#ifndef QUALITY_SUMMARY_READ_H
#define QUALITY_SUMMARY_READ_H

#include "quality/pool.h"
#include "quality/profile.h"
#include "json/value.h"

/*
 * summary_read - summaries (report.h) back into counts, so that those of parts
 * can be added up to that of the whole.
 */

/*
 * Add what a summary has counted to t.  order: of the summary among all, by
 * which examples are sorted.
 * Returns false, with the reason appended to why, if v is no sound summary;
 * then t is as it was, but may have learned names of checks.
 */
bool summary_read(
    struct pool *t, struct jval v, uint64_t order, struct buf *why);

/* The weights that the summary was made with, if it tells. */
bool summary_weights(struct jval v, double weights[DIMENSION_COUNT]);

/* Add the profile in the member "sketches" to p.  Returns as summary_read. */
bool summary_read_profile(struct profile *p, struct jval v, struct buf *why);

#endif
