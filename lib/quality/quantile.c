#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "quality/quantile.h"

#define K 512 /* numbers on the top level */
#define LEAST 32 /* on the lowest, but for level 0 */
#define SEED 0x9E3779B97F4A7C15
#define RUN 8 /* is sorted by insertion */

void
quantile_release(struct quantile *q)
{
	for (uint32_t i = 0; i < q->n_levels; i++)
		free(q->levels[i].x);
	*q = (struct quantile){.n = 0};
}

/* A coin (xorshift64, Marsaglia 2003). */
static bool
toss(struct quantile *q)
{
	uint64_t x = q->coins ? q->coins : SEED;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	q->coins = x;
	return x >> 63;
}

/* How many numbers a level may hold: two thirds of the one above. */
static uint32_t
room(const struct quantile *q, uint32_t level)
{
	double cap = K;

	if (level == 0)
		return QUANTILE_EXACT;
	for (uint32_t i = level + 1; i < q->n_levels; i++)
		cap = cap * 2 / 3;
	return cap < LEAST ? LEAST : (uint32_t)cap;
}

static void
reserve(struct quantile_level *l, uint32_t n)
{
	uint32_t cap = l->cap ? l->cap : 16;

	while (cap < n)
		cap += cap < QUANTILE_EXACT ? cap : 128;
	if (cap == l->cap)
		return;
	l->x = xrealloc(l->x, cap, sizeof(*l->x));
	l->cap = cap;
}

/* Merge the n sorted numbers at from, which is no part of l, into l. */
static void
merge_sorted(struct quantile_level *l, const double *from, uint32_t n)
{
	uint32_t i = l->n, j = n, at = l->n + n;

	reserve(l, at);
	l->n = at;
	while (j > 0) {
		bool is_old = i > 0 && l->x[i - 1] > from[j - 1];

		l->x[--at] = is_old ? l->x[--i] : from[--j];
	}
}

static void
sort_run(double *x, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		double y = x[i];
		size_t j = i;

		for (; j > 0 && x[j - 1] > y; j--)
			x[j] = x[j - 1];
		x[j] = y;
	}
}

/* Merge the sorted halves from[0..half) and from[half..n) to to. */
static void
merge_halves(const double *from, size_t half, size_t n, double *to)
{
	size_t i = 0, j = half;

	for (size_t at = 0; at < n; at++) {
		bool is_left = j == n || (i < half && from[i] <= from[j]);

		to[at] = from[is_left ? i++ : j++];
	}
}

/* Sort at most QUANTILE_EXACT numbers, without a call for each comparison. */
static void
sort(double *x, size_t n)
{
	double other[QUANTILE_EXACT], *from = x, *to = other, *swap;

	for (size_t i = 0; i < n; i += RUN)
		sort_run(x + i, n - i < RUN ? n - i : RUN);
	for (size_t half = RUN; half < n; half *= 2) {
		for (size_t i = 0; i < n; i += 2 * half) {
			size_t rest = n - i, both = 2 * half;

			merge_halves(from + i, rest < half ? rest : half,
			    rest < both ? rest : both, to + i);
		}
		swap = from;
		from = to;
		to = swap;
	}
	if (from != x)
		memcpy(x, from, n * sizeof(*x));
}

/* Give back what a level needed before there were others above it. */
static void
shrink(struct quantile_level *l, uint32_t enough)
{
	enough += QUANTILE_EXACT / 2; /* for what comes from below */
	if (l->cap <= enough + QUANTILE_EXACT / 4)
		return;
	l->x = xrealloc(l->x, enough, sizeof(*l->x));
	l->cap = enough;
}

/*
 * Give every second number of a sorted level to the one above, where it
 * stands for two.  One is left behind where they are odd.
 */
static void
compact(struct quantile *q, uint32_t level)
{
	struct quantile_level *l = &q->levels[level];
	uint32_t odd = l->n & 1, half = l->n / 2;
	size_t first = toss(q);
	bool is_last_left = toss(q); /* or the first one */
	double left = l->x[is_last_left ? l->n - 1 : 0];

	if (odd && !is_last_left)
		first++;
	for (uint32_t i = 0; i < half; i++)
		l->x[i] = l->x[2 * (size_t)i + first];
	if (level + 1 == q->n_levels)
		q->n_levels++;
	merge_sorted(&q->levels[level + 1], l->x, half);
	l->x[0] = left;
	l->n = odd;
	shrink(l, room(q, level));
}

/* Compact what is too full, from level i up. */
static void
settle(struct quantile *q, uint32_t i)
{
	for (; i < q->n_levels && i + 1 < QUANTILE_LEVELS; i++)
		if (q->levels[i].n >= room(q, i))
			compact(q, i);
}

void
quantile_add(struct quantile *q, double x)
{
	struct quantile_level *l = &q->levels[0];

	if (q->n_levels == 0)
		q->n_levels = 1;
	if (l->n == QUANTILE_EXACT) {
		sort(l->x, l->n);
		settle(q, 0);
	}
	if (l->n == l->cap)
		reserve(l, l->n + 1);
	l->x[l->n++] = x;
	q->n++;
}

void
quantile_merge(struct quantile *q, const struct quantile *from)
{
	uint64_t n = q->n + from->n;

	for (uint32_t i = 1; i < from->n_levels; i++) {
		if (q->n_levels <= i)
			q->n_levels = i + 1;
		merge_sorted(
		    &q->levels[i], from->levels[i].x, from->levels[i].n);
	}
	if (from->n_levels > 0)
		for (uint32_t i = 0; i < from->levels[0].n; i++)
			quantile_add(q, from->levels[0].x[i]);
	settle(q, 1);
	q->n = n;
}

struct weighted {
	double x;
	uint64_t weight;
};

static int
by_number(const void *a, const void *b)
{
	double x = ((const struct weighted *)a)->x;
	double y = ((const struct weighted *)b)->x;

	return (x > y) - (x < y);
}

/* All numbers with their weights, sorted; n of them, to be freed. */
static struct weighted *
collect(const struct quantile *q, size_t *n)
{
	struct weighted *all;
	size_t at = 0;

	for (uint32_t i = 0; i < q->n_levels; i++)
		at += q->levels[i].n;
	all = xcalloc(at, sizeof(*all));
	at = 0;
	for (uint32_t i = 0; i < q->n_levels; i++)
		for (uint32_t j = 0; j < q->levels[i].n; j++)
			all[at++] = (struct weighted){
			    q->levels[i].x[j], (uint64_t)1 << i};
	qsort(all, at, sizeof(*all), by_number);
	*n = at;
	return all;
}

/* The first number up to which the weights reach rank. */
static double
find(const struct weighted *all, size_t n, double rank)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		sum += (double)all[i].weight;
		if (sum >= rank)
			return all[i].x;
	}
	return n > 0 ? all[n - 1].x : (double)NAN;
}

void
quantile_get(const struct quantile *q, const double *p, size_t n_p, double *out)
{
	size_t n;
	struct weighted *all = collect(q, &n);

	for (size_t i = 0; i < n_p; i++)
		out[i] = find(all, n, p[i] * (double)q->n);
	free(all);
}
