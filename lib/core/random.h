#ifndef CORE_RANDOM_H
#define CORE_RANDOM_H

#include <stdint.h>

/*
 * random - repeatable random numbers: the same seed, the same numbers on any
 * machine.  Not for secrets.
 *
 * A stream is one uint64_t, which starts as the seed: splitmix64 (Steele, Lea
 * and Flood 2014).  Streams that are to be independent start from numbers
 * that random_next drew from another.
 */

/* A seed that nobody can foretell, another one in each process. */
uint64_t random_seed(void);

/* The next number, evenly spread. */
static inline uint64_t
random_next(uint64_t *stream)
{
	uint64_t z = *stream += 0x9E3779B97F4A7C15;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
	return z ^ (z >> 31);
}

/* Evenly spread in [0, 1): 53 bits. */
static inline double
random_unit(uint64_t *stream)
{
	return (double)(random_next(stream) >> 11) * 0x1p-53;
}

/* Below n, which is not 0 and below 2^32: the bias is below n / 2^64. */
static inline uint64_t
random_below(uint64_t *stream, uint64_t n)
{
	return ((random_next(stream) >> 32) * n) >> 32;
}

#endif
