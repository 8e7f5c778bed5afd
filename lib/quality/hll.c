#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "quality/hll.h"

#define RANKS (64 - HLL_BITS + 2) /* a register holds 0 to RANKS - 1 */

void
hll_release(struct hll *h)
{
	free(h->hashes);
	free(h->registers);
	*h = (struct hll){0};
}

/* The first bits say which register, the zeros behind them how much. */
static void
set_register(uint8_t *registers, uint64_t hash)
{
	size_t i = (size_t)(hash >> (64 - HLL_BITS));
	uint64_t rest = hash << HLL_BITS | (uint64_t)1 << (HLL_BITS - 1);
	uint8_t rank = (uint8_t)(__builtin_clzll(rest) + 1);

	if (registers[i] < rank)
		registers[i] = rank;
}

/* Put a hash that is not there in the table, which has room. */
static void
place(struct hll *h, uint64_t hash)
{
	size_t i = hash & (h->cap - 1);

	while (h->hashes[i])
		i = (i + 1) & (h->cap - 1);
	h->hashes[i] = hash;
}

static void
grow(struct hll *h)
{
	struct hll old = *h;

	h->cap = old.cap ? 2 * old.cap : 8;
	h->hashes = xcalloc(h->cap, sizeof(*h->hashes));
	for (uint32_t i = 0; i < old.cap; i++)
		if (old.hashes[i])
			place(h, old.hashes[i]);
	free(old.hashes);
}

static void
become_registers(struct hll *h)
{
	h->registers = xcalloc(HLL_REGISTERS, 1);
	for (uint32_t i = 0; i < h->cap; i++)
		if (h->hashes[i])
			set_register(h->registers, h->hashes[i]);
	free(h->hashes);
	h->hashes = NULL;
	h->n = h->cap = 0;
}

static bool
is_there(const struct hll *h, uint64_t hash)
{
	size_t i;

	if (h->cap == 0)
		return false;
	i = hash & (h->cap - 1);
	while (h->hashes[i] && h->hashes[i] != hash)
		i = (i + 1) & (h->cap - 1);
	return h->hashes[i] != 0;
}

void
hll_add(struct hll *h, uint64_t hash)
{
	if (h->registers) {
		set_register(h->registers, hash);
		return;
	}
	hash += hash == 0;
	if (is_there(h, hash))
		return;
	if (h->n == HLL_EXACT) {
		become_registers(h);
		set_register(h->registers, hash);
		return;
	}
	if (2 * h->n >= h->cap)
		grow(h);
	place(h, hash);
	h->n++;
}

void
hll_merge(struct hll *h, const struct hll *from)
{
	if (from->registers && !h->registers)
		become_registers(h);
	for (size_t i = 0; from->registers && i < HLL_REGISTERS; i++)
		if (h->registers[i] < from->registers[i])
			h->registers[i] = from->registers[i];
	for (uint32_t i = 0; i < from->cap; i++)
		if (from->hashes[i])
			hll_add(h, from->hashes[i]);
}

/* Ertl 2017, section 2: sigma(x) = x + sum over k of x^(2^k) 2^(k-1). */
static double
sigma(double x)
{
	double z = x, before = -1;

	if (x == 1)
		return INFINITY;
	for (double y = 1; z != before; y += y) {
		before = z;
		x *= x;
		z += x * y;
	}
	return z;
}

/* The same: tau(x) = (1 - x - sum over k of (1 - x^(2^-k))^2 2^-k) / 3. */
static double
tau(double x)
{
	double z = 1 - x, before = -1;

	if (x == 0 || x == 1)
		return 0;
	for (double y = 0.5; z != before; y /= 2) {
		before = z;
		x = sqrt(x);
		z -= (1 - x) * (1 - x) * y;
	}
	return z / 3;
}

uint64_t
hll_count(const struct hll *h)
{
	const double m = (double)HLL_REGISTERS;
	uint32_t have[RANKS] = {0}; /* registers that hold this */
	double z;

	if (!h->registers)
		return h->n;
	for (size_t i = 0; i < HLL_REGISTERS; i++)
		have[h->registers[i]]++;
	z = m * tau(1 - have[RANKS - 1] / m);
	for (size_t rank = RANKS - 2; rank > 0; rank--)
		z = (z + have[rank]) / 2;
	z += m * sigma(have[0] / m);
	return (uint64_t)llround(m * m / (2 * log(2) * z));
}
