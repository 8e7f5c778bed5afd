#include <stdlib.h>
#include <string.h>

#include "core/xmem.h"
#include "quality/advice.h"

/* What to do about a check that fails, by its keyword. */
static const struct {
	const char *keyword, *text;
} texts[] = {
    {"required", "have the source send this field, or do not require it"},
    {"type", "convert the value at the source, or allow its type"},
    {"minimum", "look for wrong units and error codes, or lower the limit"},
    {"maximum", "look for wrong units and error codes, or raise the limit"},
    {"minLength", "look for empty or cut text, or lower the limit"},
    {"maxLength", "look for text run together, or raise the limit"},
    {"pattern", "clean the text at the source, or widen the pattern"},
    {"enum", "map the value to a known one, or add it to the list"},
    {"format", "write the value as the format has it"},
};

/* For other keywords, by dimension. */
static const char *const by_dimension[] = {
    [DIMENSION_COMPLETENESS] = "fill the gaps at the source",
    [DIMENSION_VALIDITY] = "correct the value at the source, or the rule",
    [DIMENSION_UNIQUENESS] = "drop the duplicates, or correct the key",
    [DIMENSION_CONSISTENCY] = "find out which of the fields is wrong",
    [DIMENSION_TIMELINESS] = "collect sooner, or allow more time",
};

static const char *
find_text(const struct roster_check *check)
{
	for (size_t i = 0; check->keyword && i < sizeof(texts) / sizeof(*texts);
	     i++)
		if (strcmp(texts[i].keyword, check->keyword) == 0)
			return texts[i].text;
	return by_dimension[check->dimension];
}

/* Where x comes among all before they are sorted. */
static size_t
place(const struct advice *x)
{
	return x->roster ? x->roster->number : SIZE_MAX;
}

static int
compare(const void *a, const void *b)
{
	const struct advice *x = a, *y = b;

	if (x->points != y->points)
		return x->points < y->points ? 1 : -1;
	if (place(x) != place(y))
		return place(x) < place(y) ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

/* How many checks lost something. */
static size_t
count(const struct pool *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_sets; i++)
		for (size_t j = 0;
		     t->sets[i].counts && j < t->rosters->all[i]->n; j++)
			n += t->sets[i].counts[j].lost > 0;
	return n + (t->n_malformed > 0);
}

static void
add_set(struct advice *all, size_t *n, const struct pool *t, size_t i,
    const struct quality *q, const double *weights)
{
	const struct roster *r = t->rosters->all[i];

	for (size_t j = 0; j < r->n; j++) {
		const struct roster_check *c = &r->checks[j];
		struct pool_count sum = t->sets[i].counts[j];

		if (sum.lost == 0)
			continue;
		all[(*n)++] = (struct advice){r, j, c, c->dimension, sum,
		    quality_points(
			q, weights, c->dimension, c->severity, sum.lost),
		    find_text(c), &t->sets[i].evidence[j]};
	}
}

struct advice *
advice_find(const struct pool *t, const double *weights, size_t *n)
{
	struct quality q = pool_quality(t);
	struct advice *all;

	*n = 0;
	if (count(t) == 0)
		return NULL;
	all = xcalloc(count(t), sizeof(*all));
	for (size_t i = 0; i < t->n_sets; i++)
		if (t->sets[i].counts)
			add_set(all, n, t, i, &q, weights);
	if (t->n_malformed > 0)
		all[(*n)++] = (struct advice){NULL, 0, NULL, DIMENSION_VALIDITY,
		    {t->n_records + t->n_malformed, t->n_malformed,
			QUALITY_WHOLE * t->n_malformed},
		    quality_points(&q, weights, DIMENSION_VALIDITY,
			SEVERITY_ERROR, QUALITY_WHOLE * t->n_malformed),
		    "have the source write one JSON value a line",
		    &t->malformed};
	qsort(all, *n, sizeof(*all), compare);
	return all;
}
