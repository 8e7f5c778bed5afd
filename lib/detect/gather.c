#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/gather.h"

/* The rows of one group by themselves. */
struct group {
	size_t n; /* rows */
	size_t *records; /* where they come from */
	double *x, *scores;
	bool *is_flagged;
};

static void
grow(struct gather *g)
{
	g->cap = g->cap ? 2 * g->cap : 1024;
	g->x = xrealloc(g->x, g->cap * g->columns, sizeof(*g->x));
	g->groups = xrealloc(g->groups, g->cap, sizeof(*g->groups));
}

/* The number of the key's group. */
static uint32_t
find_group(struct gather *g, const char *key, size_t len)
{
	void **p = map_put(&g->keys, key, len);

	if (!*p) {
		*p = xmalloc(sizeof(g->n_groups));
		memcpy(*p, &g->n_groups, sizeof(g->n_groups));
		g->n_groups++;
	}
	return *(const uint32_t *)*p;
}

void
gather_add(struct gather *g, const char *text, size_t len, const double *row,
    const char *key, size_t key_len)
{
	double *x;

	if (g->n == g->cap)
		grow(g);
	spool_add(&g->spool, text, len);
	x = g->x + g->n * g->columns;
	memcpy(x, row, g->columns * sizeof(*row));
	for (size_t j = 0; j < g->columns; j++)
		if (fabs(x[j]) > DETECT_VALUE_MAX)
			x[j] = copysign(DETECT_VALUE_MAX, x[j]);
	g->groups[g->n++] = find_group(g, key, key_len);
}

static bool
is_whole(const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (isnan(x[i]))
			return false;
	return true;
}

/* Centre the columns and divide by their standard deviation (divisor n);
 * those without spread become 0. */
static void
scale(double *x, const struct matrix *m)
{
	for (size_t j = 0; j < m->columns; j++) {
		double mean = matrix_mean(m, j);
		double deviation = matrix_deviation(m, j, mean);

		for (size_t i = 0; i < m->rows; i++) {
			double *p = &x[i * m->columns + j];

			*p = deviation > 0 ? (*p - mean) / deviation : 0;
		}
	}
}

/* Flag the count largest scores, of equal ones the first. */
static void
flag_largest(struct group *p, size_t count)
{
	double cut;

	if (count == 0)
		return;
	cut = batch_cut(p->scores, p->n, count);
	for (size_t i = 0; i < p->n; i++) {
		p->is_flagged[i] = p->scores[i] > cut;
		count -= p->is_flagged[i];
	}
	for (size_t i = 0; i < p->n && count > 0; i++) {
		if (p->scores[i] != cut)
			continue;
		p->is_flagged[i] = true;
		count--;
	}
}

/* How many rows the contamination makes: 0.29 of 100 are 29, whatever the
 * binary fraction says. */
static size_t
count_flags(const struct gather *g, size_t n)
{
	return (size_t)(g->contamination * (double)n * (1 + 1e-12));
}

static void
score_group(struct gather *g, struct group *p)
{
	struct matrix m = {p->x, p->n, g->columns};

	if (g->is_scaled)
		scale(p->x, &m);
	g->method->score(&m, &g->options, p->scores);
	memset(p->is_flagged, 0, p->n * sizeof(*p->is_flagged));
	if (g->contamination > 0)
		flag_largest(p, count_flags(g, p->n));
	for (size_t i = 0; i < p->n; i++) {
		g->scores[p->records[i]] = p->scores[i];
		g->flags[p->records[i]] = g->contamination > 0
					      ? p->is_flagged[i]
					      : p->scores[i] > g->threshold;
	}
}

/* The records of each group after each other, those without a row left out.
 * ends: n_groups + 1; where each group begins, and the last ends. */
static void
sort_records(const struct gather *g, size_t *records, size_t *ends)
{
	for (size_t i = 0; i < g->n; i++)
		if (is_whole(g->x + i * g->columns, g->columns))
			ends[g->groups[i] + 1]++;
	for (uint32_t i = 0; i < g->n_groups; i++)
		ends[i + 1] += ends[i];
	for (size_t i = 0; i < g->n; i++)
		if (is_whole(g->x + i * g->columns, g->columns))
			records[ends[g->groups[i]]++] = i;
	memmove(ends + 1, ends, g->n_groups * sizeof(*ends));
	ends[0] = 0;
}

/* The rows of the group, in the place of all if there is no other. */
static void
copy_rows(const struct gather *g, struct group *p)
{
	for (size_t i = 0; i < p->n; i++)
		memmove(p->x + i * g->columns,
		    g->x + p->records[i] * g->columns,
		    g->columns * sizeof(*p->x));
}

static void
work_group(struct gather *g, size_t *records, size_t n)
{
	bool is_only = g->n_groups == 1;
	struct group p = {.n = n, .records = records};

	if (n == 0)
		return;
	p.x = is_only ? g->x : xcalloc(n * g->columns, sizeof(*p.x));
	p.scores = xcalloc(n, sizeof(*p.scores));
	p.is_flagged = xcalloc(n, sizeof(*p.is_flagged));
	copy_rows(g, &p);
	score_group(g, &p);
	free(p.scores);
	free(p.is_flagged);
	if (!is_only)
		free(p.x);
}

void
gather_score(struct gather *g)
{
	size_t *records = xcalloc(g->n, sizeof(*records));
	size_t *ends = xcalloc(g->n_groups + 1, sizeof(*ends));

	g->scores = xcalloc(g->n, sizeof(*g->scores));
	g->flags = xcalloc(g->n, sizeof(*g->flags));
	for (size_t i = 0; i < g->n; i++)
		g->scores[i] = NAN;
	sort_records(g, records, ends);
	for (uint32_t i = 0; i < g->n_groups; i++)
		work_group(g, records + ends[i], ends[i + 1] - ends[i]);
	free(records);
	free(ends);
}

void
gather_release(struct gather *g)
{
	const struct map_entry *e;

	for (size_t i = 0; (e = map_next(&g->keys, &i));)
		free(e->value);
	spool_release(&g->spool);
	map_release(&g->keys);
	free(g->x);
	free(g->groups);
	free(g->scores);
	free(g->flags);
	g->x = g->scores = NULL;
	g->groups = NULL;
	g->flags = NULL;
}
