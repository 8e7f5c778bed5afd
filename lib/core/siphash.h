#ifndef CORE_SIPHASH_H
#define CORE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * siphash - SipHash-2-4 with 128 bits of output (Aumasson and Bernstein,
 * 2012): a keyed hash, so that nobody who does not know the key can make two
 * texts collide; by chance it takes 2^64 of them.
 */

#define SIPHASH_KEY 16 /* bytes of a key */

struct hash128 {
	uint64_t a, b;
};

/* Hash len bytes under a key. */
struct hash128 siphash(
    const uint8_t key[SIPHASH_KEY], const void *data, size_t len);

/* Make a key that nobody can guess. */
void siphash_key(uint8_t key[SIPHASH_KEY]);

#endif
