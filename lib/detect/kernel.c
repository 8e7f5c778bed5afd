#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/kernel.h"
#include "detect/maths.h"

#define NONE ((size_t)-1)
#define BLOCK ((size_t)512) /* rows at once, so that they stay in the cache */

struct kernel {
	size_t rows, columns;
	double gamma;
	double *x; /* owned; column by column */
	size_t n_slots;
	double *slots; /* owned; rows numbers each */
	size_t *row_of; /* owned; of each slot, or NONE */
	size_t *slot_of; /* owned; of each row, or NONE */
	size_t *newer, *older; /* owned; a ring of the slots, by their use */
	size_t newest;
};

static void
link_slots(struct kernel *k)
{
	for (size_t i = 0; i < k->n_slots; i++) {
		k->row_of[i] = NONE;
		k->newer[i] = i > 0 ? i - 1 : k->n_slots - 1;
		k->older[i] = i + 1 < k->n_slots ? i + 1 : 0;
	}
}

struct kernel *
kernel_new(const struct matrix *m, double gamma)
{
	struct kernel *k = xcalloc(1, sizeof(*k));
	size_t n = KERNEL_MEMORY / (m->rows * sizeof(*k->slots));

	k->rows = m->rows;
	k->columns = m->columns;
	k->gamma = gamma;
	k->n_slots = n < 3 ? 3 : n;
	if (k->n_slots > m->rows + 2)
		k->n_slots = m->rows + 2;
	k->x = xcalloc(m->rows * m->columns, sizeof(*k->x));
	for (size_t i = 0; i < m->rows; i++)
		for (size_t j = 0; j < m->columns; j++)
			k->x[j * m->rows + i] = matrix_row(m, i)[j];
	k->slots = xcalloc(k->n_slots * m->rows, sizeof(*k->slots));
	k->row_of = xcalloc(k->n_slots, sizeof(*k->row_of));
	k->newer = xcalloc(k->n_slots, sizeof(*k->newer));
	k->older = xcalloc(k->n_slots, sizeof(*k->older));
	k->slot_of = xcalloc(m->rows, sizeof(*k->slot_of));
	for (size_t i = 0; i < m->rows; i++)
		k->slot_of[i] = NONE;
	link_slots(k);
	return k;
}

void
kernel_free(struct kernel *k)
{
	if (!k)
		return;
	free(k->x);
	free(k->slots);
	free(k->row_of);
	free(k->slot_of);
	free(k->newer);
	free(k->older);
	free(k);
}

/* Row i against those from to to, at most BLOCK.  out: as many. */
static void
compute(const struct kernel *k, size_t i, size_t from, size_t to, double *out)
{
	size_t n = to - from;

	memset(out, 0, n * sizeof(*out));
	for (size_t j = 0; j < k->columns; j++) {
		const double *x = k->x + j * k->rows;
		double here = x[i];

		x += from;
		for (size_t t = 0; t < n; t++)
			out[t] += (x[t] - here) * (x[t] - here);
	}
	for (size_t t = 0; t < n; t++)
		out[t] = maths_exp(-k->gamma * out[t]);
}

/* Make the slot the newest one. */
static void
touch(struct kernel *k, size_t slot)
{
	size_t oldest = k->newer[k->newest];

	if (slot == k->newest)
		return;
	if (slot != oldest) {
		k->newer[k->older[slot]] = k->newer[slot];
		k->older[k->newer[slot]] = k->older[slot];
		k->older[oldest] = slot;
		k->newer[slot] = oldest;
		k->older[slot] = k->newest;
		k->newer[k->newest] = slot;
	}
	k->newest = slot;
}

const double *
kernel_row(struct kernel *k, size_t i)
{
	size_t slot = k->slot_of[i];
	double *out;

	if (slot != NONE) {
		touch(k, slot);
		return k->slots + slot * k->rows;
	}
	slot = k->newer[k->newest]; /* it is a ring: the oldest */
	if (k->row_of[slot] != NONE)
		k->slot_of[k->row_of[slot]] = NONE;
	k->row_of[slot] = i;
	k->slot_of[i] = slot;
	touch(k, slot);
	out = k->slots + slot * k->rows;
	for (size_t from = 0; from < k->rows; from += BLOCK)
		compute(k, i, from,
		    from + BLOCK < k->rows ? from + BLOCK : k->rows,
		    out + from);
	return out;
}

void
kernel_sum(const struct kernel *k, const double *weights, size_t n, size_t from,
    size_t to, double *sums)
{
	double out[BLOCK];

	for (; from < to; from += BLOCK) {
		size_t end = from + BLOCK < to ? from + BLOCK : to;

		memset(sums + from, 0, (end - from) * sizeof(*sums));
		for (size_t i = 0; i < n; i++) {
			compute(k, i, from, end, out);
			for (size_t t = from; t < end; t++)
				sums[t] += weights[i] * out[t - from];
		}
	}
}
