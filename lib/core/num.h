#ifndef CORE_NUM_H
#define CORE_NUM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * num - strict parsing of numbers, sizes and durations that people write.
 *
 * All of s must be the number, without space around it.  The first four
 * return 0 and set *out, or return -1 and leave *out alone.
 */

/* A finite decimal number. */
int num_double(const char *s, double *out);

/* Decimal digits, from low to high. */
int num_uint(const char *s, uint64_t low, uint64_t high, uint64_t *out);

/* Bytes: digits, then nothing or one of K, M, G, T (powers of 1024). */
int num_size(const char *s, uint64_t low, uint64_t high, uint64_t *out);

/*
 * Milliseconds: numbers, with a fraction if need be, each with its unit ms,
 * s, m, h, d or w, from the largest to the smallest: 90s 1h30m 7d 0.5s.
 * 0 needs no unit.  At most NUM_DURATION_MAX, so that no sum with a moment
 * overflows.
 */
#define NUM_DURATION_MAX (INT64_C(36525) * 24 * 3600 * 1000) /* 100 years */

int num_duration(const char *s, int64_t *ms);

/* Append ms as people write it: 2.1s, 1h30m, 250ms.  Negative: -5s. */
void num_add_duration(struct buf *b, int64_t ms);

#endif
