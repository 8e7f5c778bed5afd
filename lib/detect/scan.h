#ifndef DETECT_SCAN_H
#define DETECT_SCAN_H

#include <stddef.h>

/*
 * scan - squared distances, many at a time, by the widest instructions that
 * the processor has.  The results do not depend on them: each sum is taken
 * column by column, in the order of the columns.
 */

#define SCAN_ROWS ((size_t)32) /* in a block */
#define SCAN_LANES ((size_t)4)

/* The smallest multiple of SCAN_LANES that is not below n. */
static inline size_t
scan_pad(size_t n)
{
	return (n + SCAN_LANES - 1) / SCAN_LANES * SCAN_LANES;
}

struct scan {
	/*
	 * The squares of the distances from q to the rows of a block.
	 * block: columns times SCAN_ROWS numbers, column by column.
	 * limit: that not to exceed.  out: SCAN_ROWS.
	 * Returns 1 if the first half of out is set, as any there may be
	 * within the limit, and 2 for the second half; or both, or 0.
	 */
	unsigned (*squares)(const double *block, const double *q,
	    size_t columns, double limit, double *out);
	/*
	 * The square of the distance from q to a box, a little less rather
	 * than more.  low, high, q: padded numbers, a multiple of SCAN_LANES,
	 * 0 behind the columns.
	 */
	double (*to_box)(const double *low, const double *high, const double *q,
	    size_t padded);
};

/* What suits the processor.  Static. */
const struct scan *scan_get(void);

#endif
