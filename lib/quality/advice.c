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
find_text(const struct check *check)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (strcmp(texts[i].keyword, check->keyword) == 0)
			return texts[i].text;
	return by_dimension[check->dimension];
}

static int
compare(const void *a, const void *b)
{
	const struct advice *x = a, *y = b;

	if (x->points != y->points)
		return x->points < y->points ? 1 : -1;
	return (x->kind > y->kind) - (x->kind < y->kind);
}

struct advice *
advice_find(const struct pool *p, const double *weights, size_t *n)
{
	struct quality q = pool_quality(p);
	size_t n_checks = p->rules->n;
	struct advice *all = xcalloc(n_checks + 1, sizeof(*all));

	*n = 0;
	for (size_t i = 0; i < n_checks; i++) {
		const struct check *check = &p->rules->checks[i];
		uint64_t failed = p->checks[i].failed;

		if (failed == 0)
			continue;
		all[(*n)++] =
		    (struct advice){check, i, check->dimension, p->checks[i],
			quality_points(&q, weights, check->dimension,
			    check->severity, failed),
			find_text(check)};
	}
	if (p->n_malformed > 0)
		all[(*n)++] =
		    (struct advice){NULL, n_checks, DIMENSION_VALIDITY,
			{p->n_records + p->n_malformed, p->n_malformed},
			quality_points(&q, weights, DIMENSION_VALIDITY,
			    SEVERITY_ERROR, p->n_malformed),
			"have the source write one JSON value a line"};
	qsort(all, *n, sizeof(*all), compare);
	if (*n > 0)
		return all;
	free(all);
	return NULL;
}
