#ifndef CORE_XXH64_H
#define CORE_XXH64_H

#include <stddef.h>
#include <stdint.h>

/*
 * xxh64 - the hash XXH64 (Yann Collet, xxHash, "XXH64 algorithm description"):
 * 64 bits that are as good as random for counting, and the same on every
 * machine and in every run.  It is no defence against keys that are chosen to
 * collide: core/map is.
 */

/* Hash the len bytes at p.  Different seeds give independent hashes. */
uint64_t xxh64(const void *p, size_t len, uint64_t seed);

#endif
