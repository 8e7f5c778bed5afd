#ifndef METRICS_SERIES_H
#define METRICS_SERIES_H

#include "core/buf.h"
#include "quality/moments.h"
#include "quality/quantile.h"

/*
 * series - what the numbers of one field are, in all: number, sum, mean,
 * spread, extremes and quantiles.
 *
 * Sums are compensated (Neumaier 1974).  Quantiles are of quality/quantile:
 * exact up to 256 numbers, beyond within 1 % of the rank.  Memory: at most
 * 24 KiB, 8 bytes a number at first.
 */

#define SERIES_P95 20 /* numbers that a 95th percentile needs to mean much */
#define SERIES_P99 100

/* {0} is empty. */
struct series {
	struct moments moments;
	double sum, rest; /* the sum is both together */
	struct quantile quantiles;
	uint64_t n_missing; /* records without a value, or with null */
	uint64_t n_other; /* values that are no numbers */
};

void series_add(struct series *s, double x);

double series_sum(const struct series *s);

/* Append members, "count":..,"missing":..,..,"p99":..; seconds: in which the
 * numbers came, for the rate, or 0.  What there are too few numbers for is
 * null. */
void series_write(struct buf *b, const struct series *s, double seconds);

void series_release(struct series *s);

#endif
