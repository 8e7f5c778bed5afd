#ifndef CORE_SHA256_H
#define CORE_SHA256_H

#include <stddef.h>
#include <stdint.h>

/*
 * sha256 - SHA-256 (FIPS 180-4) and HMAC-SHA256 (RFC 2104).
 *
 * Nothing here fails or allocates.  A text comes whole, or in parts:
 * sha256_init, sha256_add as often as need be, sha256_end.
 */

#define SHA256_SIZE 32 /* bytes of a digest */
#define SHA256_HEX 65 /* room for it in hexadecimal, and its NUL */

struct sha256 {
	uint32_t state[8]; /* private */
	uint64_t len; /* private: bytes so far */
	uint8_t block[64]; /* private: the last len % 64 of them */
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *data, size_t len);

/* Finish; s is of no more use. */
void sha256_end(struct sha256 *s, uint8_t out[SHA256_SIZE]);

/* All three at once. */
void sha256(const void *data, size_t len, uint8_t out[SHA256_SIZE]);

/* Sign the data with a key of any length. */
void sha256_hmac(const void *key, size_t key_len, const void *data, size_t len,
    uint8_t out[SHA256_SIZE]);

/* Write a digest as 64 lower case hexadecimal digits and a NUL. */
void sha256_hex(const uint8_t digest[SHA256_SIZE], char out[SHA256_HEX]);

#endif
