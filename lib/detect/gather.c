#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "detect/gather.h"
#include "detect/select.h"

/* The rows of one group by themselves. */
struct group {
	size_t n; /* rows */
	double *x, *scores;
	bool *is_flagged;
	struct fitted *fit;
};

static void
grow(struct gather *g)
{
	g->cap = g->cap ? 2 * g->cap : 1024;
	g->x = xrealloc(g->x, g->cap * g->columns, sizeof(*g->x));
	if (g->groups)
		g->groups = xrealloc(g->groups, g->cap, sizeof(*g->groups));
}

uint32_t
gather_group(struct gather *g, const char *key, size_t len)
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
gather_add(struct gather *g, const char *text, size_t len, bool parse,
    const double *row, uint32_t group)
{
	if (g->n == g->cap)
		grow(g);
	if (group > 0 && !g->groups)
		g->groups = xcalloc(g->cap, sizeof(*g->groups));
	spool_add(&g->spool, text, len, parse);
	memcpy(g->x + g->n * g->columns, row, g->columns * sizeof(*row));
	if (g->groups)
		g->groups[g->n] = group;
	g->n++;
}

static bool
is_whole(const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (isnan(x[i]))
			return false;
	return true;
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

/* Find the threshold, and flag what is above; with a share it is the largest
 * score that is not flagged. */
static void
flag(const struct gather *g, struct group *p)
{
	size_t count;

	if (g->contamination > 0) {
		count = count_flags(g, p->n);
		memset(p->is_flagged, 0, p->n * sizeof(*p->is_flagged));
		flag_largest(p, count);
		p->fit->threshold = batch_cut(p->scores, p->n, count + 1);
		return;
	}
	p->fit->threshold = g->quantile > 0
				? select_quantile(p->scores, p->n, g->quantile)
				: g->threshold;
	for (size_t i = 0; i < p->n; i++)
		p->is_flagged[i] = p->scores[i] > p->fit->threshold;
}

static void
fit_group(struct gather *g, struct group *p)
{
	struct matrix m = {p->x, p->n, g->columns};

	fitted_fit(
	    p->fit, g->method, &m, p->x, g->is_scaled, &g->options, p->scores);
	flag(g, p);
	if (g->keeps_fits)
		fitted_remember(p->fit, &m);
}

/* All records, of whom every row is whole and of the same group. */
static void
work_all(struct gather *g)
{
	struct group p = {.n = g->n,
	    .x = g->x,
	    .scores = g->scores,
	    .is_flagged = g->flags,
	    .fit = &g->fits[0]};

	if (g->is_scaled && g->keeps_fits) { /* rows are asked for later */
		p.x = xcalloc(g->n * g->columns, sizeof(*p.x));
		memcpy(p.x, g->x, g->n * g->columns * sizeof(*p.x));
	}
	fit_group(g, &p);
	if (g->clusters)
		memcpy(g->clusters, g->method->clusters(p.fit->model),
		    g->n * sizeof(*g->clusters));
	if (p.x != g->x)
		free(p.x);
}

/* The n records of one group. */
static void
work_group(
    struct gather *g, const size_t *records, size_t n, struct fitted *fit)
{
	struct group p = {.n = n, .fit = fit};
	const int32_t *clusters = NULL;

	if (n == 0)
		return;
	p.x = xcalloc(n * g->columns, sizeof(*p.x));
	p.scores = xcalloc(n, sizeof(*p.scores));
	p.is_flagged = xcalloc(n, sizeof(*p.is_flagged));
	for (size_t i = 0; i < n; i++)
		memcpy(p.x + i * g->columns, g->x + records[i] * g->columns,
		    g->columns * sizeof(*p.x));
	fit_group(g, &p);
	if (g->clusters)
		clusters = g->method->clusters(fit->model);
	for (size_t i = 0; i < n; i++) {
		g->scores[records[i]] = p.scores[i];
		g->flags[records[i]] = p.is_flagged[i];
		if (clusters)
			g->clusters[records[i]] = clusters[i];
	}
	free(p.x);
	free(p.scores);
	free(p.is_flagged);
}

static uint32_t
group_of(const struct gather *g, size_t record)
{
	return g->groups ? g->groups[record] : 0;
}

/* The records of each group after each other, those without a row left out.
 * ends: n_groups + 1; where each group begins, and the last ends. */
static void
sort_records(const struct gather *g, size_t *records, size_t *ends)
{
	for (size_t i = 0; i < g->n; i++)
		if (is_whole(g->x + i * g->columns, g->columns))
			ends[group_of(g, i) + 1]++;
	for (uint32_t i = 0; i < g->n_groups; i++)
		ends[i + 1] += ends[i];
	for (size_t i = 0; i < g->n; i++)
		if (is_whole(g->x + i * g->columns, g->columns))
			records[ends[group_of(g, i)]++] = i;
	memmove(ends + 1, ends, g->n_groups * sizeof(*ends));
	ends[0] = 0;
}

static void
work_groups(struct gather *g)
{
	size_t *records = xcalloc(g->n, sizeof(*records));
	size_t *ends = xcalloc(g->n_groups + 1, sizeof(*ends));

	for (size_t i = 0; i < g->n; i++)
		g->scores[i] = NAN;
	sort_records(g, records, ends);
	for (uint32_t i = 0; i < g->n_groups; i++) {
		work_group(
		    g, records + ends[i], ends[i + 1] - ends[i], &g->fits[i]);
		if (!g->keeps_fits)
			fitted_release(&g->fits[i]);
	}
	free(records);
	free(ends);
}

void
gather_score(struct gather *g)
{
	if (g->n_groups == 0)
		g->n_groups = 1;
	g->fits = xcalloc(g->n_groups, sizeof(*g->fits));
	if (g->n == 0)
		return;
	g->scores = xcalloc(g->n, sizeof(*g->scores));
	g->flags = xcalloc(g->n, sizeof(*g->flags));
	if (g->method->clusters) {
		g->clusters = xcalloc(g->n, sizeof(*g->clusters));
		memset(g->clusters, -1, g->n * sizeof(*g->clusters));
	}
	if (!g->groups && is_whole(g->x, g->n * g->columns))
		work_all(g);
	else
		work_groups(g);
}

const double *
gather_row(const struct gather *g, size_t record)
{
	return g->x + record * g->columns;
}

const struct fitted *
gather_fit(const struct gather *g, size_t record)
{
	return &g->fits[group_of(g, record)];
}

void
gather_key(const struct gather *g, size_t record, struct buf *b)
{
	/* no key is ever removed: they are numbered as they stand */
	const struct map_entry *e = &g->keys.entries[group_of(g, record)];

	buf_add(b, e->key, e->len);
}

void
gather_release(struct gather *g)
{
	const struct map_entry *e;

	for (size_t i = 0; (e = map_next(&g->keys, &i));)
		free(e->value);
	for (uint32_t i = 0; g->fits && i < g->n_groups; i++)
		fitted_release(&g->fits[i]);
	spool_release(&g->spool);
	map_release(&g->keys);
	free(g->x);
	free(g->groups);
	free(g->scores);
	free(g->flags);
	free(g->clusters);
	free(g->fits);
	*g = (struct gather){0};
}
