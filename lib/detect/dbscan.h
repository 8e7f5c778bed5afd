#ifndef DETECT_DBSCAN_H
#define DETECT_DBSCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "detect/batch.h"

/* dbscan - what else there is to know of the clusters; see dbscan.c. */

/*
 * Score the rows, and tell which are cores.
 * o: radius, in the columns' unit, 0: chosen; neighbours: min_points.
 * is_core, scores: out, a row each.  Returns the radius.
 */
double dbscan_score(const struct matrix *m, const struct batch_options *o,
    bool *is_core, double *scores);

/*
 * Number the clusters in the order of their first cores, from 0; noise is -1.
 * A row at the border of several belongs to the first of them.
 * labels: out, a row each.
 */
void dbscan_clusters(const struct matrix *m, double radius, const bool *is_core,
    int64_t *labels);

#endif
