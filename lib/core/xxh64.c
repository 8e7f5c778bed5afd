#include "core/xxh64.h"

static const uint64_t prime1 = 0x9E3779B185EBCA87, prime2 = 0xC2B2AE3D27D4EB4F,
		      prime3 = 0x165667B19E3779F9, prime4 = 0x85EBCA77C2B2AE63,
		      prime5 = 0x27D4EB2F165667C5;

static uint64_t
rotate(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

/* Little endian, wherever we are; compilers make one load of it. */
static uint64_t
load32(const unsigned char *p)
{
	return p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
	       (uint64_t)p[3] << 24;
}

static uint64_t
load64(const unsigned char *p)
{
	return load32(p) | load32(p + 4) << 32;
}

static uint64_t
step(uint64_t sum, uint64_t lane)
{
	return rotate(sum + lane * prime2, 31) * prime1;
}

/* All whole stripes of 32 bytes; moves *p behind them. */
static uint64_t
stripes(const unsigned char **p, size_t *len, uint64_t seed)
{
	uint64_t v[4] = {
	    seed + prime1 + prime2, seed + prime2, seed, seed - prime1};
	uint64_t h;

	for (; *len >= 32; *p += 32, *len -= 32)
		for (int i = 0; i < 4; i++)
			v[i] = step(v[i], load64(*p + 8 * i));
	h = rotate(v[0], 1) + rotate(v[1], 7) + rotate(v[2], 12) +
	    rotate(v[3], 18);
	for (int i = 0; i < 4; i++)
		h = (h ^ step(0, v[i])) * prime1 + prime4;
	return h;
}

uint64_t
xxh64(const void *data, size_t len, uint64_t seed)
{
	const unsigned char *p = data;
	uint64_t n = len;
	uint64_t h = len >= 32 ? stripes(&p, &len, seed) : seed + prime5;

	h += n;
	for (; len >= 8; p += 8, len -= 8)
		h = rotate(h ^ step(0, load64(p)), 27) * prime1 + prime4;
	if (len >= 4) {
		h = rotate(h ^ load32(p) * prime1, 23) * prime2 + prime3;
		p += 4;
		len -= 4;
	}
	for (; len > 0; p++, len--)
		h = rotate(h ^ *p * prime5, 11) * prime1;
	h = (h ^ h >> 33) * prime2;
	h = (h ^ h >> 29) * prime3;
	return h ^ h >> 32;
}
