#include <math.h>
#include <stdlib.h>

#include "core/xmem.h"
#include "quality/pool.h"

void
pool_init(struct pool *p, const struct rules *rules)
{
	*p = (struct pool){.rules = rules};
	p->checks = xcalloc(rules->n, sizeof(*p->checks));
}

void
pool_release(struct pool *p)
{
	free(p->checks);
	p->checks = NULL;
}

void
pool_add(struct pool *p, const uint8_t *outcomes, double score)
{
	p->n_records++;
	for (size_t i = 0; i < p->rules->n; i++) {
		p->checks[i].made += outcomes[i] != OUTCOME_SKIPPED;
		p->checks[i].failed += outcomes[i] == OUTCOME_FAILED;
	}
	if (isnan(score))
		p->n_unassessed++;
	else if (score >= 100)
		p->bars[POOL_BARS - 1]++;
	else
		p->bars[(size_t)(score * POOL_BARS / 100)]++;
}

void
pool_merge(struct pool *p, const struct pool *from)
{
	for (size_t i = 0; i < p->rules->n; i++) {
		p->checks[i].made += from->checks[i].made;
		p->checks[i].failed += from->checks[i].failed;
	}
	for (size_t i = 0; i < POOL_BARS; i++)
		p->bars[i] += from->bars[i];
	p->n_records += from->n_records;
	p->n_unassessed += from->n_unassessed;
	p->n_malformed += from->n_malformed;
}

/* Lines that count as checks of validity, because some are malformed. */
static struct pool_count
lines(const struct pool *p, uint64_t made)
{
	uint64_t passed = made == 0 && p->n_malformed > 0 ? p->n_records : 0;

	return (struct pool_count){passed + p->n_malformed, p->n_malformed};
}

struct quality
pool_quality(const struct pool *p)
{
	static const struct check well_formed = {
	    .severity = SEVERITY_ERROR, .dimension = DIMENSION_VALIDITY};
	struct quality q = {{0}, {0}};
	struct pool_count more;

	for (size_t i = 0; i < p->rules->n; i++)
		quality_add(&q, &p->rules->checks[i], p->checks[i].made,
		    p->checks[i].failed);
	more = lines(p, q.made[DIMENSION_VALIDITY]);
	quality_add(&q, &well_formed, more.made, more.failed);
	return q;
}

struct pool_count
pool_dimension(const struct pool *p, enum dimension d)
{
	struct pool_count sum = {0, 0}, more = {0, 0};

	for (size_t i = 0; i < p->rules->n; i++) {
		const struct check *check = &p->rules->checks[i];

		if (check->dimension != d ||
		    quality_of_severity(check->severity) == 0)
			continue;
		sum.made += p->checks[i].made;
		sum.failed += p->checks[i].failed;
	}
	if (d == DIMENSION_VALIDITY)
		more = lines(p, sum.made);
	return (struct pool_count){
	    sum.made + more.made, sum.failed + more.failed};
}

/* The score in dimension d of the field of that number. */
static double
field_score(const struct pool *p, enum dimension d, size_t slot)
{
	struct quality q = {{0}, {0}};

	for (size_t i = 0; i < p->rules->n; i++) {
		const struct check *check = &p->rules->checks[i];

		if (check->dimension == d && check->slot == slot)
			quality_add(
			    &q, check, p->checks[i].made, p->checks[i].failed);
	}
	return quality_dimension(&q, d);
}

const struct check *
pool_worst(const struct pool *p, enum dimension d, double *score)
{
	const struct check *worst = NULL;
	double lowest = 100;

	for (size_t i = 0; i < p->rules->n; i++) {
		const struct check *check = &p->rules->checks[i];
		double s = field_score(p, d, check->slot);

		if (check->dimension == d && s < lowest) { /* false for NaN */
			worst = check;
			lowest = s;
		}
	}
	if (worst)
		*score = lowest;
	return worst;
}
